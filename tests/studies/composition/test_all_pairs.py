"""Runs that are trained on all pairs, without a test set, from the configuration to figures."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import logsumexp

from composition_runs import catalogue
from ontogeny.claims import judge
from ontogeny.config import ConfigurationError
from ontogeny.figures import drawn, figures_of, module_of
from ontogeny.groups import group
from ontogeny.joins import Run
from ontogeny.joins.sweep import sweep
from ontogeny.known_studies import STUDIES
from ontogeny.plans import plans_of
from ontogeny.provenance import attributes
from ontogeny.studies.composition.addition import stages as addition
from ontogeny.studies.composition.addition.comparison import comparison as addition_comparison
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.irreps import claims, stages, tables
from ontogeny.studies.composition.irreps.comparison import comparison
from ontogeny.studies.composition.networks.foreign import record_of
from ontogeny.studies.composition.networks.pairs import training_rows
from ontogeny.studies.composition.networks.records import datasets
from ontogeny.studies.composition.networks.runs import shown, train_network
from ontogeny.studies.composition.opened import columns, facts, words
from ontogeny.studies.composition.prediction.predictions import predictions
from ontogeny.studies.composition.prediction.stage import prediction
from ontogeny.study import Places

GROUP = "C9"
SECTION = {
    "experiments": {
        "e": {
            "group": GROUP,
            "architecture": {"kind": "mlp", "embedding": 8, "hidden": [8, 10, 12]},
            "seeds": [0],
            "optimiser": {"learning_rate": 0.01},
            "schedule": {"steps": 60, "checkpoints": {"per_decade": 0, "every": 20}},
            "data": {"fraction": 1},
        }
    }
}
BESIDE = {
    "experiments": {
        "e": SECTION["experiments"]["e"]
        | {
            "architecture": {"kind": "mlp", "embedding": 8, "hidden": 10},
            "data": {"fraction": [0.6, 1]},
        }
    }
}
SECTIONS = {"alone": SECTION, "beside others": BESIDE}


@cache
def plan_of(section):
    return plans_of({"composition": SECTIONS[section]}, STUDIES, Places("any"))["composition"]


@cache
def run_of(section, name, seed):
    """The results of a run as its jobs compute them, by name."""
    plan = plan_of(section)
    specification = plan.training(SimpleNamespace(experiment=name, seed=str(seed)))
    spec, table = Training.model_validate(specification), table_dataset(group(GROUP))
    product = table["product"].values
    rows = training_rows(spec, len(product))
    record = train_network(product, spec, rows)
    about = attributes("train", specification, "0")
    found = datasets(record, spec.architecture.kind, rows)
    given = {each: values.assign_attrs(about) for each, values in found.items()}
    last = stages.analysis(table, catalogue(GROUP), **given, key_similarity=0.005)
    along = stages.evaluation(table, catalogue(GROUP), **given, analysis=last)
    final = addition.analysis(table, **given)
    return given | {
        "analysis": last,
        "evaluation": along,
        "prediction": prediction(
            table, catalogue(GROUP), **given, analysis=last, evaluation=along, flow_steps=10
        ),
        "addition_analysis": final,
        "addition_evaluation": addition.evaluation(table, **given, analysis=final),
    }


def member():
    (name, *_) = plan_of("alone").section.experiments
    return run_of("alone", name, 0)


# Laws


def test_measures_of_all_pairs_are_those_of_the_training_pairs():
    for result in ("evaluation", "analysis", "addition_evaluation", "addition_analysis"):
        found = member()[result]
        assert found["split"].values.tolist() == ["train", "all"]
        of_splits = [name for name, values in found.items() if "split" in values.dims]
        assert {"loss", "accuracy"} <= {*of_splits}
        for name in of_splits:
            on_train, on_all = (found[name].sel(split=split) for split in ("train", "all"))
            assert_allclose(on_train, on_all, rtol=1e-12, err_msg=name)


def test_the_history_is_of_training_pairs_alone_and_agrees():
    history, along = member()["history"], member()["evaluation"]
    assert history["split"].values.tolist() == ["train"]
    assert history["train_index"].values.tolist() == list(range(81))
    for name in ("loss", "accuracy"):
        assert_allclose(history[name].sel(split="train"), along[name].sel(split="all"), rtol=1e-5)
    first = history["update_loss"].values[[0, 20, 40]]
    assert_allclose(first, history["loss"].sel(split="train")[:3], rtol=1e-4)


def test_an_excluded_loss_is_the_mean_over_all_pairs():
    """The logits, and the part of an irrep in their means by product, one pair at a time."""
    given, table = member(), group(GROUP).table
    last = {str(name): values.values[-1] for name, values in given["checkpoints"].items()}
    hidden = np.maximum(
        (last["W_x"] @ last["W"][:8])[:, None] + last["W_y"] @ last["W"][8:], 0
    ).astype(np.float64)
    logits = hidden @ last["W_U"]
    by_product = np.stack([logits[table == product].mean(axis=0) for product in range(9)])
    basis, irrep = catalogue(GROUP)["basis"].values, catalogue(GROUP)["irrep_of_entry"].values
    for number, found in enumerate(given["analysis"]["excluded_logit_loss_by_irrep"].values):
        entries = basis[:, irrep == number]
        left = logits - (entries @ entries.T @ by_product)[table]
        loss = logsumexp(left, axis=2) - np.take_along_axis(left, table[..., None], 2)[..., 0]
        assert_allclose(found, loss.mean(), rtol=1e-5)


def test_irreps_are_learned_by_all_pairs_and_not_by_test_pairs():
    found = member()["evaluation"]
    assert "all_pairs_learned_step" in found
    assert not {"learned_step", "learned_order", "test_logit_similarity"} & {*found}
    assert not {"phase_boundary", "test_over_restricted_hidden_loss"} & {*found}
    assert not {"phase_boundary", "milestone_step"} & {*member()["addition_evaluation"]}


def test_every_result_says_what_is_absent_and_why():
    for result in ("history", "evaluation", "analysis", "addition_evaluation", "addition_analysis"):
        lines = member()[result].attrs["absent"].splitlines()
        assert any(line.startswith("All pairs are trained on: ") for line in lines), result
        assert not any("not known" in line and "pairs" in line for line in lines), result


def test_a_network_from_a_file_has_the_same_history():
    (name, *_) = plan_of("alone").section.experiments
    specification = plan_of("alone").training(SimpleNamespace(experiment=name, seed="0"))
    spec, given = Training.model_validate(specification), member()
    networks = {
        int(step): {str(n): values.values[place] for n, values in given["checkpoints"].items()}
        for place, step in enumerate(given["checkpoints"]["step"].values)
    }
    found = record_of(group(GROUP).table, spec, networks).measures
    for measure, values in found.items():
        assert_allclose(values, given["history"][measure].values, rtol=1e-5, atol=1e-6)


def test_a_run_says_whether_it_has_learned_all_pairs():
    given = member()
    assert "generalised" not in columns(given)
    accuracy = columns(given)["train_accuracy"]
    said = "has learned" if accuracy >= 0.99 else "has not learned"
    assert words(given)["outcome"] == f"{said} all pairs, its training pairs"
    assert "split" not in facts(given)
    assert list(shown(np.arange(81), 9)) == ["train"]
    assert list(shown(np.arange(80), 9)) == ["train", "test"]


# All runs


def described(section, specification, runs):
    return [
        Run(about, run_of(section, *run))
        for about, run in zip(specification["runs"], runs, strict=True)
    ]


@cache
def joined(section):
    """What is joined of all runs, by the name of the result."""
    plan = plan_of(section)
    runs = described(section, plan.comparison_specification(), plan.multiplying())
    of_sweep = [
        Run({"values": plan.section.sweeps["e"][name], "seed": seed}, run_of(section, name, seed))
        for name, seed in plan.runs_of_sweep("e")
    ]
    found = {"comparison": comparison(runs, {GROUP: catalogue(GROUP)}), "sweeps/e": sweep(of_sweep)}
    predicting = described(section, plan.predictions_specification(), plan.predicting())
    found["predictions"] = predictions(predicting, {GROUP: catalogue(GROUP)}, permutations=10)
    adding = described(section, plan.addition_specification(), plan.adding())
    if adding:
        found["addition_comparison"] = addition_comparison(adding)
    found["claims"] = judge(claims.CLAIMS, found["comparison"], study="composition")
    return found


def test_they_are_compared_but_have_not_generalised():
    found = joined("alone")["comparison"]
    assert found.sizes["run"] == 3
    assert not found["grokked"].any()
    assert np.isfinite(found["train_loss"]).all()
    assert np.isnan(found[["test_loss", "learned_step", "circuit_end"]].to_dataarray()).all()
    table = tables.runs(found)
    assert table["test accuracy"].isna().all()
    first = found.isel(run=0)
    places = first["all_pairs_learned_order"].values[first["key"].values]
    names = first["irrep"].values[first["key"].values]
    assert table["learned"][0] == ", ".join(names[np.argsort(places, kind="stable")])


def test_claims_about_networks_that_generalise_do_not_count_them():
    assert (joined("alone")["claims"]["runs"] == 0).all()


def test_residues_are_compared_with_test_pairs_alone():
    assert plan_of("alone").joined() == ["comparison", "predictions"]
    joined_names = ["comparison", "predictions", "addition_comparison"]
    assert plan_of("beside others").joined() == joined_names
    names = joined("beside others")["addition_comparison"]["experiment_of_run"].values
    assert {*names} == {plan_of("beside others").adding()[0][0]}


def test_a_sweep_has_what_there_is():
    alone, beside = joined("alone")["sweeps/e"], joined("beside others")["sweeps/e"]
    assert alone["split"].values.tolist() == ["train"]
    for found in (alone, beside.sel({"data.fraction": 1.0})):
        assert np.isnan(
            found[["generalised_step", "test_loss", "peak_test_loss"]].to_dataarray()
        ).all()
        assert np.isfinite(found["train_loss"]).all()
    assert np.isfinite(beside["test_loss"].sel({"data.fraction": 0.6})).all()
    curve = beside["loss_curve"].sel(split="test")
    assert_array_equal(curve.notnull().all(["seed", "step"]), [True, False])


def test_tables_can_be_made():
    for name in ("runs", "averages", "intervals", "irreps", "widths"):
        for section in SECTIONS:
            assert tables.formats(getattr(tables, name)(joined(section)["comparison"]))


# Figures


def given_to(section, subject, names):
    """What figures of a subject ask for: datasets in place of their files."""

    def read(path):
        *folders, result = (
            path.removeprefix("results/any/composition/").removesuffix(".nc").split("/")
        )
        if not folders or folders == ["sweeps"]:
            return joined(section)["/".join([*folders, result])]
        name, seed = folders
        return run_of(section, name, int(seed.removeprefix("seed")))[result]

    found = {}
    for name in names:
        if name in subject.inputs:
            path = subject.inputs[name]
            found[name] = read(path) if isinstance(path, str) else [*map(read, path)]
    return found | {"title": subject.title} | dict(subject.values)


NAMES = {
    ("alone", "run"): {"hidden", "logits", "addition_ablations"},
    ("alone", "experiment"): {"seeds", "prediction"},
    ("alone", "sweep"): {"sweep"},
    ("alone", "study"): {"universality_grokking"},
    ("beside others", "run"): {"learning", "losses", "addition_measures"},
    ("beside others", "experiment"): {"seeds", "addition_phases", "prediction"},
    ("beside others", "sweep"): {"sweep"},
    ("beside others", "study"): {"universality_grokking", "universality_similarity"},
}
"""Some of the figures that are drawn."""


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("level", ["run", "experiment", "sweep", "study"])
def test_every_figure_that_is_asked_for_can_be_drawn(section, level):
    plan, names = plan_of(section), set()
    for subject in plan.subjects(level):
        for figure in figures_of(plan.study, level):
            if figure.shows(subject):
                given = given_to(section, subject, figure.inputs)
                numbers, made = drawn(module_of(figure), given | {"style": plan.study.style()})
                made.canvas.draw()
                assert isinstance(numbers, xr.Dataset)
                names.add(figure.name)
    assert NAMES[section, level] <= names


def test_figures_of_test_pairs_are_not_asked_for():
    for level in ("run", "experiment"):
        assert all("split" not in each.facts for each in plan_of("alone").subjects(level))


def test_a_sweep_of_them_shows_training_losses_and_no_test():
    (figure,) = (each for each in figures_of(STUDIES[0], "sweep") if each.name == "sweep")
    module, style = module_of(figure), plan_of("alone").study.style()
    made = module.draw(module.numbers(joined("alone")["sweeps/e"]), style)
    left, right = made.axes
    assert left.get_ylabel() == "training loss [nat]"
    assert len(left.get_lines()) == 3
    assert [text.get_text() for text in right.get_legend().get_texts()] == ["training"]
    beside = module.draw(module.numbers(joined("beside others")["sweeps/e"]), style)
    not_generalised = beside.axes[1].get_lines()[-1]
    assert not_generalised.get_xdata().tolist() == [0.6]


# The configuration


def resolved(**fields):
    entry = {"group": "S3", "architecture": {"kind": "mlp"}, "seeds": [0]} | fields
    raw = {"composition": {"experiments": {"e": entry}}}
    return plans_of(raw, STUDIES, Places("any"))["composition"].section.experiments["e"]


def all_pairs_in_a_file(folder):
    rows = [f"{a},{b}" for a in range(6) for b in range(6)]
    (folder / "all.csv").write_text("\n".join(["left,right", *rows]) + "\n")
    return {"pairs": "all.csv"}


def test_a_file_of_all_pairs_is_the_same_case(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = resolved(data=all_pairs_in_a_file(tmp_path))
    assert found.data.fraction == 1
    assert found.has_split
    assert not found.has_test_pairs


def test_nothing_stops_by_the_test_loss_without_test_pairs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    schedule = {"early_stop": {"quiet": 10}}
    data = {
        "`data.fraction` = 1": {"fraction": 1},
        "`data.pairs` = 'all.csv'": all_pairs_in_a_file(tmp_path),
    }
    for said, each in data.items():
        with pytest.raises(ConfigurationError) as refused:
            resolved(data=each, schedule=schedule)
        message = str(refused.value)
        assert message.startswith("`composition.experiments.e.schedule.early_stop`: ends a run by")
        assert said in message
        assert len(message.splitlines()) == 1
    assert resolved(data={"fraction": 0.9}, schedule=schedule).has_test_pairs
    spec = Training.model_validate(
        {"architecture": {"kind": "mlp"}, "data": {"fraction": 1}, "schedule": schedule, "seed": 0}
    )
    with pytest.raises(ValueError, match="`early_stop` reads the test loss"):
        train_network(group("S3").table, spec)


@pytest.mark.parametrize("fraction", [0, -0.1, 1.0001, 2])
def test_other_fractions_are_refused(fraction):
    with pytest.raises(ConfigurationError, match=r"data\.fraction` = .*: must be"):
        resolved(data={"fraction": fraction})
