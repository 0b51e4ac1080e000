import io
import json

import numpy as np
import pytest

from ontogeny.studies.composition.catalogue.parsed_generators import parsed_generators

CYCLES = ["(1,2,3)(4,5)", "(1,2)"]
IMAGES = [[2, 3, 1], [2, 1, 3]]
MATRICES = [[[0, 2], [1, 0]], [[1, 1], [1, 2]]]


def saved(array, **arguments):
    file = io.BytesIO()
    np.save(file, array, **arguments)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "suffix", "depth", "expected"),
    [
        (b"(1,2,3)(4,5)\n(1,2)\n", ".txt", 1, CYCLES),
        (b"\xef\xbb\xbf# of S5\r\n\r\n(1,2,3)(4,5)  \r\n(1,2)", ".gens", 1, CYCLES),
        (b"- (1,2,3)(4,5)\n- (1,2)\n", ".yaml", 1, CYCLES),
        (json.dumps(CYCLES).encode(), ".JSON", 1, CYCLES),
        (json.dumps(CYCLES).encode(), ".txt", 1, CYCLES),
        (b"[2,3,1]\n[2,1,3]\n", ".txt", 1, IMAGES),
        (b"[2, 3, 1]\n", ".txt", 1, IMAGES[:1]),
        (b"[ [ 2, 3, 1 ],\n  [ 2, 1, 3 ] ]\n", ".txt", 1, IMAGES),
        (saved(IMAGES), ".npy", 1, IMAGES),
        (b"[[0,2],[1,0]]\n[[1,1],[1,2]]\n", ".txt", 2, MATRICES),
        (b"[[0,2],[1,0]]\n", ".txt", 2, MATRICES[:1]),
        (b"[[[0,2],\n[1,0]],\n[[1,1],\n[1,2]]]", "", 2, MATRICES),
        (json.dumps(MATRICES).encode(), ".json", 2, MATRICES),
        (saved(np.array(MATRICES, dtype=float)), ".npy", 2, MATRICES),
    ],
)
def test_generators_are_read_as_programs_write_them(content, suffix, depth, expected):
    assert parsed_generators(content, depth=depth, suffix=suffix) == expected


@pytest.mark.parametrize(
    ("content", "suffix", "depth", "message"),
    [
        (b"\n# nothing\n", ".txt", 1, "must hold a list of generators"),
        (b"a: 1", ".yaml", 1, "must hold a list of generators"),
        (b"- [1", ".yaml", 1, "is not YAML"),
        (b"\xff\xfe(\x00", ".txt", 1, "is UTF-16"),
        (b"PK\x03\x04", ".npz", 2, "is a zip archive, such as .npz"),
        (saved(np.eye(2)), ".npy", 2, r"shape \(2, 2\); .* \(generators, rows, columns\)"),
        (saved(np.ones((1, 2, 2))), ".npy", 1, r"shape \(1, 2, 2\); .* \(generators, points\)"),
        (saved(np.ones((0, 2))), ".npy", 1, r"shape \(0, 2\)"),
        (saved(np.array([{}], dtype=object), allow_pickle=True), ".npy", 2, "not a NumPy array of"),
        (saved(np.eye(2))[:90], ".npy", 2, "not a NumPy array of"),
    ],
)
def test_files_without_generators_are_refused(content, suffix, depth, message):
    with pytest.raises(ValueError, match=message):
        parsed_generators(content, depth=depth, suffix=suffix)


@pytest.mark.parametrize(
    "text",
    [
        "[ (1,2,3)(4,5), (1,2) ];",
        "Group([ (1,2,3)(4,5), (1,2) ])",
        "g := Group( (1,2,3)(4,5), (1,2) );",
        "[\n (1,2,3)(4,5),\n (1,2)\n]",
        "(1,2,3)(4,5)\n(1,2)",
        '"(1,2,3)(4,5)"\n"(1,2)"\n',
        "'(1,2,3)(4,5)',\n'(1,2)',\n",
        "(1,2,3)(4,5),\n(1,2) ,\n",
    ],
)
def test_cycles_are_read_as_gap_writes_them(text):
    assert parsed_generators(text.encode(), depth=1) == ["(1,2,3)(4,5)", "(1,2)"]


def test_an_image_list_needs_no_brackets():
    assert parsed_generators(b"2,3,1\n2 1 3\n", depth=1) == [[2, 3, 1], [2, 1, 3]]
    assert parsed_generators(b"[2,3,1],\n[2,1,3],\n", depth=1) == [[2, 3, 1], [2, 1, 3]]


def test_matrices_end_in_a_semicolon_in_gap():
    assert parsed_generators(b"[ [ [0,1],[1,0] ] ];", depth=2) == [[[0, 1], [1, 0]]]
