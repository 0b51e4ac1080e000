import collections
import functools
import os
import pickle
import subprocess
import sys
import zipfile

import numpy as np
import pytest
import safetensors.torch
import torch

from ontogeny.plain_weights import plain_tensors

KINDS = [torch.float32, torch.float64, torch.int64, torch.int32, torch.bool]


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("name", ["a.pt", "a.safetensors"])
def test_plain_tensors_are_read_as_pytorch_reads_them(tmp_path, name, kind):
    whole = torch.arange(24).reshape(4, 6).to(kind)
    tensors = {"whole": whole, "none": whole[:0], "scalar": whole[1, 1].clone()}
    if name == "a.pt":
        torch.save(tensors | {"columns": whole.t(), "part": whole[1:3, ::2]}, tmp_path / name)
        expected = torch.load(tmp_path / name)
    else:
        safetensors.torch.save_file(tensors, tmp_path / name)
        expected = tensors
    found = plain_tensors(tmp_path / name)
    assert sorted(found) == sorted(expected)
    for key, values in expected.items():
        np.testing.assert_array_equal(found[key], values.numpy(), strict=True)


@pytest.mark.parametrize(
    "content",
    [
        {"W": torch.zeros(2), "lr": 0.1},
        {"W": torch.zeros(2), "array": np.zeros(2)},
        {"W": torch.nn.Parameter(torch.zeros(2))},
        {"W": torch.zeros(2, dtype=torch.bfloat16)},
        {"model": {"W": torch.zeros(2)}},
        [torch.zeros(2)],
        {},
    ],
    ids=str,
)
def test_all_else_is_left_to_pytorch(tmp_path, content):
    torch.save(content, tmp_path / "a.pt")
    assert plain_tensors(tmp_path / "a.pt") is None


def test_a_tensor_that_reaches_beyond_its_storage_is_not_read(tmp_path):
    torch.save({"W": torch.ones(64)}, tmp_path / "a.pt")
    with (
        zipfile.ZipFile(tmp_path / "a.pt") as whole,
        zipfile.ZipFile(tmp_path / "b.pt", "w") as longer,
    ):
        for name in whole.namelist():
            content = whole.read(name)
            if name.endswith("data.pkl"):
                assert content.count(b"K@\x85") == 1  # the size, (64,)
                content = content.replace(b"K@\x85", b"KA\x85")
            longer.writestr(name, content)
    assert plain_tensors(tmp_path / "b.pt") is None


class Pickled:
    """What is pickled as a call, with a state to set on what it returns."""

    def __init__(self, function, *arguments, state=None):
        self.reduced = (function, arguments) if state is None else (function, arguments, state)

    def __reduce__(self):
        return self.reduced


def saved(path, content):
    """Write what ``torch.save`` would write of a content that only pickle can hold."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/data.pkl", pickle.dumps(content, protocol=2))
    return path


HOSTILE = {
    "a command": Pickled(os.system, "touch ran"),
    "an evaluation": Pickled(eval, "open('ran', 'w')"),
    "a state of a function of many": Pickled(
        functools.partial, os.system, state=(os.system, ("touch ran",), {}, None)
    ),
    "a subclass of a dictionary": Pickled(type, "Own", (collections.OrderedDict,), {}),
    "a dictionary made from a command": collections.OrderedDict(
        W=Pickled(subprocess.call, ["touch", "ran"])
    ),
    "a module": Pickled(__import__, "antigravity"),
    "an attribute": Pickled(getattr, "a", "upper"),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_nothing_in_a_file_is_run(tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    assert plain_tensors(saved(tmp_path / "a.pt", {"W": content})) is None
    assert [each.name for each in tmp_path.iterdir()] == ["a.pt"]


def test_a_state_set_on_what_makes_tensors_runs_nothing_and_changes_no_other(tmp_path, monkeypatch):
    """``BUILD`` after a function of ``partial`` would replace what it calls."""
    monkeypatch.chdir(tmp_path)
    command = (
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n"
        b"(cos\nsystem\nX\x09\x00\x00\x00touch ran\x85}Ntb."
    )
    with zipfile.ZipFile(tmp_path / "a.pt", "w") as archive:
        archive.writestr("a/data.pkl", command)
    assert plain_tensors(tmp_path / "a.pt") is None
    own = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(ccollections\nOrderedDict\n)}Ntb)R."
    with zipfile.ZipFile(tmp_path / "b.pt", "w") as archive:
        archive.writestr("a/data.pkl", own)
    assert plain_tensors(tmp_path / "b.pt") is None
    torch.save({"W": torch.ones(3)}, tmp_path / "c.pt")
    assert plain_tensors(tmp_path / "c.pt")["W"].tolist() == [1, 1, 1]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.pt", "b.pt", "c.pt"]


def test_weights_are_read_without_torch(tmp_path):
    torch.save({"W": torch.ones(3)}, tmp_path / "a.pt")
    code = (
        "import sys; from ontogeny.weights import read_weights; "
        f"print(*read_weights({str(tmp_path / 'a.pt')!r}), 'torch' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["W", "False"]
