import errno
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import netCDF4
import numpy as np
import pytest
import xarray as xr

from many_openings import assert_opened_many_times
from ontogeny.provenance import attributes
from ontogeny.storage import (
    LostError,
    StorageError,
    content_digest,
    copy,
    file_digest,
    keep,
    read,
    read_arrays,
    read_provenance,
    read_texts,
    remove,
    require_whole,
    seal,
    write,
    write_arrays,
    write_provenance,
    write_text,
)
from ontogeny.studies.composition.catalogue.files import read_cayley_table, read_generators
from ontogeny.studies.composition.labels import dataset, variable

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
    with pytest.raises(StorageError, match=r"a\.nc: there is no such file; run the workflow"):
        read(tmp_path / "a.nc")


def test_a_foreign_file_is_refused(tmp_path):
    xr.Dataset({"x": ("y", [1.0])}).to_netcdf(tmp_path / "a.nc")
    with pytest.raises(StorageError, match="is not a dataset of this project"):
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
        with pytest.raises(StorageError, match=rf"{path}: is .*run the same command again"):
            read(path)
        for reader in (read_provenance, require_whole):
            with pytest.raises(LostError, match=rf"{path}: is .*run the same command again"):
                reader(path)


def test_a_pointer_in_the_place_of_a_result_is_called_one(tmp_path):
    (tmp_path / "a.nc").write_bytes(LFS)
    with pytest.raises(StorageError, match="is a Git LFS pointer and not the file itself"):
        read(tmp_path / "a.nc")


def test_other_readers_pass_over_the_digest(tmp_path):
    write(sample(), tmp_path / "a.nc", ABOUT)
    xr.testing.assert_identical(xr.load_dataset(tmp_path / "a.nc"), read(tmp_path / "a.nc"))


def texts(*values):
    return np.array(values, dtype=object)


TEXTS = {
    "ASCII": texts("a", "bc"),
    "other letters": texts("ρ(ab)", "×é", "👩‍🔬"),
    "empty among others": texts("", "a", ""),
    "only empty": texts("", ""),
    "blanks": texts("a  ", "  b", " ", "\n"),
    "missing": texts("a", None, np.nan),
    "long": texts("a" * 10_000, "b"),
    "none": texts(),
    "NumPy's text": texts(np.str_("a"), "b"),
    "fixed width": np.array(["a", "ρ×"]),
    "fixed width, none": np.array([], dtype="U3"),
    "StringDType": np.array(["a", "ρ×"], dtype=np.dtypes.StringDType()),
    "two dimensions": texts("a", "ρ", "", "ccc", "d", "e").reshape(3, 2),
    "two dimensions, none": np.zeros((0, 2), dtype="U2"),
    "one": np.array("ρab"),
    "one, empty": np.array("", dtype=object),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_text_is_stored_in_fixed_length_and_read_back(tmp_path, kind):
    values = TEXTS[kind]
    dims = ("x", "y")[: values.ndim]
    dataset = xr.Dataset({"v": (dims, values, {"long_name": "ρ"})})
    if values.ndim == 1:
        dataset = dataset.assign_coords(x=("x", values, {"long_name": "×"}))
    write(dataset, tmp_path / "a.nc", ABOUT)
    with netCDF4.Dataset(tmp_path / "a.nc") as stored:
        assert {variable.dtype for variable in stored.variables.values()} == {np.dtype("S1")}
    for found in (read(tmp_path / "a.nc"), xr.load_dataset(tmp_path / "a.nc")):
        for name in dataset.variables:
            expected = ["" if text is None or text != text else text for text in values.flat]
            assert found[name].dims == dims
            assert found[name].shape == values.shape
            assert list(found[name].values.flat) == expected
            assert found[name].attrs == dataset[name].attrs
    assert {variable.dtype.kind for variable in read(tmp_path / "a.nc").variables.values()} == {"U"}
    write(dataset, tmp_path / "again.nc", ABOUT)
    assert (tmp_path / "again.nc").read_bytes() == (tmp_path / "a.nc").read_bytes()


def test_arrays_without_values_are_read_back(tmp_path):
    empty = xr.Dataset({"a": ("x", np.zeros(0)), "b": (("step", "x"), np.zeros((2, 0), dtype=int))})
    write(empty, tmp_path / "a.nc")
    xr.testing.assert_identical(read(tmp_path / "a.nc"), empty)


@pytest.mark.parametrize("text", ["a\0", "\0", "a\0b", "\ud800"])
def test_text_that_no_netcdf_file_can_hold_is_refused(tmp_path, text):
    with pytest.raises(ValueError, match=r"`word`: the text '.*' cannot be stored; remove"):
        write(xr.Dataset(coords={"word": texts("a", text)}), tmp_path / "a.nc")
    assert not list(tmp_path.iterdir())


def test_variables_are_read_in_the_order_in_which_they_were_written(tmp_path):
    write(xr.Dataset({name: ("x", [1.0]) for name in "cab"}), tmp_path / "a.nc")
    assert list(read(tmp_path / "a.nc").variables) == ["c", "a", "b"]


def test_a_result_can_be_opened_a_hundred_times_in_one_process(tmp_path):
    written = sample().assign(note=variable("split", np.array(["ρ", ""], dtype=object), "ρ(ab)"))
    write(written.assign_attrs(title="ρ ×"), tmp_path / "a.nc", ABOUT)
    assert_opened_many_times([tmp_path / "a.nc"])


FORMER = """
import hashlib, sys
import xarray as xr
from ontogeny.storage import read, read_provenance

path, written = sys.argv[1:]
expected = read(written)
expected.to_netcdf(path)  # text of variable length
with open(path, "rb") as file:
    digest = hashlib.sha256(file.read()).hexdigest()
with open(path, "ab") as file:
    file.write(b"\\nontogeny sha256 " + digest.encode())
held = xr.open_dataset(path)
for _ in range(100):
    found = read(path)
    held["split"].values
    assert read_provenance(path)["stage"] == "train"
xr.testing.assert_identical(found, expected)
assert found["split"].dtype == expected["split"].dtype
print("fine")
"""


def run_python(script, *arguments, **environment):
    """Run a script in a process of its own, with warnings as errors; return what it printed."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *map(str, arguments)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout


def test_a_result_with_text_of_variable_length_is_still_read(tmp_path):
    """Earlier versions wrote such files."""
    write(sample(), tmp_path / "a.nc", ABOUT)
    assert run_python(FORMER, tmp_path / "former.nc", tmp_path / "a.nc") == "fine\n"


WITHOUT_LOCKS = """
import sys
if sys.argv[2] == "late":
    import netCDF4
import numpy as np
import xarray as xr
from ontogeny.storage import StorageError, read, write

try:
    write(xr.Dataset({"a": ("x", np.arange(3.0))}), sys.argv[1])
except StorageError as error:
    print(error)
else:
    print(read(sys.argv[1])["a"].values)
"""


@pytest.fixture(scope="module")
def no_locks(tmp_path_factory):
    """Return a library whose `flock` answers as a file system without locks does."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler")
    folder = tmp_path_factory.mktemp("locks")
    source = "#include <errno.h>\nint flock(int f, int o) { errno = ENOLCK; return -1; }\n"
    (folder / "no.c").write_text(source)
    library = folder / "no.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, folder / "no.c"], check=True)
    return str(library)


def test_no_file_locks_are_needed(tmp_path, no_locks):
    said = run_python(WITHOUT_LOCKS, tmp_path / "a.nc", "", LD_PRELOAD=no_locks)
    assert said == "[0. 1. 2.]\n"


def test_missing_locks_are_named_where_netcdf4_was_loaded_with_them(tmp_path, no_locks):
    said = run_python(WITHOUT_LOCKS, tmp_path / "a.nc", "late", LD_PRELOAD=no_locks)
    assert f"{tmp_path / 'a.nc'}: cannot be written: its file system has no file locks" in said
    assert "HDF5_USE_FILE_LOCKING=FALSE" in said
    assert not list(tmp_path.iterdir())


REFUSALS = {
    errno.EACCES: "no right to do so; change the permissions",
    errno.EIO: "does not answer properly; check it",
    errno.ESTALE: "does not answer properly; check it",
    errno.EMFILE: "too many files are open; close some or raise the limit",
    errno.ENOMEM: "too little memory; free some or ask for more",
    errno.EISDIR: "a folder and not a file",
}
REFUSALS_OF_WRITING = REFUSALS | {
    errno.ENOSPC: "no space is left on the disk; make space",
    errno.EDQUOT: "quota is used up",
    errno.EROFS: "read-only",
    errno.EFBIG: "larger than a file may be",
}


@pytest.mark.parametrize("number", REFUSALS)
@pytest.mark.parametrize("reader", [read, read_provenance, read_arrays, file_digest])
def test_a_file_that_the_system_does_not_give_is_not_called_damaged(
    tmp_path, monkeypatch, reader, number
):
    write(sample(), tmp_path / "a.nc", ABOUT)

    def refused(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "open", refused)
    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(StorageError) as caught:
        reader(tmp_path / "a.nc")
    said = str(caught.value)
    assert said.startswith(f"{tmp_path / 'a.nc'}: cannot be read: ")
    assert REFUSALS[number] in said
    assert os.strerror(number) in said
    assert "delete" not in said
    assert not isinstance(caught.value, LostError)


WRITERS = {
    "write": partial(write, sample()),
    "write_arrays": partial(write_arrays, {"a": np.arange(3)}),
    "write_text": partial(write_text, "new"),
    "write_provenance": partial(write_provenance, ABOUT),
}


@pytest.mark.parametrize("number", REFUSALS_OF_WRITING)
@pytest.mark.parametrize("writer", WRITERS)
def test_a_file_that_the_system_does_not_take_leaves_what_was_there(
    tmp_path, monkeypatch, writer, number
):
    (tmp_path / "a").write_text("old")

    def refused(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refused)
    with pytest.raises(StorageError) as caught:
        WRITERS[writer](tmp_path / "a")
    said = str(caught.value)
    assert said.startswith(f"{tmp_path / 'a'}: cannot be written: ")
    assert REFUSALS_OF_WRITING[number] in said
    assert "delete" not in said
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "old")]


LIMITED = """
import resource, sys
import numpy as np
import xarray as xr
from ontogeny.storage import StorageError, read, read_arrays, write, write_arrays, write_text


def limit_to(kind, most):
    resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


limit, folder = sys.argv[1:]
values = np.random.default_rng(0).normal(size=(50, 100_000))
dataset = xr.Dataset({"a": (("step", "x"), values)}, {"word": np.array(["ρ"], dtype=object)})
text = "a" * 100_000
write(dataset, f"{folder}/a.nc")
write_arrays({"a": values}, f"{folder}/a.npz")
tasks = {
    "write": lambda: write(dataset, f"{folder}/b.nc"),
    "write_arrays": lambda: write_arrays({"a": values}, f"{folder}/b.npz"),
    "write_text": lambda: write_text(text, f"{folder}/b.txt"),
    "read": lambda: read(f"{folder}/a.nc"),
    "read_arrays": lambda: read_arrays(f"{folder}/a.npz"),
}
match limit:
    case "size":
        limit_to(resource.RLIMIT_FSIZE, 20_000)
    case "files":
        limit_to(resource.RLIMIT_NOFILE, 3)
    case "memory":  # less than half of what either file takes
        tasks = {name: tasks[name] for name in ("read", "read_arrays")}
        with open("/proc/self/statm") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        limit_to(resource.RLIMIT_AS, used + 15_000_000)
for name, task in tasks.items():
    try:
        task()
    except StorageError as error:
        print(f"{name}: {error}")
"""
WRITING = {"write", "write_arrays", "write_text"}
READING = {"read", "read_arrays"}


@pytest.mark.parametrize(
    ("limit", "cause", "refused"),
    [
        ("size", "larger than a file may be", WRITING),
        ("memory", "too little memory", READING),
        ("files", "too many files are open", WRITING | READING),
    ],
)
def test_limits_of_the_process_are_named(tmp_path, limit, cause, refused):
    lines = run_python(LIMITED, limit, tmp_path).splitlines()
    assert {line.split(":")[0] for line in lines} == refused
    for line in lines:
        assert cause in line
        assert "delete" not in line
    assert {path.name for path in tmp_path.iterdir()} == {"a.nc", "a.npz"}


@pytest.mark.parametrize("error", [RuntimeError("NetCDF: HDF error"), MemoryError()])
def test_a_write_that_fails_though_the_disk_takes_the_bytes_is_for_lack_of_memory(
    tmp_path, monkeypatch, error
):
    def fails(*_, **__):
        raise error

    monkeypatch.setattr(xr.Dataset, "to_netcdf", fails)
    with pytest.raises(StorageError, match=r"a\.nc: cannot be written: .*too little memory; free"):
        write(sample(), tmp_path / "a.nc")
    assert not list(tmp_path.iterdir())


def test_a_whole_file_that_cannot_be_parsed_is_not_called_damaged(tmp_path):
    content = b"of a later format"
    digest = hashlib.sha256(content).hexdigest().encode()
    (tmp_path / "a.nc").write_bytes(content + b"\nontogeny sha256 " + digest)
    for reader in (read, read_provenance):
        with pytest.raises(StorageError, match=r"it is whole .* requirements\.lock") as caught:
            reader(tmp_path / "a.nc")
        assert "delete" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "7", "\ufffd", "{}", '{"spec": "{}"}'])
def test_provenance_that_is_not_as_it_was_written_is_damaged(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(LostError, match=r"a\.json: is damaged.*delete it and run"):
        read_provenance(tmp_path / "a.json")


def test_every_flipped_bit_of_provenance_beside_files_is_found(tmp_path):
    write_text("x", tmp_path / "a.csv")
    write_provenance(ABOUT, tmp_path / "a.json", [tmp_path / "a.csv"], identity="f" * 64)
    whole = (tmp_path / "a.json").read_bytes()
    written = read_provenance(tmp_path / "a.json")
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 4
        (tmp_path / "a.json").write_bytes(damaged)
        try:
            found = read_provenance(tmp_path / "a.json")
        except LostError:
            continue
        assert found == written  # in a blank between two values


def test_provenance_beside_files_states_the_digest_of_each(tmp_path):
    write(sample(), tmp_path / "a.nc")
    write_text("x", tmp_path / "a.csv")
    write_provenance(ABOUT, tmp_path / "a.json", [tmp_path / "a.nc", tmp_path / "a.csv"])
    about = read_provenance(tmp_path / "a.json")
    digest = hashlib.sha256((tmp_path / "a.nc").read_bytes()[:-81]).hexdigest()
    assert about["files"] == {"a.nc": digest, "a.csv": hashlib.sha256(b"x").hexdigest()}
    assert {key: about[key] for key in ABOUT} == ABOUT


@pytest.mark.parametrize("identity", ["", "0123456789abcdef" * 4])
def test_the_seal_of_a_file_is_what_its_end_says(tmp_path, identity):
    write(sample(), tmp_path / "a.nc", ABOUT, identity=identity)
    content = (tmp_path / "a.nc").read_bytes()
    assert seal(tmp_path / "a.nc") == (identity, hashlib.sha256(content[:-81]).hexdigest())
    assert content_digest(tmp_path / "a.nc") == seal(tmp_path / "a.nc").digest
    assert read(tmp_path / "a.nc").attrs["stage"] == "train"


def test_a_file_without_an_end_has_no_seal(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"x")
    with pytest.raises(LostError, match="not a dataset of this project"):
        seal(tmp_path / "a.txt")
    with pytest.raises(LostError, match="there is no such file"):
        seal(tmp_path / "b.nc")
    assert content_digest(tmp_path / "a.txt") == hashlib.sha256(b"x").hexdigest()


SAVING = """
import sys
import numpy as np
from ontogeny.storage import write_arrays, write_text

path, copy = sys.argv[1], int(sys.argv[2])
for number in range(100):
    write_arrays({"a": np.full(5_000, copy), "copy": np.array(copy)}, path)
    write_text(str(copy) * 1_000, path + ".txt")
"""


def test_two_writers_of_one_file_do_not_disturb_each_other(tmp_path):
    path = tmp_path / "state" / "running.npz"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", SAVING, path, str(copy)], stderr=subprocess.PIPE, text=True
        )
        for copy in range(2)
    ]
    said = [writer.communicate()[1] for writer in both]
    assert [writer.returncode for writer in both] == [0, 0], said
    found = read_arrays(path)
    assert (found["a"] == found["copy"]).all()
    assert path.with_name("running.npz.txt").read_text() in ("0" * 1_000, "1" * 1_000)
    assert {left.name for left in path.parent.iterdir()} == {"running.npz", "running.npz.txt"}


def test_a_writer_leaves_the_unfinished_file_of_another_and_the_last_one_wins(
    tmp_path, monkeypatch
):
    path = tmp_path / "a.txt"
    seen = []

    def another_writes(_):
        monkeypatch.undo()
        write_text("of the other", path)
        seen.append(path.read_text())

    monkeypatch.setattr(os, "fsync", another_writes)
    write_text("of the first", path)
    assert seen == ["of the other"]
    assert path.read_text() == "of the first"
    assert list(tmp_path.iterdir()) == [path]


KILLED = """
import os, signal, sys
from ontogeny.storage import write_text

os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
write_text("half", sys.argv[1])
"""


def test_what_a_killed_writer_left_goes_with_the_next_writing(tmp_path):
    path = tmp_path / "a.nc"
    run = subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    assert run.returncode < 0
    assert [left.read_text() for left in tmp_path.iterdir()] == ["half"]
    write(sample(), path, ABOUT)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", [".a.nc.17", ".a.nc.0123456789ab.1.00ff", ".a.nc.unknown.1.00ff"])
def test_what_a_writer_elsewhere_left_stays_for_a_week(tmp_path, name):
    path, left = tmp_path / "a.nc", tmp_path / name
    left.write_text("half")
    write(sample(), path, ABOUT)
    assert left.read_text() == "half"
    long_ago = time.time() - 8 * 24 * 3600
    os.utime(left, (long_ago, long_ago))
    write(sample(), path, ABOUT)
    assert list(tmp_path.iterdir()) == [path]


def test_other_files_with_hidden_names_stay(tmp_path):
    others = {".a.nc.swp", ".a.nc.old.nc", ".a.nc", ".b.nc.17"}
    for name in others:
        (tmp_path / name).write_text("of someone else")
        os.utime(tmp_path / name, (0, 0))
    write(sample(), tmp_path / "a.nc", ABOUT)
    assert {path.name for path in tmp_path.iterdir()} == others | {"a.nc"}


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_is_kept_never_changes(tmp_path, monkeypatch, links):
    path, kept = tmp_path / "a.txt", tmp_path / "kept" / "a.txt"

    def no_links(*_):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    if not links:
        monkeypatch.setattr(Path, "hardlink_to", no_links)
    first, second = ("first" * 2**18, "second" * 2**18)  # longer than what is copied
    write_text(first, path)
    keep(path, kept.parent)
    keep(path, kept.parent)
    assert kept.samefile(path) == links
    with kept.open() as opened:
        write_text(second, path)
        assert kept.read_text() == first
        keep(path, kept.parent)
        assert opened.read() == first
    assert kept.read_text() == path.read_text() == second
    assert list(kept.parent.iterdir()) == [kept]


def test_a_small_file_that_is_kept_stays_when_another_is_written_over_it(tmp_path):
    write_text("first", tmp_path / "a.txt")
    keep(tmp_path / "a.txt", tmp_path / "kept")
    (tmp_path / "a.txt").write_text("of another run")  # in place, as `cp` does
    assert (tmp_path / "kept" / "a.txt").read_text() == "first"


def test_a_file_that_is_not_there_is_not_kept(tmp_path):
    with pytest.raises(LostError, match="there is no such file"):
        keep(tmp_path / "a.txt", tmp_path / "kept")
    assert not list((tmp_path / "kept").iterdir())


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


def test_a_copy_appears_only_when_complete(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"content")
    copy(tmp_path / "a", tmp_path / "b" / "a")
    assert (tmp_path / "b" / "a").read_bytes() == b"content"

    def full(source, target):
        Path(target).write_bytes(b"con")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(StorageError, match="no space is left"):
        copy(tmp_path / "a", tmp_path / "b" / "a")
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["a"]
    assert (tmp_path / "b" / "a").read_bytes() == b"content"


def test_a_file_that_may_not_be_removed_is_named(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "unlink", refused)
    with pytest.raises(StorageError, match="cannot be removed: this user has no right"):
        remove(tmp_path / "a")


def test_texts_are_read_plain_or_packed(tmp_path):
    plain, packed = tmp_path / "own.jsonl", tmp_path / "own.jsonl.gz"
    plain.write_bytes("one\r\nzwölf\n".encode())
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_texts([plain, packed]) == ["one\nzwölf\n"] * 2
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(StorageError, match=r"own.jsonl.gz is not a whole gzip file.*; get the"):
        read_texts([packed])
