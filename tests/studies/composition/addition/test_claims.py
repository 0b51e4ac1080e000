"""Each claim about addition on runs for which it holds, does not hold, and of which are too few."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.claims import VERDICTS, judge, verdict
from ontogeny.joins.outcomes import LEARNED_ACCURACY
from ontogeny.studies.composition.addition.claims import CLAIMS
from ontogeny.studies.composition.addition.milestones import MILESTONES

HOLDS, FAILS, FEW = VERDICTS
NAMES = [claim.name for claim in CLAIMS]
GROKKED = {
    "experiment_of_run": "mainline",
    "sweep_of_run": "mainline",
    "modulus_of_run": 11,
    "architecture": "transformer",
    "labels": "product",
    "recipe": "",
    "last_step": 5000.0,
    "initial_scale": 1.0,
    "optimiser": "adamw",
    "training_loss": "exact",
    "fraction": 0.3,
    "weight_decay": 1.0,
    "decay_change": np.nan,
    "changed_decay": np.nan,
    "l1": 0.0,
    "dropout": 0.0,
    "train_accuracy": 1.0,
    "test_accuracy": 1.0,
    "test_loss": 1e-6,
    "memorised_step": 100.0,
    "generalised_step": 2000.0,
    "key_frequency": (1.0, 0.0, 0.0, 0.0, 0.0),
    "milestone_step": {
        "restricted wave loss half of its range": 500.0,
        "excluded wave loss 1 nat above its minimum": 700.0,
        "test loss half of its range": 1500.0,
    },
    "uniform_loss": np.log(11),
    "excluded_wave_loss": 6.0,
    "key_share": 0.2,
    "explained_share": 0.8,
    "unembedding_residual_energy": 0.01,
    "least_direction_fve": 0.93,
    "key_cube_fve": 0.97,
    "worst_deletion": 0.7,
    "least_key_removal": 1e4,
    "most_other_removal": 1.2,
    "embedding_gini": 0.7,
    "unembedding_gini": 0.8,
    "memorisation_end": 400.0,
    "circuit_end": 1300.0,
    "cleanup_end": 2500.0,
    "weights_ratio": 0.3,
}
"""A run that adds as the paper has it."""
UNLEARNED = {
    "test_accuracy": 0.1,
    "test_loss": 9.0,
    "generalised_step": np.nan,
    "unembedding_gini": 0.3,
}


def rows(count, **changes):
    """Return runs of several seeds, each with other frequencies, and with the given settings."""
    return [
        GROKKED
        | changes
        | {
            "seed_of_run": seed,
            "recipe": f"{changes} {seed}",
            "key_frequency": tuple(np.roll(GROKKED["key_frequency"], seed)),
        }
        for seed in range(count)
    ]


def joined(runs):
    """Return runs in the form of `addition`."""
    found = {
        name: ("run", np.array([each[name] for each in runs], dtype=object))
        if isinstance(GROKKED.get(name), str)
        else ("run", np.array([each[name] for each in runs], dtype=float))
        for name in runs[0]
        if name not in ("key", "milestone_step")
    }
    found["key_frequency"] = (
        ("run", "frequency"),
        np.array([each["key_frequency"] for each in runs]),
    )
    passed = [[each["milestone_step"].get(name, np.nan) for name in MILESTONES] for each in runs]
    found["milestone_step"] = (("run", "milestone"), np.array(passed))
    return xr.Dataset(found, {"milestone": list(MILESTONES)})


STEPS = {0.1: 9000.0, 0.3: 4000.0, 3.0: 1000.0}
"""The steps at which runs under some decay generalise."""


def decays(steps):
    """Return a sweep of weight decay with the steps at which its runs generalise."""
    return [
        row
        for decay, step in steps.items()
        for row in rows(
            4,
            experiment_of_run=f"decay-{decay}",
            sweep_of_run="decay",
            weight_decay=decay,
            generalised_step=step,
        )
    ]


@pytest.fixture(scope="module")
def good():
    """All settings that the claims tell apart, with the outcomes of the paper."""
    others = [
        *rows(4, weight_decay=0.0, **UNLEARNED),
        *rows(4, fraction=0.7, generalised_step=150.0),
        *rows(4, fraction=0.2, **UNLEARNED),
        *rows(4, weight_decay=0.0, dropout=0.5, unembedding_gini=0.4),
        *rows(4, weight_decay=0.0, l1=1e-3, **UNLEARNED),
        *rows(3, labels="random", **UNLEARNED),
        *rows(4, decay_change=450.0, changed_decay=0.0, **UNLEARNED),
        *rows(4, decay_change=1200.0, changed_decay=0.0, **UNLEARNED),
    ]
    return joined(rows(12) + decays(STEPS) + others)


def verdict_on(name, results):
    (claim,) = [claim for claim in CLAIMS if claim.name == name]
    found = claim.measure(results)
    return verdict(found, side=claim.side, threshold=claim.threshold, minimum=claim.minimum)


def test_there_are_at_least_twelve_with_names_of_their_own():
    assert len(set(NAMES)) == len(NAMES) >= 12


@pytest.mark.parametrize("name", NAMES)
def test_it_holds(good, name):
    assert verdict_on(name, good) == HOLDS


def constant(name, value):
    """Return a change that gives a variable one value everywhere."""
    return lambda good: {name: good[name] * 0 + value}


def passes(milestone, value):
    """Return a change that lets all runs pass a milestone at one step."""

    def change(good):
        found = good["milestone_step"].copy(deep=True)
        found.loc[{"milestone": milestone}] = value
        return {"milestone_step": found}

    return change


def generalises(good):
    return {"test_accuracy": good["test_accuracy"] * 0 + 1.0}


def generalises_not(good):
    return {"test_accuracy": good["test_accuracy"] * 0 + 0.1}


BROKEN = {
    "restricted-before-test": passes("restricted wave loss half of its range", 1500.0),
    "excluded-rises-early": passes("excluded wave loss 1 nat above its minimum", 1600.0),
    "excluded-exceeds-uniform-sums": constant("excluded_wave_loss", 2.0),
    "few-frequencies": constant("key_share", 0.8),
    "seeds-differ": lambda good: {"key_frequency": good["key_frequency"] * 0},
    "one-frequency-neurons": constant("explained_share", 0.2),
    "map-of-low-rank": constant("unembedding_residual_energy", 0.3),
    "directions-are-waves": constant("least_direction_fve", 0.5),
    "logits-are-cubes": constant("key_cube_fve", 0.5),
    "deletions-help": constant("worst_deletion", 1.1),
    "key-frequencies-bear-load": constant("most_other_removal", 5.0),
    "sparse-spectra": constant("embedding_gini", 0.3),
    "three-phases": constant("memorisation_end", 1400.0),
    "cleanup-shrinks-weights": constant("weights_ratio", 1.0),
    "decay-needed": generalises,
    "decay-speeds-up": lambda good: {"generalised_step": good["weight_decay"] * 1000},
    "no-delay-with-plenty": constant("generalised_step", 300.0),
    "too-little-data": generalises,
    "dropout-generalises": generalises_not,
    "dropout-not-sparse": lambda good: {"unembedding_gini": 1 - good["unembedding_gini"]},
    "l1-fails": generalises,
    "random-answers": generalises,
    "decay-drives-circuit": generalises,
    "decay-drives-cleanup": generalises,
}


@pytest.mark.parametrize("name", NAMES)
def test_it_does_not_hold(good, name):
    assert verdict_on(name, good.assign(BROKEN[name](good))) == FAILS


@pytest.mark.parametrize("name", NAMES)
def test_there_are_not_enough_runs(good, name):
    assert verdict_on(name, good.isel(run=[0, 1])) == FEW


OF_GROKKED = NAMES[: NAMES.index("decay-needed")]


@pytest.mark.parametrize(
    ("name", "value"),
    {
        "architecture": "mlp",
        "labels": "permuted",
        "initial_scale": 0.1,
        "optimiser": "sgd",
        "training_loss": "rounded",
        "fraction": 0.6,
        "weight_decay": 0.3,
        "decay_change": 100.0,
        "l1": 1e-3,
        "dropout": 0.1,
        "test_accuracy": 0.98,
        "test_loss": 1e-3,
    }.items(),
)
def test_only_plain_runs_that_have_grokked_and_finished_count(good, name, value):
    changed = good.assign({name: good[name].copy(data=np.full(good.sizes["run"], value))})
    for claim in OF_GROKKED:
        assert verdict_on(claim, changed) == FEW


def test_runs_that_never_pass_a_milestone_do_not_pass_it_first(good):
    for milestone, name in (
        ("restricted wave loss half of its range", "restricted-before-test"),
        ("excluded wave loss 1 nat above its minimum", "excluded-rises-early"),
    ):
        assert verdict_on(name, good.assign(passes(milestone, np.nan)(good))) == FAILS


def test_a_run_that_was_stopped_before_the_end_of_cleanup_has_its_phases_in_order(good):
    unended = good.assign(constant("cleanup_end", np.nan)(good))
    assert verdict_on("three-phases", unended) == HOLDS


def test_decays_are_compared_within_a_sweep_and_a_seed():
    (claim,) = [claim for claim in CLAIMS if claim.name == "decay-speeds-up"]
    runs = decays(STEPS)
    found = claim.measure(joined(runs))
    assert (found.value, found.runs) == (-1.0, 4)
    apart = [row | {"sweep_of_run": str(number)} for number, row in enumerate(runs)]
    assert claim.measure(joined(apart)).runs == 0


@pytest.mark.parametrize(
    ("ends", "belongs_to"),
    [
        ((400.0, 1300.0), "decay-drives-circuit"),
        ((np.nan, 1300.0), "decay-drives-cleanup"),
        ((400.0, np.nan), "decay-drives-circuit"),
        ((450.0**2 / 1300.0, 1300.0), "decay-drives-circuit"),
        ((100.0, 1300.0), "decay-drives-cleanup"),
        ((np.nan, np.nan), None),
    ],
)
def test_a_change_of_decay_belongs_to_the_phase_whose_end_is_nearer(ends, belongs_to):
    twin = rows(1, memorisation_end=ends[0], circuit_end=ends[1])
    results = joined(twin + rows(1, decay_change=450.0, changed_decay=0.0))
    for claim in CLAIMS:
        if claim.name in ("decay-drives-circuit", "decay-drives-cleanup"):
            assert claim.measure(results).runs == (claim.name == belongs_to)


def test_a_change_of_decay_without_a_twin_that_generalises_does_not_count():
    changed = rows(2, decay_change=450.0, changed_decay=0.0)
    (claim,) = [claim for claim in CLAIMS if claim.name == "decay-drives-circuit"]
    assert claim.measure(joined(changed)).runs == 0
    assert claim.measure(joined(changed + rows(2, **UNLEARNED))).runs == 0
    assert claim.measure(joined(changed + rows(2))).runs == 2


def test_the_accuracy_from_which_on_a_run_generalises_counts(good):
    exact = good.assign(test_accuracy=good["test_accuracy"] * 0 + LEARNED_ACCURACY)
    below = good.assign(test_accuracy=exact["test_accuracy"] - 1e-9)
    assert verdict_on("decay-needed", exact) == FAILS
    assert verdict_on("decay-needed", below) == HOLDS


def test_pairs_that_differ_are_disjoint():
    (claim,) = [claim for claim in CLAIMS if claim.name == "seeds-differ"]
    assert claim.measure(joined(rows(5))).runs == 2


def test_they_are_judged_together(good):
    found = judge(CLAIMS, good, study="composition")
    assert list(found["claim"].values) == NAMES
    assert set(found["verdict"].values) == {HOLDS}


@pytest.mark.parametrize("name", NAMES)
def test_a_part_of_a_longer_run_is_no_further_run(good, name):
    (claim,) = [claim for claim in CLAIMS if claim.name == name]
    broken = good.assign({key: values * np.nan for key, values in good.items() if key in MEASURED})
    shorter = broken.assign(
        last_step=good["last_step"] - 1000,
        sweep_of_run=good["sweep_of_run"] + " again",
        experiment_of_run=good["experiment_of_run"] + " again",
        changed_decay=good["changed_decay"] * np.nan,
    )
    # What is compared within a sweep has twins there; all else counts a network once.
    if name != "decay-speeds-up":
        both = xr.concat([shorter, good], "run")
        assert claim.measure(both) == claim.measure(good)


MEASURED = ("excluded_wave_loss", "key_share", "explained_share", "key_cube_fve", "weights_ratio")
