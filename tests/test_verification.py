"""Results in another's place, damaged, or not made from each other, found before a run begins."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import xarray as xr

from ontogeny.provenance import attributes, identity, input_digests
from ontogeny.storage import content_digest, write, write_provenance
from ontogeny.workflow.verification import Step, problems
from small_workflow import SmallWorkflow

CODE = "0" * 64


def made(name, spec, inputs=None, values=0):
    """Store what a job makes, and return the job."""
    path = Path("results/a") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    inputs = inputs or {}
    digests = input_digests(inputs)
    write(
        xr.Dataset({"x": values}),
        path,
        attributes("stage", spec, CODE, digests),
        identity=identity(path.stem, spec, digests),
    )
    return Step(spec, inputs, (str(path),), runs=False)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The jobs of two runs on one corpus, and what joins them."""
    monkeypatch.chdir(tmp_path)
    steps = {"corpus": made("corpus.nc", {"words": 5})}
    for seed in (0, 1):
        steps[f"history{seed}"] = made(
            f"seed{seed}/history.nc", {"seed": seed}, {"corpus": "results/a/corpus.nc"}
        )
        steps[f"analysis{seed}"] = made(
            f"seed{seed}/analysis.nc",
            {},
            {"history": f"results/a/seed{seed}/history.nc"},
            values=seed,
        )
    runs = [f"results/a/seed{seed}/analysis.nc" for seed in (0, 1)]
    steps["comparison"] = made("comparison.nc", {"runs": [0, 1]}, {"analysis": runs})
    return steps


def told(steps):
    return [*problems(steps.values())]


def planned(steps, *names):
    """Return all jobs, those with the given names to be run."""
    return steps | {
        name: replace(steps[name], runs=True, is_training=name.startswith("history"))
        for name in names
    }


def test_results_in_their_place_are_right(run):
    assert told(run) == []
    assert told(planned(run, *run)) == []


def test_results_that_are_not_there_are_not_wrong(run):
    Path("results/a/seed0/history.nc").unlink()
    Path("results/a/seed1/analysis.nc").unlink()
    assert told(planned(run, "history0", "analysis1")) == []


def test_a_training_of_another_seed_is_told_by_the_key_that_differs(run):
    shutil.copy2("results/a/seed1/history.nc", "results/a/seed0/history.nc")
    assert told(run) == [
        "results/a/seed0/history.nc: was made with `seed` = 1, and this configuration asks for 0; "
        "put the right file back, or delete it, and run the same command again"
    ]


def test_an_analysis_of_another_seed_is_told_by_its_inputs(run):
    shutil.copy2("results/a/seed1/analysis.nc", "results/a/seed0/analysis.nc")
    (message,) = told(run)
    assert "seed0/analysis.nc: was made from another `history` than results/a/seed0/h" in message


def test_a_result_of_several_runs_is_told_when_one_of_them_is_another_since(run):
    made("seed0/analysis.nc", {}, run["analysis0"].inputs, values=5)
    (message,) = told(run)
    assert "comparison.nc: was made from another `analysis` than results/a/seed0/analys" in message


def test_another_file_of_the_same_run_is_told(run):
    shutil.copy2("results/a/seed0/history.nc", "results/a/seed0/progress.nc")
    step = run["history0"]
    other = Step(step.spec, step.inputs, ("results/a/seed0/progress.nc",), runs=False)
    (message,) = problems([other])
    assert message.startswith("results/a/seed0/progress.nc: is another result than `progress`")


def test_a_file_without_an_identity_is_told(run):
    write(xr.Dataset({"x": 0}), "results/a/seed0/history.nc")
    (message,) = told(run)
    assert message.startswith("results/a/seed0/history.nc: was made with another configuration")


def test_what_will_be_replaced_may_be_of_another_configuration(run):
    made("seed0/history.nc", {"seed": 7}, run["history0"].inputs)
    assert told(planned(run, "history0", "analysis0", "comparison")) == []


def test_a_costly_result_is_not_replaced_because_one_beside_it_is_wrong(run):
    step = run["history0"]
    made("seed0/checkpoints.nc", step.spec, step.inputs)
    outputs = ("results/a/seed0/checkpoints.nc", *step.outputs)
    shutil.copy2("results/a/seed1/history.nc", "results/a/seed0/history.nc")
    (message,) = problems([Step(step.spec, step.inputs, outputs, runs=True, is_training=True)])
    assert message.startswith("results/a/seed0/history.nc: was made with `seed` = 1")
    assert not [*problems([Step(step.spec, step.inputs, outputs, runs=True)])]


def test_a_figure_that_was_taken_out_and_put_back_is_drawn_again(run):
    one, two = {"figures": ["one"]}, {"figures": ["one", "two"]}
    outputs = ("results/a/one.nc", "results/a/two.nc")
    made("two.nc", two)
    made("one.nc", one)
    assert not [*problems([Step(two, {}, outputs, runs=True)])]


def test_a_file_of_another_seed_that_is_damaged_as_well_is_told(run):
    content = bytearray(Path("results/a/seed1/history.nc").read_bytes())
    content[200] ^= 1
    Path("results/a/seed0/history.nc").write_bytes(content)
    assert any("seed0/history.nc: is damaged" in message for message in told(run))


def test_a_long_specification_is_not_told_whole(run):
    made("comparison.nc", {"runs": list(range(9000))}, run["comparison"].inputs)
    (message,) = told(run)
    assert len(message) < 300


@pytest.mark.parametrize("place", [9, -200, -100, -20])
def test_a_damaged_file_is_found_before_a_job_that_reads_it_replaces_anything(run, place):
    content = bytearray(Path("results/a/corpus.nc").read_bytes())
    content[place] ^= 1
    before = Path("results/a/corpus.nc").stat()
    Path("results/a/corpus.nc").write_bytes(content)
    os.utime("results/a/corpus.nc", ns=(before.st_atime_ns, before.st_mtime_ns))
    (message,) = told(planned(run, "history0", "analysis0", "comparison"))
    assert message.startswith("results/a/corpus.nc: is damaged")
    assert "make it alone, with `-- results/a/corpus.nc` at the end" in message


def test_files_with_their_provenance_beside_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outputs = {}
    for name, order in (("C2", 2), ("C3", 3)):
        folder = Path("results/a/groups", name)
        folder.mkdir(parents=True)
        write(xr.Dataset({"order": order}), folder / "table.nc")
        files = [folder / "table.nc"]
        spec = {"group": name}
        write_provenance(
            attributes("group", spec, CODE),
            folder / "table.json",
            files,
            identity=identity("table", spec, {}),
        )
        outputs[name] = (*map(str, files), str(folder / "table.json"))
    steps = [Step({"group": name}, {}, outputs[name], runs=False) for name in outputs]
    assert [*problems(steps)] == []
    for suffix in (".nc", ".json"):
        kept = Path(f"results/a/groups/C2/table{suffix}").read_bytes()
        shutil.copy2(f"results/a/groups/C3/table{suffix}", f"results/a/groups/C2/table{suffix}")
        (message,) = problems(steps)
        wrong = "was made with" if suffix == ".json" else "is not the file that"
        assert message.startswith(f"results/a/groups/C2/table{suffix}: {wrong}")
        Path(f"results/a/groups/C2/table{suffix}").write_bytes(kept)
    path = Path("results/a/groups/C2/table.nc")
    content = bytearray(path.read_bytes())
    content[50] ^= 1
    path.write_bytes(content)
    training = Step({}, {"table": str(path)}, (), runs=True, is_training=True)
    (message,) = problems([*steps, training])
    assert "first make it alone" in message
    assert [*problems(steps)] == [
        f"{path}: is damaged, its content differs from its digest; delete it and run the same "
        "command again"
    ]


def test_the_identity_of_a_result_is_of_all_that_it_was_made_from(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made("a.nc", {"k": 1})
    made("b.nc", {"k": 1}, values=2)
    inputs = input_digests({"one": "results/a/a.nc", "both": ["results/a/a.nc", "results/a/b.nc"]})
    assert inputs["one"] == content_digest("results/a/a.nc")
    swapped = input_digests({"both": ["results/a/b.nc", "results/a/a.nc"]})
    assert inputs["both"] == swapped["both"][::-1] != swapped["both"]
    assert input_digests({"table": "given/table.csv", "texts": ["a.txt"]}) == {}
    several = {
        identity("a", {"k": 1}, {}),
        identity("b", {"k": 1}, {}),
        identity("a", {"k": 2}, {}),
        identity("a", {"k": 1}, inputs),
        identity("a", {"k": 1}, swapped),
    }
    assert len(several) == 5
    renamed = {"first": inputs["one"], "other": inputs["both"]}
    assert identity("a", {"k": 1}, renamed) == identity("a", {"k": 1}, inputs)
    assert identity("a", {"k": 1, "l": 2}, {}) == identity("a", {"l": 2, "k": 1}, {})


@pytest.fixture(scope="module")
def workflow(tmp_path_factory):
    small = SmallWorkflow(tmp_path_factory.mktemp("workflow"))
    small.snakemake()
    return small


@pytest.mark.parametrize("has_records", [True, False])
@pytest.mark.parametrize("arguments", [[], ["--dry-run"], ["--forcerun", "study_comparison"]])
def test_the_workflow_refuses_a_result_of_another_run(tmp_path, workflow, has_records, arguments):
    folder = tmp_path / "copy"
    shutil.copytree(workflow.folder, folder)
    small = SmallWorkflow(folder)
    if not has_records:
        shutil.rmtree(folder / ".snakemake")
    runs = folder / "results/small/study/e"
    kept = runs.joinpath("seed0/checkpoints.nc").stat().st_mtime_ns
    shutil.copy2(runs / "seed1/history.nc", runs / "seed0/history.nc")
    run = small.tried(*arguments)
    assert run.returncode == 1
    said = " ".join((run.stdout + run.stderr).split())
    assert "study/e/seed0/history.nc: was made with `seed` = 1, and this configuration" in said
    assert "Traceback" not in said
    assert 'File "' not in said
    assert runs.joinpath("seed0/checkpoints.nc").stat().st_mtime_ns == kept
    shutil.rmtree(runs / "seed0")
    small.snakemake()


def test_the_remedy_of_a_damaged_corpus_keeps_the_networks(tmp_path, workflow):
    folder = tmp_path / "copy"
    shutil.copytree(workflow.folder, folder)
    small = SmallWorkflow(folder)
    corpus = folder / "results/small/study/corpus.nc"
    content = bytearray(corpus.read_bytes())
    content[200] ^= 1
    corpus.write_bytes(content)
    networks = [*folder.glob("results/small/study/e/*/*.nc")]
    before = {path: path.stat().st_mtime_ns for path in networks}
    run = small.tried()
    assert run.returncode == 1
    assert "study/corpus.nc: is damaged" in run.stdout + run.stderr
    corpus.unlink()
    small.snakemake("--", "results/small/study/corpus.nc")
    small.snakemake()
    assert {path: path.stat().st_mtime_ns for path in networks} == before


def test_who_takes_parameters_out_of_the_triggers_is_not_refused(tmp_path, workflow):
    folder = tmp_path / "copy"
    shutil.copytree(workflow.folder, folder)
    said = SmallWorkflow(folder).snakemake("--rerun-triggers", "mtime", "--config", "width=9")
    assert "Nothing to be done" in said


@pytest.mark.parametrize("has_records", [True, False])
def test_what_a_kill_leaves_of_a_run_with_another_configuration_goes_on(
    tmp_path, workflow, has_records
):
    """The trainings are new and what joins them is not, as when a kill came between them."""
    folder = tmp_path / "copy"
    shutil.copytree(workflow.folder, folder)
    small = SmallWorkflow(folder)
    if not has_records:
        shutil.rmtree(folder / ".snakemake")
    small.snakemake("--until", "study_train", "--config", "width=9")
    assert [job.rule for job in small.planned("--config", "width=9")] == ["study_comparison"]
