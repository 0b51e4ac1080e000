"""Which jobs a change plans: the table of docs/incremental.md, by the real `snakemake -n`.

Every case copies a finished run with the package that it uses, makes one change, and compares the
exact set of planned jobs.
"""

import shutil

import pytest

from ontogeny.studies.composition.config import Training
from project import (
    CODE,
    COLLECTING,
    PAGE,
    PLUMBING,
    STUDY,
    Project,
    assert_files_of_a_run_say_what_they_are,
    assert_one_core_gives_the_same_bytes,
    messages,
)

CONFIG = """\
composition:
  defaults:
    architecture: {kind: mlp, embedding: 8, hidden: 6}
    data: {fraction: 0.6}
    schedule: {steps: 20, checkpoints: {per_decade: 1, every: 10}}
    seeds: [0]
  experiments:
    a: {group: S3}
    b:
      group: C5
      optimiser: {weight_decay: 0.5}
      architecture: {kind: transformer, d_model: 8, heads: 2, d_head: 4, d_mlp: 8}
  own_measures: own/sizes.py
  own_figures: {run: own/growth.py}
"""
CONFIG_FILE = "config/config.yaml"
RESULTS = "results/config/composition"
A_WITH_DECAY = ("a: {group: S3}", "a: {group: S3, optimiser: {weight_decay: 0.3}}")
OWN_MEASURES = '''"""The size of all parameters."""


def measures(parameters):
    squares = [float((each.astype("float64") ** 2).sum()) for each in parameters.values()]
    return {"size": sum(squares) ** 0.5}
'''
OWN_FIGURE = '''"""The size of all parameters beside the losses."""

from matplotlib.figure import Figure


def numbers(history, sizes):
    return history[["loss"]].assign(size=sizes["size"])


def draw(numbers, title):
    drawn = Figure()
    axes = drawn.subplots()
    axes.plot(numbers["size"], numbers["loss"])
    axes.set_title(title)
    return drawn
'''
IRREPS = {"group S3", "group C5", "irreps of S3", "irreps of C5"}
COMPARED = {
    "comparison of all runs of composition",
    "tables of all runs",
    "claims of composition",
    "claims of all studies",
    "figures of all runs of composition",
}
PREDICTED = {"predictions of all runs", "claims of prediction", "claims of all studies"}
OVER_ALL_RUNS = COMPARED | PREDICTED
ADDITION = {"comparison of all runs that add", "claims of addition", "claims of all studies"}
FIGURES_OF_RUNS = {"figures of a, seed 0", "figures of b, seed 0"}


def stages(names, experiment, seed=0):
    """Return the jobs of some stages of a run."""
    return {f"{name} of {experiment}, seed {seed}" for name in names}


def by_irreps(experiment, seed=0):
    """Return the jobs after a change of the analysis by irreps."""
    return stages(["analysis", "figures"], experiment, seed) | predicted(experiment, seed)


def predicted(experiment, seed=0):
    """Return the jobs of a run after a change of what is measured of its predictions."""
    return stages(["prediction"], experiment, seed) | {f"figures of {experiment}"}


def analysed(experiment, seed=0):
    """Return the jobs after a change of an analysis; b, which adds, is read by frequency too."""
    found = by_irreps(experiment, seed)
    if experiment == "b":
        found |= stages(["addition analysis"], experiment, seed)
    return found


def whole(experiment, seed=0):
    """Return all jobs of a run."""
    own = stages(["measures sizes", "figure growth"], experiment, seed)
    return {f"train {experiment}, seed {seed}"} | own | analysed(experiment, seed)


A, B = whole("a") | OVER_ALL_RUNS, whole("b") | OVER_ALL_RUNS | ADDITION


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    project = Project.made(tmp_path_factory.mktemp("base") / "project", CONFIG_FILE, CONFIG)
    project.write("own/sizes.py", OWN_MEASURES)
    project.write("own/growth.py", OWN_FIGURE)
    said = messages(project.run())
    assert set(said) - COLLECTING == A | B | IRREPS
    assert len(said) == len(set(said))
    return project


@pytest.fixture
def project(base, tmp_path):
    """Return a copy in which nothing is run."""
    return base.linked(tmp_path / "copy")


@pytest.fixture
def runnable(base, tmp_path):
    """Return a copy in which jobs may run."""
    return base.copied(tmp_path / "copy")


def test_nothing_changed(runnable):
    before = runnable.digests()
    assert "Nothing to be done" in runnable.run()
    assert runnable.digests() == before


def test_one_core_gives_the_same_bytes_as_two(base, tmp_path):
    assert len(base.digests()) > 60
    assert_one_core_gives_the_same_bytes(base, tmp_path / "other")


@pytest.mark.parametrize(("experiment", "group"), [("a", "S3"), ("b", "C5")])
def test_every_file_of_a_run_says_what_it_is(base, experiment, group):
    assert_files_of_a_run_say_what_they_are(
        base, "composition", experiment, 0, of={"group": group}, training=Training
    )


def test_a_new_seed(runnable):
    runnable.edit(CONFIG_FILE, "a: {group: S3}", "a: {group: S3, seeds: [0, 1]}")
    before = runnable.digests(f"{RESULTS}/*/seed0/*.nc")
    said = messages(runnable.run())
    assert set(said) - COLLECTING == whole("a", 1) | OVER_ALL_RUNS
    assert runnable.digests(f"{RESULTS}/*/seed0/*.nc") == before
    assert runnable.plan() == set()


def test_a_figure_setting(runnable):
    """All figures of the runs are drawn again; those of other styles are the same as before."""
    runnable.append(CONFIG_FILE, "  figures: {learning: {width: 6}}\n")
    before = runnable.digests()
    said = messages(runnable.run())
    assert set(said) - COLLECTING == FIGURES_OF_RUNS
    after = runnable.digests()
    assert after.keys() == before.keys()
    changed = {path for path in after if after[path] != before[path]}
    pictures = {path for path in changed if path.endswith((".svg", ".png"))}
    assert pictures == {
        f"{RESULTS}/figures/{run}/seed0/learning.{end}" for run in "ab" for end in ("svg", "png")
    }
    assert {path.rpartition("/")[0] for path in changed} == {
        "results/config",
        *(f"{RESULTS}/figures/{run}/seed0" for run in "ab"),
    }


CONFIGURATION = {
    "weight decay of one experiment": (*A_WITH_DECAY, A),
    "a default that one experiment overrides": (
        "  defaults:",
        "  defaults:\n    optimiser: {weight_decay: 0.7}",
        A,
    ),
    "an experiment renamed": (
        "    a: {group: S3}",
        "    c: {group: S3}",
        whole("c") | OVER_ALL_RUNS,
    ),
    "an experiment removed": ("    a: {group: S3}\n", "", OVER_ALL_RUNS),
    "experiments reordered": (
        "    a: {group: S3}\n    b:\n      group: C5\n      optimiser: {weight_decay: 0.5}\n"
        "      architecture: {kind: transformer, d_model: 8, heads: 2, d_head: 4, d_mlp: 8}\n",
        "    b:\n      architecture: {d_mlp: 8, heads: 2, kind: transformer, d_head: 4, d_model: 8}"
        "\n      optimiser: {weight_decay: 0.5}\n      group: C5\n    a: {group: S3}\n",
        {PAGE},
    ),
    "more steps": ("steps: 20", "steps: 30", A | B),
    "a checkpoint schedule": ("every: 10", "every: 5", A | B),
    "a default written out": (
        "a: {group: S3}",
        "a: {group: S3, optimiser: {learning_rate: 0.001, betas: [0.9, 0.98], warm_up: 0}}",
        set(),
    ),
    "a number written otherwise": ("steps: 20", "steps: 20.0", set()),
    "a number as text of YAML 1.1": (
        "a: {group: S3}",
        "a: {group: S3, optimiser: {learning_rate: 1e-3}}",
        set(),
    ),
    "a sweep": (
        "a: {group: S3}",
        "a: {group: S3, optimiser: {weight_decay: [0.3, 0.4]}}",
        whole("a-weight-decay-0p3")
        | whole("a-weight-decay-0p4")
        | OVER_ALL_RUNS
        | {"sweep a", "figures of the sweep a"},
    ),
    "permutations of runs": (
        "  own_measures:",
        "  analysis: {prediction: {permutations: 10}}\n  own_measures:",
        PREDICTED,
    ),
    "steps of the flows": (
        "  own_measures:",
        "  analysis: {prediction: {flow_steps: 10}}\n  own_measures:",
        predicted("a") | predicted("b") | PREDICTED,
    ),
    "two values swapped": ("embedding: 8, hidden: 6", "embedding: 6, hidden: 8", A),
}


@pytest.mark.parametrize(
    ("old", "new", "expected"), CONFIGURATION.values(), ids=CONFIGURATION.keys()
)
def test_configuration(project, old, new, expected):
    project.edit(CONFIG_FILE, old, new)
    assert project.plan() == expected


def test_values_of_a_sweep_written_otherwise_moved_and_added(runnable):
    """Only what is added is trained; the joined runs are in the order of their values."""
    one, same, more = "[0.3, 3, 1e-2]", "[0.01, 3.0, 3e-1]", "[10, 1e-2, 3, 0.3]"
    runnable.edit(CONFIG_FILE, "a: {group: S3}", f"a: {{group: S3, optimiser: {{l1: {one}}}}}")
    joined = f"{RESULTS}/sweeps/a.nc"
    runnable.run(joined)
    runnable.edit(CONFIG_FILE, one, same)
    assert runnable.plan(joined) == set()
    runnable.edit(CONFIG_FILE, same, more)
    assert runnable.plan(joined) == {"train a-l1-10, seed 0", "sweep a"}


CHANGED_CODE = {
    "a figure of runs": (f"{STUDY}/irreps/figures/run/learning.py", FIGURES_OF_RUNS),
    "a figure of the seeds of an experiment that adds": (
        f"{STUDY}/addition/figures/experiment/addition_phases.py",
        {"figures of b"},
    ),
    "a figure of all runs": (
        f"{STUDY}/irreps/figures/study/universality_grokking.py",
        {"figures of all runs of composition"},
    ),
    "a progress measure": (
        f"{STUDY}/irreps/analysis/phases.py",
        analysed("a") | analysed("b") | OVER_ALL_RUNS | ADDITION,
    ),
    "the script of the analysis": (
        "workflow/scripts/composition/analysis.py",
        by_irreps("a") | by_irreps("b") | OVER_ALL_RUNS,
    ),
    "the rule for verdicts": (
        f"{CODE}/claims.py",
        {
            "claims of composition",
            "claims of addition",
            "claims of prediction",
            "claims of all studies",
        },
    ),
    "what runs say of themselves": (f"{STUDY}/opened.py", {PAGE}),
    "what the runs show": (f"{STUDY}/summary.py", {PAGE}),
    "the page": (f"{CODE}/page/contents.py", {PAGE}),
    "a claim about addition": (
        f"{STUDY}/addition/claims/_settings.py",
        {"claims of addition", "claims of all studies"},
    ),
    "the tables": (f"{STUDY}/irreps/tables.py", {"tables of all runs"}),
    "what is measured over all runs": (f"{STUDY}/irreps/comparison/_cells.py", COMPARED),
    "a score of irreps": (
        f"{STUDY}/prediction/scores.py",
        predicted("a") | predicted("b") | PREDICTED,
    ),
    "a fit to other runs": (f"{STUDY}/prediction/probabilities.py", PREDICTED),
    "the trainer": (f"{CODE}/training/_loop.py", A | B),
    "the MLP": (f"{STUDY}/networks/architectures/mlp.py", A),
    "the transformer's attention": (f"{STUDY}/networks/architectures/_attention.py", B),
    "a group's constructor": (f"{CODE}/groups/_families.py", A | B | IRREPS),
    "irreps in closed form": (
        f"{CODE}/representations/_symmetric.py",
        {"irreps of S3", "irreps of C5"} | by_irreps("a") | by_irreps("b") | OVER_ALL_RUNS,
    ),
}


@pytest.mark.parametrize(("path", "expected"), CHANGED_CODE.values(), ids=CHANGED_CODE.keys())
def test_code(project, path, expected):
    project.append(path, "\nUNUSED = 1\n")
    assert project.plan() == expected


def test_a_style_a_caption_and_an_outcome_of_long_runs_make_the_page_again(project):
    for path, old, new in (
        (f"{CODE}/page/page.css", "--ink: #", "--ink: #0"),
        (f"{STUDY}/irreps/figures/run/learning.py", '"""', '"""Novel: '),
    ):
        project.edit(path, old, new)
        assert project.plan() == {PAGE}
        project.edit(path, new, old)
    assert project.plan() == set()
    shutil.copy(project.folder / RESULTS / "../claims.nc", project.folder / "atlas/novel.nc")
    assert project.plan() == {PAGE}


def test_what_finds_names_stores_and_reports_plans_nothing(project):
    for path, old, new in PLUMBING.values():
        project.edit(path, old, new)
    assert project.plan() == set()


NOVEL = """\
class NovelSettings(MLPSettings):
    kind: Literal["novel"] = "novel"


"""


def test_an_architecture_plans_nothing_but_its_own_runs(project):
    architectures = f"{STUDY}/networks/architectures"
    mlp = (project.folder / architectures / "mlp.py").read_text()
    project.write(f"{architectures}/novel.py", mlp)
    config = f"{STUDY}/config.py"
    project.edit(config, "class BilinearSettings(", f"{NOVEL}class BilinearSettings(")
    project.edit(config, "MLPSettings | Bilinear", "MLPSettings | NovelSettings | Bilinear")
    assert project.plan() == set()
    new = "a: {group: S3}\n    c: {group: S3, architecture: {kind: novel}}"
    project.edit(CONFIG_FILE, "a: {group: S3}", new)
    assert project.plan() == whole("c") | OVER_ALL_RUNS


def test_a_changed_default_with_the_format_of_its_section(project):
    """No specification holds a default: b, which does not write it, is found by the format."""
    config = f"{STUDY}/config.py"
    field = 'preset: Literal["universality", "progress-measures"] = Field(\n        "{}",'
    project.edit(config, field.format("universality"), field.format("progress-measures"))
    kind = '    kind: Literal["transformer"] = "transformer"\n'
    project.edit(config, kind, f"    FORMAT = 2\n\n{kind}")
    assert project.plan() == B


def test_a_table_that_stays_the_same_stops_what_follows(runnable):
    runnable.append(f"{CODE}/groups/_families.py", "\nUNUSED = 1\n")
    runnable.run("first")
    assert runnable.plan() == set()


def test_a_table_that_differs_does_not(runnable):
    runnable.edit(
        "workflow/scripts/composition/group.py",
        "specified_group(job.spec, table))",
        "specified_group(job.spec, table)).assign_attrs(changed=1)",
    )
    runnable.run("first")
    assert runnable.plan() == A | B


def test_comments_docstrings_formatting_and_checkouts(project):
    for path in (project.folder / "workflow").rglob("*.py"):
        path.write_text(f"# A comment.\n\n\n{path.read_text()}\n\n# Another.\n")
    project.edit(f"{CODE}/training/_loop.py", '"""Train a network', '"""Train one network')
    for path in (project.folder / "workflow").rglob("*"):
        path.touch()
    assert project.plan() == set()


DELETED = {
    "figures/a/seed0/learning.svg": {"figures of a, seed 0"},
    "a/seed0/evaluation.nc": by_irreps("a") | OVER_ALL_RUNS,
    "a/seed0/analysis.nc": analysed("a") | OVER_ALL_RUNS,
    "a/seed0/history.nc": A,
    "a/seed0/own/sizes.nc": stages(["measures sizes", "figure growth"], "a"),
    "a/seed0/prediction.nc": predicted("a") | PREDICTED,
    "comparison.nc": COMPARED,
    "predictions.nc": PREDICTED,
    "tables/irreps.md": {"tables of all runs"},
}


@pytest.mark.parametrize(("path", "expected"), DELETED.items(), ids=DELETED.keys())
def test_a_result_deleted(project, path, expected):
    (project.folder / RESULTS / path).unlink()
    assert project.plan() == expected


def test_the_page_deleted(project):
    (project.folder / RESULTS / "../index.html").unlink()
    assert project.plan() == {PAGE}


def test_a_result_touched(runnable):
    for path in sorted((runnable.folder / "results").rglob("*.nc"), reverse=True):
        path.touch()
    assert runnable.plan() == set()


def test_without_the_records_of_snakemake(runnable):
    shutil.rmtree(runnable.folder / ".snakemake")
    for path in sorted((runnable.folder / "results").rglob("*.*"), reverse=True):
        if path.is_file():
            path.touch()
    assert runnable.plan() == set()
    runnable.edit(CONFIG_FILE, *A_WITH_DECAY)
    assert runnable.plan() == A


def test_results_of_other_code_without_records(project):
    shutil.rmtree(project.folder / ".snakemake")
    project.append(f"{STUDY}/networks/architectures/mlp.py", "\nUNUSED = 1\n")
    assert project.plan() == A


def test_a_folder_that_was_moved(project, tmp_path):
    project.folder.rename(tmp_path / "moved")
    assert Project(tmp_path / "moved", CONFIG_FILE).plan() == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--cores", "1"),
        ("--set-resources", "composition_train:mem_mb=9000"),
        ("--set-threads", "composition_analysis=2"),
        ("--workflow-profile", "profiles/rich", "--logger", "rich"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_threads_memory_and_profile(base, arguments):
    assert "Job stats" not in base.snakemake("--dry-run", *arguments)


def test_more_steps_continue_from_the_stored_state(runnable, tmp_path):
    """So do they when the schema has got a further key in the meantime."""
    runnable.edit(
        f"{STUDY}/config.py",
        '    labels: Literal["product"',
        '    novelty: float = Field(0.0, description="New.")\n    labels: Literal["product"',
    )
    assert runnable.plan() == set()
    runnable.edit(CONFIG_FILE, "steps: 20", "steps: 36")
    targets = [f"{RESULTS}/{experiment}/seed0/history.nc" for experiment in "ab"]
    said = runnable.run(*targets)
    assert "This run continues 2 finished trainings, which took " in said
    for experiment in "ab":
        log = runnable.logs / f"composition/{experiment}/seed0/train.log"
        assert "continues from step 20 of a saved state" in log.read_text()
    fresh = runnable.copied(tmp_path / "fresh", without=("results", ".snakemake"))
    fresh.run(*targets)
    for name in ("checkpoints.nc", "history.nc"):
        pattern = f"{RESULTS}/?/seed0/{name}"
        assert runnable.digests(pattern) == fresh.digests(pattern)
        assert len(fresh.digests(pattern)) == 2


def test_a_schedule_with_stored_checkpoints_trains_nothing(runnable):
    runnable.edit(CONFIG_FILE, "every: 10", "every: 20")
    runnable.run(f"{RESULTS}/a/seed0/history.nc")
    log = (runnable.logs / "composition/a/seed0/train.log").read_text()
    assert "continues from step 20 of a saved state" in log
    assert "step 20 of 20" not in log


def test_own_figures_and_own_measures_are_there(base):
    for run in ("a/seed0", "b/seed0"):
        own = base.opened(f"composition/{run}/own/sizes")
        shown = base.opened(f"composition/figures/{run}/growth")
        assert own["size"].dims == ("step",)
        assert (own["size"] > 0).all()
        assert shown["size"].equals(own["size"])
        assert (base.results / f"composition/figures/{run}/growth.svg").stat().st_size > 1000


def test_an_own_figure(project):
    """One more is drawn for every run, and a changed one alone."""
    project.write("own/second.py", OWN_FIGURE)
    project.edit(CONFIG_FILE, "run: own/growth.py", "run: [own/growth.py, own/second.py]")
    assert project.plan() == stages(["figure second"], "a") | stages(["figure second"], "b")
    project.edit(CONFIG_FILE, "run: [own/growth.py, own/second.py]", "run: own/growth.py")
    assert project.plan() == set()
    project.append("own/growth.py", "\nUNUSED = 1\n")
    assert project.plan() == stages(["figure growth"], "a") | stages(["figure growth"], "b")


def test_an_own_measure(project):
    project.append("own/sizes.py", "\nUNUSED = 1\n")
    made = ["measures sizes", "figure growth"]
    assert project.plan() == stages(made, "a") | stages(made, "b")


def test_two_configurations_share_no_file(runnable):
    """Each has an experiment a, with other networks."""
    text = CONFIG.replace("hidden: 6", "hidden: 7")
    other = Project(runnable.folder, "config/other.yaml")
    other.write(other.configuration, text)
    assert other.plan() == A | B | IRREPS
    before = runnable.digests("results/**/*") | runnable.digests("logs/**/*")
    target = "results/other/composition/a/seed0/history.nc"
    said = other.run(target)
    assert "replaces" not in said
    after = runnable.digests("results/**/*") | runnable.digests("logs/**/*")
    assert {path: after[path] for path in before} == before
    added = after.keys() - before.keys()
    assert target in added
    assert {path.split("/")[1] for path in added} == {"other"}
    assert runnable.plan() == set()
