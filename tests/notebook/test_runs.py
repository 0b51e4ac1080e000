"""Runs that are opened, listed and drawn, and their networks."""

import importlib
import shutil
import subprocess
import sys
from dataclasses import replace

import matplotlib.figure
import numpy as np
import pytest
import xarray as xr

import ontogeny
from composition_trained import trained
from ontogeny.figures import figures_of
from ontogeny.known_studies import NAMES, study_named
from ontogeny.notebook import described_run
from ontogeny.notebook._drawing import _FACTS
from ontogeny.notebook._runs import told_by
from ontogeny.storage import StorageError
from opened_runs import RUN, stored


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return stored(tmp_path_factory.mktemp("opened"))


@pytest.fixture(scope="module")
def run(path):
    return ontogeny.open_run(path)


def test_a_run_has_its_results_and_its_group(run):
    results = ["checkpoints", "history", "evaluation", "analysis", "table", "irreps"]
    assert list(run.children) == results
    for name in results:
        assert run[name].to_dataset().equals(getattr(trained("S3, mlp"), name))


def test_a_run_is_described_without_its_checkpoints_as_when_it_is_opened(run, path, tmp_path):
    copy = tmp_path / RUN
    shutil.copytree(path, copy)
    (copy / "checkpoints.nc").write_bytes(b"damaged")
    assert described_run(copy) == {k: v for k, v in run.attrs.items() if k != "path"}


def test_a_run_says_what_it_is(run):
    attributes = run.attrs
    assert attributes["study"] == "composition"
    assert attributes["experiment"] == "s5-mlp"
    evaluation = trained("S3, mlp").evaluation
    used = evaluation["key"].values & evaluation["learned_step"].notnull().values
    key = evaluation["irrep"].values[used]
    names = (
        f"irrep{'s' * (len(key) > 1)} {', '.join(key)}" if len(key) else "no irrep on test pairs"
    )
    assert attributes["learned"] == names
    accuracy = float(evaluation["accuracy"].sel(split="test")[-1])
    words = "has generalised" if accuracy >= 0.99 else "has not generalised"
    assert attributes["outcome"] == words
    shown = repr(run).split("Group: /checkpoints")[0].splitlines()
    assert len(shown) <= 16
    assert any("learned" in line for line in shown)


def test_warnings_of_results_are_those_of_the_run(run):
    said = run.attrs.get("warnings", "").splitlines()
    of_results = {
        line
        for child in run.children.values()
        for line in child.attrs.get("warnings", "").splitlines()
    }
    assert set(said) == of_results
    assert len(said) == len(of_results)


@pytest.mark.parametrize("name", ["evaluation.nc", "checkpoints.nc"])
def test_a_damaged_file_is_refused_by_name(tmp_path, name):
    path = stored(tmp_path)
    content = bytearray((path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (path / name).write_bytes(content)
    with pytest.raises(StorageError, match=f"{name}: is damaged"):
        ontogeny.open_run(path)


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="is not the folder of a run"):
        ontogeny.open_run(tmp_path)
    (tmp_path / RUN).mkdir(parents=True)
    with pytest.raises(FileNotFoundError, match="has no results; run the workflow"):
        ontogeny.open_run(tmp_path / RUN)
    with pytest.raises(FileNotFoundError, match="open one of the runs in it, seed0"):
        ontogeny.open_run((tmp_path / RUN).parent)
    with pytest.raises(TypeError, match="open_run"):
        ontogeny.network_at(xr.DataTree(), 0)


def test_a_run_is_opened_without_what_it_does_not_need(path):
    code = (
        "import sys, ontogeny\n"
        "assert not {'torch', 'matplotlib', 'xarray'} & set(sys.modules)\n"
        f"run = ontogeny.open_run({str(path)!r})\n"
        "ontogeny.network_at(run, 0)(0, 0)\n"
        f"ontogeny.runs({str(path)!r})\n"
        "assert not {'torch', 'matplotlib'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_network_at_a_step_is_that_of_its_checkpoint(run):
    order = run["table"].sizes["element"]
    elements = np.arange(order)
    for place, step in enumerate(run["checkpoints"]["step"].values):
        found = ontogeny.network_at(run, step)(elements[:, None], elements)
        expected, _ = trained("S3, mlp").layers(place)
        np.testing.assert_allclose(found.hidden, expected.hidden, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(found.logits, expected.logits, rtol=1e-9, atol=1e-12)


def test_a_step_without_a_network_is_refused(run):
    with pytest.raises(ValueError, match=r"at step 59; .* are 22, 40, 46, 60, the last is 60"):
        ontogeny.network_at(run, 59)


@pytest.mark.parametrize("factors", [([6], [0]), ([0], [-1]), ([1.5], [0])])
def test_what_is_no_element_is_no_factor(run, factors):
    network = ontogeny.network_at(run, int(run["checkpoints"]["step"][-1]))
    with pytest.raises(ValueError, match="must be indices of elements, whole numbers from 0 to"):
        network(*factors)
    assert network([], []).logits.shape == (0, 6)


def test_a_damaged_run_does_not_hide_the_others(tmp_path):
    first, second = (stored(tmp_path, RUN.replace("seed0", f"seed{seed}")) for seed in range(2))
    damaged = second / "history.nc"
    damaged.write_bytes(damaged.read_bytes()[:-200])
    table = ontogeny.runs(tmp_path)
    assert table["path"].tolist() == [str(first), str(second)]
    assert np.isfinite(table["test_accuracy"][0])
    assert "history.nc" in table["damage"][1]


def test_the_table_has_a_row_for_each_run(tmp_path):
    paths = [stored(tmp_path, RUN.replace("seed0", f"seed{seed}")) for seed in range(2)]
    (tmp_path / "results/atlas/composition/figures/s5-mlp/seed0").mkdir(parents=True)
    for folder in (tmp_path, paths[0].parent, paths[0].parents[1]):
        table = ontogeny.runs(folder)
        assert table["path"].tolist() == [str(path) for path in paths]
        assert table["seed"].tolist() == [0, 1]
        history = trained("S3, mlp").history
        assert table["test_loss"].tolist() == [float(history["loss"].sel(split="test")[-1])] * 2
    assert len(ontogeny.runs(paths[1])) == 1
    assert not len(ontogeny.runs(tmp_path.parent))
    with pytest.raises(FileNotFoundError, match="no such folder"):
        ontogeny.runs(tmp_path / "other")


def test_phases_are_shaded_on_any_axes(run):
    boundary = xr.DataArray([10.0, 40.0, np.nan], {"boundary": ["a", "b", "c"]}, name="phases")
    changed = run.copy()
    evaluation = changed["evaluation"].to_dataset()
    changed["evaluation"] = xr.DataTree(evaluation.assign(phase_boundary=boundary.variable))
    axes = matplotlib.figure.Figure().subplots()
    axes.plot([0, 50], [1, 2])
    limits = axes.get_xlim()
    ontogeny.draw_phases(axes, changed)
    assert [(each.get_x(), each.get_x() + each.get_width()) for each in axes.patches] == [
        (0, 10),
        (10, 40),
        (40, 60),
    ]
    assert axes.get_xlim() == limits
    _, names = axes.get_legend_handles_labels()
    assert names == ["memorisation", "circuit formation", "cleanup"]


def test_a_figure_that_the_run_cannot_have_is_refused(run):
    with pytest.raises(ValueError, match="there is no figure 'none' of runs of composition"):
        ontogeny.draw(run, "none")
    alone = shown_alone(np.random.default_rng(0).random((5, 5)) < 0.5)
    with pytest.raises(ValueError, match="'activations' needs a group other than addition"):
        ontogeny.draw(alone, "activations")
    with pytest.raises(ValueError, match="shows addition_evaluation, which this run"):
        ontogeny.draw(run, "addition_progress")


def test_a_figure_of_the_initial_checkpoint_says_what_it_needs(monkeypatch):
    (chosen, *_) = figures_of(study_named("composition"), "run")
    chosen = replace(chosen, inputs=(), needs=frozenset({"initial"}))
    monkeypatch.setattr("ontogeny.notebook._drawing.figures_of", lambda *_: [chosen])
    late = ontogeny.follow_group("C5", {10: np.zeros((5, 5, 5)), 20: np.ones((5, 5, 5))}, None)
    with pytest.raises(ValueError, match="needs its initial checkpoint, which this run"):
        ontogeny.draw(late, chosen.name)


def shown_alone(train):
    """A run of networks on C5 that show their logits alone."""
    known = 3 * np.eye(5)[np.add.outer(np.arange(5), np.arange(5)) % 5]
    return ontogeny.follow_group("C5", {0: np.zeros((5, 5, 5)), 10: known}, train)


@pytest.fixture(scope="module", params=["split", "no split"])
def logits_run(request):
    train = np.random.default_rng(0).random((5, 5)) < 0.5
    return shown_alone(train if request.param == "split" else None)


@pytest.mark.parametrize(
    "figure", [each.name for each in figures_of(study_named("composition"), "run")]
)
def test_figures_of_logits_alone_are_drawn_or_say_what_is_missing(logits_run, figure):
    try:
        drawn = ontogeny.draw(logits_run, figure)
    except ValueError as error:
        said = str(error)
        assert "\n" not in said
        assert "which this run does not have" in said
        assert "not known" in said or " needs " in said
    else:
        assert drawn.axes


def test_what_is_missing_is_said_with_its_reason():
    run = shown_alone(np.random.default_rng(0).random((5, 5)) < 0.5)
    with pytest.raises(ValueError, match=r"shows cluster_size, .* The hidden layer is not known"):
        ontogeny.draw(run, "neurons")
    lines = ontogeny.draw(run, "progress").axes[0].get_lines()
    assert "excluded, logits" in [line.get_label() for line in lines]


def test_a_mistake_in_a_figure_is_not_a_missing_variable(run, monkeypatch):
    def numbers(evaluation):
        return {"loss": evaluation}["key"]

    module = importlib.import_module("ontogeny.studies.composition.irreps.figures.run.progress")
    monkeypatch.setattr(module, "numbers", numbers)
    with pytest.raises(KeyError):
        ontogeny.draw(run, "progress")


@pytest.mark.parametrize("study", NAMES)
def test_what_figures_of_runs_need_has_words(study):
    for figure in figures_of(study_named(study), "run"):
        assert figure.needs <= set(_FACTS)


@pytest.mark.parametrize("study", NAMES)
def test_each_study_says_what_its_runs_are(study):
    told = told_by(study)
    for name in ("data", "title", "columns", "words", "phases", "facts"):
        assert callable(getattr(told, name))
    assert hasattr(told, "network") == ("checkpoints" in study_named(study).results)
    assert told.columns({}) == {}
    assert told.words({}) == {}
    assert told.phases({}) is None
