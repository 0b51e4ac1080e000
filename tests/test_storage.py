import hashlib

import netCDF4
import numpy as np
import pytest
import xarray as xr

from ontogeny.labels import dataset, variable
from ontogeny.provenance import attributes
from ontogeny.storage import (
    StorageError,
    read,
    read_arrays,
    read_cayley_table,
    read_generators,
    read_provenance,
    write,
    write_arrays,
)

ABOUT = attributes("train", {"seed": 0}, "0" * 64)


def sample():
    rng = np.random.default_rng(0)
    return dataset(
        {
            "loss": variable(("step", "split"), rng.normal(size=(5, 2)), "loss", "nat"),
            "key": variable("irrep", np.array([True, False, True]), "key irrep"),
            "total": variable((), 3.5, "total"),
            "boundary_step": variable("boundary", [np.nan, 2.0], "step"),
            "weights": variable(("step", "neuron"), rng.normal(size=(5, 7)).astype("f4"), "w"),
        },
        {
            "step": np.arange(5),
            "split": np.array(["train", "test"], dtype=object),
            "irrep": np.array(["trivial", "ρ", "(3,2)"], dtype=object),
        },
        title="sample",
    )


def test_what_is_written_is_read_back(tmp_path):
    write(sample(), tmp_path / "a.nc", ABOUT)
    found = read(tmp_path / "a.nc")
    xr.testing.assert_identical(found, sample().assign_attrs(title="sample", **ABOUT))
    assert found["key"].dtype == bool
    assert found["weights"].dtype == np.float32


def test_the_same_dataset_gives_the_same_bytes(tmp_path):
    for name in "ab":
        write(sample(), tmp_path / f"{name}.nc", ABOUT)
    first, second = ((tmp_path / f"{name}.nc").read_bytes() for name in "ab")
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()


def test_every_chunk_has_a_checksum_and_one_step_is_one_chunk(tmp_path):
    write(sample(), tmp_path / "a.nc", ABOUT)
    with netCDF4.Dataset(tmp_path / "a.nc") as stored:
        assert stored["weights"].filters()["fletcher32"]
        assert stored["weights"].chunking() == [1, 7]


def test_nothing_is_left_beside_a_file_that_could_not_be_written(tmp_path):
    wrong = sample().assign_attrs(unstorable=object())
    with pytest.raises(TypeError):
        write(wrong, tmp_path / "a.nc", ABOUT)
    assert not list(tmp_path.iterdir())


def test_a_failed_write_leaves_what_was_there(tmp_path):
    write(sample(), tmp_path / "a.nc", ABOUT)
    before = (tmp_path / "a.nc").read_bytes()
    with pytest.raises(TypeError):
        write(sample().assign_attrs(unstorable=object()), tmp_path / "a.nc", ABOUT)
    assert (tmp_path / "a.nc").read_bytes() == before


def test_a_missing_file_is_named_with_the_command_that_makes_it(tmp_path):
    with pytest.raises(StorageError, match=r"a\.nc: there is no such file; run `snakemake"):
        read(tmp_path / "a.nc")


def test_a_foreign_file_is_refused(tmp_path):
    xr.Dataset({"x": ("y", [1.0])}).to_netcdf(tmp_path / "a.nc")
    with pytest.raises(StorageError, match="is no dataset of this project"):
        read(tmp_path / "a.nc")


DAMAGE = {
    "cut": lambda content, at, bit: content[:at],
    "flipped": lambda content, at, bit: (
        content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]
    ),
    "emptied": lambda content, at, bit: b"",
    "zeroed": lambda content, at, bit: content[:at] + bytes(len(content) - at),
    "continued": lambda content, at, bit: content + content[:at],
    "exchanged": lambda content, at, bit: b"PK" + content[at:],
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_is_refused_by_name_with_the_command_that_makes_it_again(tmp_path, kind):
    path = tmp_path / "a.nc"
    write(sample(), path, ABOUT)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(200):
        damaged = DAMAGE[kind](whole, int(rng.integers(1, len(whole))), int(rng.integers(8)))
        assert damaged != whole
        path.write_bytes(damaged)
        with pytest.raises(StorageError, match=rf"{path}: is .*run `snakemake {path}`"):
            read(path)
        assert read_provenance(path) == {}


def test_other_readers_pass_over_the_digest(tmp_path):
    write(sample(), tmp_path / "a.nc", ABOUT)
    xr.testing.assert_identical(xr.load_dataset(tmp_path / "a.nc"), read(tmp_path / "a.nc"))


def test_what_a_killed_writer_left_goes_with_the_next_writing(tmp_path):
    (tmp_path / ".a.nc.17").write_text("half")
    write(sample(), tmp_path / "a.nc", ABOUT)
    assert [path.name for path in tmp_path.iterdir()] == ["a.nc"]


@pytest.mark.parametrize("kind", ["cut", "flipped", "emptied", "zeroed", "exchanged"])
def test_damaged_arrays_are_refused_or_whole(tmp_path, kind):
    path = tmp_path / "a.npz"
    arrays = {"vector": np.arange(50.0), "step": np.array(3)}
    write_arrays(arrays, path)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(200):
        path.write_bytes(
            DAMAGE[kind](whole, int(rng.integers(1, len(whole))), int(rng.integers(8)))
        )
        try:
            found = read_arrays(path)
        except StorageError as error:
            assert str(path) in str(error)  # noqa: PT017
        else:
            for name, values in found.items():
                np.testing.assert_array_equal(values, arrays[name])


def test_a_table_of_the_user_is_read(tmp_path):
    (tmp_path / "t.CSV").write_bytes(b"\xef\xbb\xbf1,2\r\n2,1\r\n")
    table, labels = read_cayley_table(tmp_path / "t.CSV")
    np.testing.assert_array_equal(table, [[0, 1], [1, 0]])
    assert labels == ("1", "2")


def test_a_table_is_read_from_netcdf_without_a_lock(tmp_path, monkeypatch):
    xr.Dataset({"product": (("left", "right"), [[0, 1], [1, 0]])}).to_netcdf(tmp_path / "t.nc")
    opened = []
    dataset_of = netCDF4.Dataset

    def watched(name, **arguments):
        opened.append(arguments)
        return dataset_of(name, **arguments)

    monkeypatch.setattr(netCDF4, "Dataset", watched)
    table, labels = read_cayley_table(tmp_path / "t.nc")
    np.testing.assert_array_equal(table, [[0, 1], [1, 0]])
    assert labels == ("0", "1")
    assert [sorted(arguments) for arguments in opened] == [["memory"]]


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


@pytest.mark.parametrize("name", ["t.csv", "t.nc"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (LFS, "is a Git LFS pointer and not the file itself; run `git lfs pull`"),
        (b"", "is empty"),
        (None, "does not exist"),
    ],
)
@pytest.mark.parametrize("reader", [read_cayley_table, lambda path: read_generators(path, depth=1)])
def test_a_given_file_is_refused_by_name(tmp_path, reader, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(StorageError, match=rf"{name}: {message}"):
        reader(tmp_path / name)


def test_generators_are_read(tmp_path):
    (tmp_path / "g.txt").write_text("(1,2,3)\n(1,2)\n")
    np.save(tmp_path / "g.npy", [[[0, 1], [1, 0]]])
    assert read_generators(tmp_path / "g.txt", depth=1) == ["(1,2,3)", "(1,2)"]
    assert read_generators(tmp_path / "g.npy", depth=2) == [[[0, 1], [1, 0]]]
