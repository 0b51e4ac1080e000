import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest
import xarray as xr
from pydantic import create_model
from snakemake import persistence
from snakemake.io import _IOFile
from snakemake.persistence import MetadataRecord, PersistenceBase
from snakemake.persistence.file import FilePersistence

from ontogeny.provenance import attributes, input_digests
from ontogeny.storage import file_digest, write, write_provenance
from ontogeny.workflow import adoption, planning, summaries
from ontogeny.workflow.adoption import adopt, own_record
from ontogeny.workflow.snakemake_parts import TESTED, SnakemakeChangedError, part
from small_workflow import SmallWorkflow

SPEC = {"names": ["a", "b"], "width": 8}
PARAMS = sorted([repr(SPEC), repr("code")])


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Snakemake's own store of records, in a folder without any, that has adopted results."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(PersistenceBase, "metadata", PersistenceBase.metadata)
    own_record.cache_clear()
    adopt()
    return FilePersistence(path=tmp_path / ".snakemake")


def folder_of(path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)


def stored(path, spec=SPEC, code="code"):
    folder_of(path)
    write(xr.Dataset({"width": 1}), path, attributes("stage", spec, code))
    return path


def looked_up(store, path):
    return store.metadata(_IOFile(str(path), rule=None))


def test_a_result_is_its_own_record(store):
    record = looked_up(store, stored("results/a/history.nc"))
    assert isinstance(record, MetadataRecord)
    assert record.params == PARAMS
    assert record.record_format_version == persistence.RECORD_FORMAT_VERSION
    assert record.input is None
    assert record.code is None
    assert record.software_stack_hash is None


def test_the_files_of_a_figure_have_the_record_of_its_numbers(store):
    stored("results/a/figures/my.figure.nc")
    for suffix in (".svg", ".png", ".nc"):
        path = f"results/a/figures/my.figure{suffix}"
        if suffix != ".nc":
            Path(path).write_bytes(b"drawn")
        assert looked_up(store, path).params == PARAMS


def test_the_numbers_of_a_figure_are_read_once_for_all_its_files_and_again_when_replaced(
    store, monkeypatch
):
    read = []
    plainly = adoption.read_provenance
    monkeypatch.setattr(
        adoption, "read_provenance", lambda path: read.append(path) or plainly(path)
    )
    for width in (8, 9):
        stored("results/a/one.nc", {"width": width})
        for path in ("results/a/one.svg", "results/a/one.png", "results/a/one.nc"):
            if not path.endswith(".nc"):
                Path(path).write_bytes(b"drawn")
                os.utime(path, ns=(width, width))
            assert looked_up(store, path).params == sorted([repr({"width": width}), repr("code")])
        assert read == [Path("results/a/one.nc")] * (width - 7)


def test_the_files_of_a_group_have_the_record_beside_them(store):
    folder_of("results/a/groups/S3/table.nc")
    write(xr.Dataset({"product": 1}), "results/a/groups/S3/table.nc")
    assert looked_up(store, "results/a/groups/S3/table.nc") is None
    write_provenance(attributes("group", SPEC, "code"), "results/a/groups/S3/table.json")
    own_record.cache_clear()
    assert looked_up(store, "results/a/groups/S3/table.nc").params == PARAMS
    assert looked_up(store, "results/a/groups/S3/table.json").params == PARAMS


def test_inputs_are_compared_with_those_that_a_result_was_made_from(store):
    inputs = {"run": stored("results/a/0.nc"), "more": [stored("results/a/1.nc", {"k": 1})]}
    write(
        xr.Dataset(),
        "results/a/history.nc",
        attributes("stage", SPEC, "code", input_digests(inputs)),
    )
    checksums = looked_up(store, "results/a/history.nc").input_checksums
    assert checksums
    for path in ("results/a/0.nc", "results/a/1.nc"):
        assert checksums.get(path) == f"sha256:{file_digest(path)}"
    stored("results/a/1.nc", {"k": 2})
    assert checksums.get("results/a/1.nc") != f"sha256:{file_digest('results/a/1.nc')}"
    assert checksums.get("results/a/none.nc") is None
    Path("table.csv").write_text("x")
    assert checksums.get("table.csv") == f"sha256:{file_digest('table.csv')}"


def test_a_record_of_snakemake_comes_first(store):
    path = stored("results/a/history.nc")
    store._write_record(path, MetadataRecord(rule="train", params=["1"]))
    assert looked_up(store, path).params == ["1"]


@pytest.mark.parametrize("path", ["results/a/none.nc", "logs/a/history.nc", "elsewhere.nc"])
def test_files_that_are_missing_or_no_results_have_no_record(store, path):
    if not path.startswith("results"):
        stored(path)
    assert looked_up(store, path) is None


def test_a_file_without_provenance_has_no_record(store):
    folder_of("results/a/notes.txt")
    Path("results/a/notes.txt").write_text("x")
    assert looked_up(store, "results/a/notes.txt") is None


@pytest.mark.parametrize("content", [b"", b"[1]", b"{}", b'{"spec": "x{"}', b'{"spec": "{}"}'])
def test_provenance_that_cannot_be_read_stops_the_run(store, content):
    path = Path("results/a/groups/S3/table.json")
    folder_of(path)
    write(xr.Dataset({"product": 1}), path.with_suffix(".nc"))
    path.write_bytes(content)
    for asked in (path, path.with_suffix(".nc")):
        with pytest.raises(SystemExit, match=r"table\.json: is damaged.*delete it and run"):
            looked_up(store, asked)


def test_a_damaged_result_stops_the_run(store):
    path = Path(stored("results/a/history.nc"))
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(SystemExit, match=r"history\.nc: .*delete it and run"):
        looked_up(store, path)


def test_a_file_that_may_be_whole_and_cannot_be_read_stops_the_run(store, monkeypatch):
    path = stored("results/a/history.nc")

    def refused(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refused)
    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(SystemExit, match="history"):
        looked_up(store, path)


def test_adopting_twice_is_adopting_once(store):
    before = PersistenceBase.metadata
    adopt()
    assert PersistenceBase.metadata is before


@pytest.fixture
def another_snakemake(monkeypatch):
    monkeypatch.setattr(PersistenceBase, "metadata", PersistenceBase.metadata)
    return monkeypatch


def refusal():
    with pytest.raises(SnakemakeChangedError) as error:
        adopt()
    message = str(error.value)
    for said in (f"tested with Snakemake {TESTED}", "install that version", "ontogeny/workflow"):
        assert said in message
    return message


@pytest.mark.parametrize("lost", ["PersistenceBase", "MetadataRecord", "RECORD_FORMAT_VERSION"])
def test_what_a_snakemake_lacks_is_named(another_snakemake, lost):
    another_snakemake.delattr(persistence, lost)
    assert f"has no `snakemake.persistence.{lost}`" in refusal()


def test_a_snakemake_without_the_module_is_refused(another_snakemake):
    another_snakemake.setitem(sys.modules, "snakemake.persistence", None)
    assert "has no module `snakemake.persistence`" in refusal()


def test_a_snakemake_without_the_look_up_is_refused(another_snakemake):
    another_snakemake.delattr(PersistenceBase, "metadata")
    assert "has no `PersistenceBase.metadata`" in refusal()


def test_a_snakemake_whose_look_up_takes_something_else_is_refused(another_snakemake):
    another_snakemake.setattr(PersistenceBase, "metadata", lambda self, job, file: None)
    assert "has other parameters of `PersistenceBase.metadata`" in refusal()


def test_a_snakemake_whose_records_lack_a_field_is_refused(another_snakemake):
    fields = {name: str for name in MetadataRecord.model_fields if name != "input_checksums"}
    another_snakemake.setattr(
        persistence, "MetadataRecord", create_model("MetadataRecord", **fields)
    )
    assert "has no `MetadataRecord.input_checksums`" in refusal()


def test_a_snakemake_with_another_format_of_records_is_refused(another_snakemake):
    another_snakemake.setattr(persistence, "RECORD_FORMAT_VERSION", 7)
    assert "has format 7, not 6, of `MetadataRecord`" in refusal()


@pytest.mark.parametrize("reader", [adoption, planning, summaries])
def test_the_file_that_a_refusal_names_is_there(reader):
    with pytest.raises(SnakemakeChangedError) as error:
        part(object(), "lost", reader._HERE)
    (named,) = {*re.findall(r"ontogeny/[\w/]+\.py", str(error.value))}
    assert (Path(__file__).parents[1] / "workflow" / named).samefile(reader.__file__)


def test_the_tested_snakemake_is_the_one_that_the_project_asks_for():
    project = (Path(__file__).parents[1] / "pyproject.toml").read_text()
    assert f'"snakemake=={TESTED}"' in project


def test_a_workflow_without_the_records_of_snakemake_runs_what_has_changed(tmp_path):
    small = SmallWorkflow(tmp_path)
    small.snakemake()
    shutil.rmtree(tmp_path / ".snakemake")
    assert small.planned() == []
    assert [job.reasons for job in small.planned("--config", "width=9")] == [
        ("params_changed",),
        ("params_changed",),
        ("updated_input_run",),
    ]


def test_a_run_that_was_interrupted_goes_on_without_the_records_of_snakemake(tmp_path):
    small = SmallWorkflow(tmp_path)
    small.snakemake()
    shutil.rmtree(tmp_path / ".snakemake")
    histories = [f"results/small/study/e/seed{seed}/history.nc" for seed in (0, 1)]
    small.snakemake("--config", "width=9", "--", *histories)
    shutil.rmtree(tmp_path / ".snakemake")
    (job,) = small.planned("--config", "width=9")
    assert (job.rule, job.reasons) == ("study_comparison", ("updated_input",))


def test_a_file_of_an_earlier_version_is_made_again(store):
    path = Path("results/a/groups/S3/table.json")
    folder_of(path)
    about = attributes("group", SPEC, "code of that time")
    del about["inputs"]
    path.write_text(json.dumps(about))
    assert looked_up(store, path).params == sorted([repr(SPEC), repr("code of that time")])
