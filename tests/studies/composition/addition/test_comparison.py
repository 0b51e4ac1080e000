"""Runs that add in one dataset: every row says what its run says."""

import json

import numpy as np
import pytest
import xarray as xr

from ontogeny.joins import Run
from ontogeny.joins.outcomes import outcomes
from ontogeny.storage import read, write
from ontogeny.studies.composition.addition.comparison import DELETIONS, comparison
from ontogeny.studies.composition.addition.milestones import MILESTONES
from studies.composition.addition.runs import trained


def adding(name, *, seed=0, sweep=None, **settings):
    """Return a run as it is joined, under other settings than it was trained with."""
    run = trained(name)
    spec = json.loads(run.history.attrs["spec"])
    for path, value in settings.items():
        *above, field = path.split("__")
        section = spec
        for key in above:
            section = section[key]
        section[field] = value
    experiment = name.replace(" ", "-")
    return Run(
        {"experiment": experiment, "sweep": sweep or experiment, "seed": seed,
         "modulus": run.order},
        {"history": run.history.assign_attrs(spec=json.dumps(spec)),
         "addition_analysis": run.analysis, "addition_evaluation": run.evaluation},
    )  # fmt: skip


@pytest.fixture(scope="module")
def both():
    """A transformer on C7, an MLP on C7 and a bilinear network on C9."""
    return comparison([adding("transformer"), adding("mlp", seed=3), adding("bilinear", sweep="w")])


def test_the_outcome_of_every_run(both):
    for index, name in enumerate(("transformer", "mlp", "bilinear")):
        for outcome, value in outcomes(trained(name).history).items():
            assert both[outcome].values[index] == pytest.approx(value.item(), nan_ok=True)


def test_who_the_runs_are(both):
    assert list(both["run"].values) == ["transformer, seed 0", "mlp, seed 3", "bilinear, seed 0"]
    assert list(both["experiment_of_run"].values) == ["transformer", "mlp", "bilinear"]
    assert list(both["sweep_of_run"].values) == ["transformer", "mlp", "w"]
    assert list(both["seed_of_run"].values) == [0, 3, 0]
    assert list(both["modulus_of_run"].values) == [7, 7, 9]
    assert list(both["architecture"].values) == ["transformer", "mlp", "bilinear"]
    assert set(both["labels"].values) == {"product"}
    assert len(set(both["recipe"].values)) == 3
    longer = comparison([adding("transformer", schedule__steps=90), adding("transformer")])
    assert len(set(longer["recipe"].values)) == 1
    np.testing.assert_array_equal(both["fraction"], 0.6)
    assert np.isnan(both["decay_change"]).all()


def test_keys_of_smaller_moduli_are_missing_where_they_have_no_frequency(both):
    assert both.sizes["frequency"] == 4
    np.testing.assert_array_equal(np.isnan(both["key_frequency"]).sum("frequency"), [1, 1, 0])
    for index, name in enumerate(("transformer", "mlp", "bilinear")):
        key = trained(name).analysis["key_frequency"].values
        np.testing.assert_array_equal(both["key_frequency"].values[index, : len(key)], key)
        assert both["key_frequencies"].values[index] == key.sum()


def test_numbers_of_the_mechanism(both):
    """Each by its definition, from the stored mechanism."""
    for index, name in enumerate(("transformer", "mlp", "bilinear")):
        last = trained(name).analysis
        row = both.isel(run=index)
        assert row["uniform_loss"].item() == pytest.approx(np.log(trained(name).order))
        losses = {
            str(label): last["intervention_loss"].sel(split="all", ablation=label).item()
            for label in ("none", *DELETIONS)
        }
        none = losses.pop("none")
        worst = max(loss / none for loss in losses.values())
        assert row["worst_deletion"].item() == pytest.approx(worst)
        key = last["key_frequency"].values
        removed = last["load_bearing"].sel(place="logits").values
        if key.any():
            assert row["least_key_removal"].item() == pytest.approx(min(removed[key]))
        if not key.all():
            assert row["most_other_removal"].item() == pytest.approx(max(removed[~key]))


def test_numbers_along_training(both):
    for index, name in enumerate(("transformer", "mlp", "bilinear")):
        along = trained(name).evaluation
        weights = along["squared_weights"].values
        row = both.isel(run=index)
        assert row["weights_ratio"].item() == pytest.approx(weights[-1] / max(weights))
        ends = [row[f"{phase}_end"].item() for phase in ("memorisation", "circuit", "cleanup")]
        np.testing.assert_array_equal(ends, along["phase_boundary"].values)
        np.testing.assert_array_equal(row["milestone_step"], along["milestone_step"])


def test_a_number_that_only_some_architectures_have_is_missing_in_the_others():
    found = comparison([adding("transformer"), adding("two layers")])["gradient_symmetricity"]
    stored = trained("transformer").analysis["gradient_symmetricity"].item()
    np.testing.assert_equal(found.values, [stored, np.nan])


def test_settings_that_claims_tell_apart():
    changed = adding(
        "transformer",
        optimiser__weight_decay=0.5,
        optimiser__weight_decay_schedule=[{"step": 30, "weight_decay": 0.0}],
        optimiser__l1=0.25,
        optimiser__dropout=0.125,
        optimiser__loss="rounded",
        initial_scale=0.5,
    )
    row = comparison([changed]).isel(run=0)
    settings = ("weight_decay", "decay_change", "changed_decay", "l1", "dropout", "training_loss")
    found = tuple(row[name].item() for name in (*settings, "steps", "training_pairs"))
    assert found == (0.5, 30.0, 0.0, 0.25, 0.125, "rounded", 60.0, 29.0)
    assert (row["optimiser"].item(), row["initial_scale"].item()) == ("adamw", 0.5)
    descent = comparison([adding("transformer", optimiser__kind="sgd")])
    assert descent["optimiser"].item() == "sgd"


def test_it_is_stored_as_it_is(both, tmp_path):
    write(both, tmp_path / "addition.nc", {"stage": "addition"})
    xr.testing.assert_identical(read(tmp_path / "addition.nc").drop_attrs(deep=False),
                                both.drop_attrs(deep=False))  # fmt: skip


def test_every_milestone_has_a_place(both):
    assert list(both["milestone"].values) == list(MILESTONES)
