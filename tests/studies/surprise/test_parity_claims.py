"""Each claim about parity on families in which it holds, does not hold, or that are too few."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.claims import VERDICTS, verdict
from ontogeny.studies.surprise.claims.parity import CLAIMS, FAR, TAILS
from ontogeny.studies.surprise.least import LEAST_RUNS
from parity_runs import WIDTHS, family, scaling

HOLDS, FAILS, FEW = VERDICTS
NAMES = [claim.name for claim in CLAIMS]


def claim_of(name):
    (claim,) = [claim for claim in CLAIMS if claim.name == name]
    return claim


def measured(name, results):
    return claim_of(name).measure(results)


def verdict_on(name, results):
    claim = claim_of(name)
    found = claim.measure(results)
    return verdict(found, side=claim.side, threshold=claim.threshold, minimum=claim.minimum)


def tails(seed, steps=4000):
    """Return the families of a seed on many tasks, one for each tail."""
    return [
        family(f"tail {alpha}, {steps}", seed, tasks=512, alpha=alpha, steps=steps,
               widths=WIDTHS[:5], world=f"tail {alpha}")
        for alpha in TAILS
    ]  # fmt: skip


def planted(results):
    """Return results whose laws predict well, and whose exponents differ by the tail."""
    alpha = results["alpha_of_family"]
    return results.assign(
        loss_miss=results["loss_miss"] / 10,
        loss_miss_quarter=results["loss_miss_quarter"] / 10,
        exponent=-alpha,
        exponent_quarter=-alpha / 2,
    )


@pytest.fixture(scope="module")
def good():
    seeds = range(LEAST_RUNS)
    return planted(
        scaling(
            *(family(seed=seed) for seed in seeds),
            *(each for seed in seeds for each in tails(seed)),
        )
    )


def of(results, wanted):
    """Return some of the families."""
    return results.isel(family=np.asarray(wanted))


def test_names_are_their_own():
    assert len(set(NAMES)) == len(NAMES)
    assert all(claim.minimum == LEAST_RUNS == 3 for claim in CLAIMS)


@pytest.mark.parametrize("name", NAMES)
def test_it_holds(good, name):
    assert verdict_on(name, good) == HOLDS


ON_TAILS = {"heavier-tail-flatter-law", "heavier-tail-flatter-law-early"}

BROKEN = {
    "loss-is-predictable": lambda good: {"loss_miss": good["loss_miss"] * 0 - 0.3},
    "loss-is-predictable-early": lambda good: {
        "loss_miss_quarter": good["loss_miss_quarter"] * 0 - 0.3
    },
    "heavier-tail-flatter-law": lambda good: {"exponent": good["alpha_of_family"] * 1.0},
    "heavier-tail-flatter-law-early": lambda good: {
        "exponent_quarter": good["alpha_of_family"] * 1.0
    },
    "parity-loss-follows-a-law": lambda good: {"residual": good["residual"] * 0 + 0.2},
    "loss-is-sum-of-abilities": lambda good: {"unlearned_loss": good["loss"] / 2},
    "frequent-first": lambda good: {"agreement": good["agreement"] * 0 + 0.5},
    "abilities-jump": lambda good: {"gain": good["gain"] / 10},
}


@pytest.mark.parametrize("name", NAMES)
def test_it_does_not_hold(good, name):
    assert verdict_on(name, good.assign(BROKEN[name](good))) == FAILS


@pytest.mark.parametrize("name", NAMES)
def test_there_are_not_enough_families(good, name):
    seed, alpha = good["seed_of_family"].values, good["alpha_of_family"].values
    few = of(good, seed < LEAST_RUNS - 1)
    if name not in ON_TAILS:
        few = of(few, few["tasks_of_family"].values == 64)
    assert measured(name, few).runs == LEAST_RUNS - 1
    assert verdict_on(name, few) == FEW
    assert measured(name, of(good, (alpha > 9))).runs == 0


@pytest.mark.parametrize("name", NAMES)
def test_families_count_by_what_they_are(good, name):
    renamed = good.assign_coords(
        family=[f"any {place}" for place in range(good.sizes["family"])],
        setting_of_family=("family", ["any"] * good.sizes["family"]),
    )
    assert measured(name, renamed) == measured(name, good)


@pytest.mark.parametrize("name", NAMES)
def test_networks_of_one_width_are_no_family(name):
    found = scaling(*(family(seed=seed, widths=(32,)) for seed in range(3)))
    assert measured(name, found).runs == 0


@pytest.fixture(scope="module")
def lengths():
    """Return two seeds that were trained in four ways."""
    ways = {
        "long": {"steps": 4000},
        "short": {"steps": 400},
        "fewer": {"steps": 9000, "widths": WIDTHS[:5]},
        "longer": {"steps": 9000},
    }
    return scaling(
        *(
            family(name, seed, **{"widths": WIDTHS[:6]} | way)
            for name, way in ways.items()
            for seed in range(2)
        )
    )


@pytest.mark.parametrize("name", sorted(set(NAMES) - ON_TAILS))
def test_a_shorter_training_is_no_second_observation(lengths, name):
    def value(*setting):
        found = measured(name, of(lengths, lengths["setting_of_family"].isin(setting).values))
        return found.value, found.runs

    assert value("short", "long", "fewer") == value("long")
    assert value("long", "longer") == value("longer")


def test_forecasts_count_up_to_four_times_the_largest_size_seen():
    """An error that is planted farther away does not count, a nearer one does."""
    widths = (*WIDTHS, 320)
    found = scaling(family(widths=widths))
    for cut in found["cut"].values:
        size = found["parameters"].values[0]
        beyond = np.arange(len(widths)) >= cut
        near = size <= FAR * size[cut - 1]
        error = found["loss_miss"].copy()
        error.loc[{"cut": cut}] = np.where(beyond, np.where(near, 0.0, 9.0), np.nan)
        found = found.assign(loss_miss=error)
    assert measured("loss-is-predictable", found).value == 0
    assert (found["loss_miss"] == 9).any()


def test_the_smaller_of_two_differences_counts(good):
    exponents = {0.2: -0.1, 0.4: -0.3, 0.8: -0.8}
    early = {0.2: -0.1, 0.4: -0.15, 0.8: -0.8}
    alpha = good["alpha_of_family"].values
    found = good.assign(
        exponent=("family", [exponents[each] for each in alpha]),
        exponent_quarter=("family", [early[each] for each in alpha]),
    )
    assert measured("heavier-tail-flatter-law", found).value == pytest.approx(0.2)
    assert measured("heavier-tail-flatter-law-early", found).value == pytest.approx(0.05)


def test_tails_are_compared_at_the_length_that_most_seeds_have(good):
    """The first seed was trained longer as well, with exponents that do not count."""
    many = np.flatnonzero(good["tasks_of_family"].values == 512)
    first = np.flatnonzero(good["seed_of_family"].values[many] == 0)
    longer = np.arange(len(many) + len(first)) >= len(many)
    found = good.isel(family=np.append(many, many[first]))
    found = found.assign_coords(steps_of_family=("family", np.where(longer, 16_000, 4000)))
    found = found.assign(exponent=found["exponent"].where(~longer, 1.0))
    estimate = measured("heavier-tail-flatter-law", found)
    assert estimate.runs == 3
    assert estimate.value == pytest.approx(0.2)


def test_the_law_that_the_criterion_prefers_counts(good):
    aicc = xr.zeros_like(good["aicc"]) + np.array([3.0, 1.0, 2.0])
    residual = good["residual"] * 0 + [0.5, 0.01, 0.6]
    found = good.assign(aicc=aicc, residual=residual)
    assert measured("parity-loss-follows-a-law", found).value == pytest.approx(0.01)
    unknown = found.assign(aicc=aicc + np.inf)
    assert measured("parity-loss-follows-a-law", unknown).value == pytest.approx(0.5)


def test_networks_that_have_learned_all_are_left_out(good):
    nothing = good["unlearned_loss"].copy()
    nothing[:, 0] = 0.0
    found = good.assign(unlearned_loss=nothing, loss=good["loss"] * 0 + 1.1)
    found = found.assign(unlearned_loss=found["unlearned_loss"].where(nothing == 0, 1.0))
    assert measured("loss-is-sum-of-abilities", found).value == pytest.approx(0.1)


def test_only_learned_tasks_jump(good):
    is_learned = np.isfinite(good["learned_width"])
    found = good.assign(gain=(good["gain"] * 0 + 0.4).where(is_learned, 0.0))
    assert measured("abilities-jump", found).value == pytest.approx(0.4)


@pytest.mark.parametrize("name", NAMES)
def test_networks_that_all_diverged_are_too_few(name):
    assert verdict_on(name, scaling(family(diverged=WIDTHS))) == FEW
