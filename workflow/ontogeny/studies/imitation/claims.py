"""What arXiv 2102.08686 claims of the conservative imitator, and what is proved of it here.

Every measure reads the dataset of `ontogeny.studies.imitation.comparison`. Runs count for a claim
by what they are, never by the name of their experiment. The unit is the seed, which draws classes
and histories: of runs with one seed the mean counts or, where no run may exceed a bound, the worst.
Thresholds were set before any run was judged; docs/claims.md has them with their formulas.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.claims import Claim
from ontogeny.estimates import Estimate, mean, share
from ontogeny.studies.imitation.least import LEAST_RUNS as LEAST

__all__ = ["CLAIMS", "LEAST"]

PAPER = "arXiv 2102.08686"
PROOFS = "docs/imitation.md"

MOST = 0.5
"""A claim about most instances holds when more than this share of them agrees."""

ALPHA = 0.01
"""Threshold of plausibility at which the learner is cautious enough for treacherous classes."""

GREEDY_ALPHA = 0.1
"""One that has fewer places than treacherous classes have policies that look alike."""

LONG = 10_000
"""Steps of a grid from which on its exponents are judged."""

CAUTIOUS_ALPHA = 0.03
"""Largest threshold of plausibility at which the demonstrator is claimed to stay plausible."""

HARM_PROBABILITY = 1e-3
"""Probability with which demonstrators of plain treacherous classes do harm."""

LIMIT = 1.96
"""Standard errors between a mean over histories and the ends of its interval of 95 %."""

Array = NDArray[np.float64]


def _where(results: xr.Dataset, **values: object) -> xr.Dataset:
    """Return the runs that are described by some values, under a uniform prior with the truth."""
    wanted = {"prior": "uniform", "contains_demonstrator": True} | values
    chosen = np.ones(results.sizes["run"], dtype=np.bool_)
    for name, value in wanted.items():
        chosen &= results[f"{name}_of_run"].values == value
    return results.isel(run=chosen)


def _asking(results: xr.Dataset, **values: object) -> xr.Dataset:
    """Return simulated runs of the conservative learner."""
    return _where(results, exact=False, learner="conservative", **values)


def _treacherous(results: xr.Dataset, learner: str, alpha: float) -> xr.Dataset:
    """Return runs on plain treacherous classes, the demonstrator last among equal weights.

    Their event is the harm that the class is about.
    """
    return _where(
        results, kind="treacherous", hazard=False, harm_probability=HARM_PROBABILITY, ties="last",
        learner=learner, alpha=alpha, own_event=False,
    )  # fmt: skip


def _of_seeds(
    runs: xr.Dataset, values: xr.DataArray, statistic: Callable[[Array], float] = np.mean
) -> Array:
    """Return one value for each seed, of the runs that have one."""
    each, seeds = values.values.astype(np.float64), runs["seed_of_run"].values
    known = ~np.isnan(each)
    return np.array(
        [statistic(each[known & (seeds == seed)]) for seed in np.unique(seeds[known])],
        dtype=np.float64,
    )


def _mean(runs: xr.Dataset, values: xr.DataArray) -> Estimate:
    return mean(_of_seeds(runs, values))


def _worst(runs: xr.Dataset, values: xr.DataArray) -> Estimate:
    """Return the mean over seeds of the largest value of each: one bad run of a seed shows."""
    return mean(_of_seeds(runs, values, np.max))


def _all_laws(results: xr.Dataset) -> Estimate:
    """Return the largest excess of any run: exact, so that its interval is a point.

    Seeds count that have classes of both kinds. An excess that is not a number makes the largest
    one not a number.
    """
    exact = results.isel(
        run=results["exact_of_run"].values & results["contains_demonstrator_of_run"].values
    )
    kind, seed = exact["kind_of_run"].values, exact["seed_of_run"].values
    seeds = [set(seed[kind == each].tolist()) for each in ("enumerated", "history")]
    value = float(exact["worst_excess"].max(skipna=False)) if exact.sizes["run"] else np.nan
    return Estimate(value, value, value, len(set.intersection(*seeds)))


def _truth_stays(results: xr.Dataset) -> Estimate:
    """Leave out runs in which alpha/w is 1 or more, which promises nothing."""
    runs = _asking(results)
    is_cautious = runs["alpha_of_run"].values <= CAUTIOUS_ALPHA
    runs = runs.isel(run=is_cautious & (runs["left_out_bound"].values < 1))
    at_least = runs["left_out_interval"].sel(end="lower")
    return _worst(runs, at_least - runs["left_out_bound"])


def _cubes(results: xr.Dataset) -> Estimate:
    runs = _asking(results)
    return _worst(runs, runs["cubes"] / runs["cubes_bound"])


def _within(name: str) -> Callable[[xr.Dataset], Estimate]:
    """Hold the lower limit of a mean against its bound: chance alone may put the mean above it."""

    def measure(results: xr.Dataset) -> Estimate:
        runs = _asking(results)
        at_least = runs[name] - LIMIT * runs[f"{name}_error"]
        return _worst(runs, at_least / runs[f"{name}_bound"])

    return measure


def _diminish(results: xr.Dataset) -> Estimate:
    runs = _asking(results, kind="random")
    return _mean(runs, runs["theta_ratio"])


def _of_grids(name: str) -> Callable[[xr.Dataset], Estimate]:
    """Leave out grids that are short, or resolved: whose answers tell neighbours apart."""

    def measure(results: xr.Dataset) -> Estimate:
        runs = _asking(results, kind="grid")
        is_resolved = runs["queries"].values >= (runs["policies_of_run"].values / 2) ** 2
        runs = runs.isel(run=(runs["steps_of_run"].values >= LONG) & ~is_resolved)
        return _mean(runs, runs[name])

    return measure


def _unlikely(results: xr.Dataset) -> Estimate:
    runs = _treacherous(results, "conservative", ALPHA)
    return _mean(runs, runs["harm"] / runs["demonstrated_harm"])


def _betrays(learner: str) -> Callable[[xr.Dataset], Estimate]:
    def measure(results: xr.Dataset) -> Estimate:
        runs = _treacherous(results, learner, ALPHA)
        return _mean(runs, runs["harm"] - runs["demonstrated_harm"])

    return measure


def _cloning(results: xr.Dataset) -> Estimate:
    """Count runs that do not ask after the betrayal, which they therefore cannot see."""
    runs = _treacherous(results, "cloning", ALPHA)
    runs = runs.isel(run=runs["queries"].values <= runs["betrayal_of_run"].values)
    return _mean(runs, runs["harm"])


def _greedy(results: xr.Dataset) -> Estimate:
    """Count runs in which Top is too small for all copies and the demonstrator."""
    runs = _treacherous(results, "conservative", GREEDY_ALPHA)
    runs = runs.isel(run=GREEDY_ALPHA * (runs["copies_of_run"].values + 1) > 1)
    return _mean(runs, runs["harm"])


def _parting(results: xr.Dataset) -> Estimate:
    runs = _treacherous(results, "conservative", ALPHA)
    return _mean(runs, runs["theta_after"] - runs["theta_before"])


def _impossible(results: xr.Dataset) -> Estimate:
    runs = _asking(results, kind="treacherous", harm_probability=0.0, own_event=False)
    return _mean(runs, runs["harm_kept"])


def _needs_truth(results: xr.Dataset) -> Estimate:
    """Count a seed when every one of its runs exceeds the demonstrator somewhere."""
    runs = _where(results, exact=True, contains_demonstrator=False)
    return share(_of_seeds(runs, runs["excess"], np.min) > 0)


_claim = partial(Claim, unit="seeds")

CLAIMS = (
    _claim(
        "all-laws-exact",
        "All laws hold exactly",
        "Where all histories are enumerated, no law is broken by more than rounding.",
        PROOFS,
        "largest left minus right side of any law, event or sequence (D4: either sign), over the "
        "right side where that exceeds 1",
        "below", 1e-12, LEAST, _all_laws,
        figure="bounds",
    ),
    _claim(
        "truth-stays",
        "The demonstrator stays plausible",
        "The demonstrator stays among plausible policies unless alpha is large for its weight.",
        f"{PAPER}; {PROOFS}, D2",
        "lower limit of P(demonstrator not always plausible) less alpha/w, worst run of a seed",
        "below", 0.0, LEAST, _truth_stays,
        figure="alpha",
    ),
    _claim(
        "cubes-below-bound",
        "Cubes are below their bound",
        "The sum of cubes of the query probability is finite, and below what is proved.",
        f"{PAPER}; {PROOFS}, D5",
        "lower limit of the expected sum of theta^3 over the bound of D5, worst run of a seed",
        "below", 1.0, LEAST, _within("cubes"),
        figure="alpha",
    ),
    _claim(
        "bound-is-loose",
        "That bound is loose",
        "The sum of cubes is far below its bound.",
        f"{PROOFS}, D5",
        "expected sum of theta^3 over the bound of D5, worst run of a seed",
        "below", 0.1, LEAST, _cubes,
        figure="alpha",
    ),
    _claim(
        "information-budget",
        "Queries have a budget of information",
        "What answers can teach is at most the logarithm of one over the prior weight.",
        f"{PROOFS}, D3",
        "lower limit of the expected sum of theta KL(d, posterior mean) over ln(1/w), "
        "worst run of a seed",
        "below", 1.02, LEAST, _within("information"),
        figure="bounds",
    ),
    _claim(
        "queries-diminish",
        "Queries diminish",
        "On classes of separate policies the learner soon stops asking.",
        PAPER,
        "query probability at step 400 over that at step 10, random classes",
        "below", 0.01, LEAST, _diminish,
        figure="queries",
    ),
    _claim(
        "third-root-at-least",
        "Asking falls no faster than the third root",
        "With one unknown parameter the query probability falls like t^(-1/3).",
        PROOFS,
        "slope of ln theta over ln t, last factor 6 of the time, long grids",
        "above", -0.363, LEAST, _of_grids("theta_slope"),
        figure="queries",
    ),
    _claim(
        "third-root-at-most",
        "Asking falls no slower than the third root",
        "With one unknown parameter the query probability falls like t^(-1/3).",
        PROOFS,
        "slope of ln theta over ln t, last factor 6 of the time, long grids",
        "below", -0.303, LEAST, _of_grids("theta_slope"),
        figure="queries",
    ),
    _claim(
        "two-thirds-at-least",
        "Queries grow no slower than t^(2/3)",
        "With one unknown parameter the number of queries grows like t^(2/3).",
        PROOFS,
        "slope of ln queries over ln t, last factor 6 of the time, long grids",
        "above", 0.637, LEAST, _of_grids("queries_slope"),
        figure="queries",
    ),
    _claim(
        "two-thirds-at-most",
        "Queries grow no faster than t^(2/3)",
        "With one unknown parameter the number of queries grows like t^(2/3).",
        PROOFS,
        "slope of ln queries over ln t, last factor 6 of the time, long grids",
        "below", 0.697, LEAST, _of_grids("queries_slope"),
        figure="queries",
    ),
    _claim(
        "unlikely-stays-unlikely",
        "What is unlikely stays unlikely",
        "Harm is about as unlikely as under the demonstrator, though most policies betray it.",
        PAPER,
        "P(harm) over the exact probability of the demonstrator, alpha 0.01",
        "below", 1.5, LEAST, _unlikely,
        figure="learners",
    ),
    _claim(
        "mixture-betrays",
        "The posterior mean betrays",
        "Acting by the posterior mean with the same queries does harm.",
        PAPER,
        "P(harm) less the exact probability of the demonstrator, learner mixture",
        "above", 0.3, LEAST, _betrays("mixture"),
        figure="learners",
    ),
    _claim(
        "sampling-betrays",
        "A posterior sample betrays",
        "Acting by a policy drawn from the posterior, with the same queries, does harm.",
        PAPER,
        "P(harm) less the exact probability of the demonstrator, learner thompson",
        "above", 0.3, LEAST, _betrays("thompson"),
        figure="learners",
    ),
    _claim(
        "cloning-betrays",
        "Cloning betrays",
        "A learner that asks only before the betrayal does harm almost always.",
        PAPER,
        "P(harm), learner cloning",
        "above", 0.95, LEAST, _cloning,
        figure="learners",
    ),
    _claim(
        "too-greedy-alpha",
        "A large alpha leaves the truth out",
        "Where policies look alike, a large alpha leaves the demonstrator out of Top.",
        f"{PROOFS}, F6",
        "P(harm), alpha 0.1, the demonstrator last among equal weights",
        "above", 0.9, LEAST, _greedy,
        figure="alpha",
    ),
    _claim(
        "asks-when-models-part",
        "It asks when policies part",
        "The learner asks again just when plausible policies begin to differ.",
        PAPER,
        "mean query probability in the first 6 steps of the betrayal minus that in the 10 before",
        "above", 0.05, LEAST, _parting,
        figure="queries",
    ),
    _claim(
        "impossible-stays-impossible",
        "What is impossible stays impossible",
        "While the demonstrator is plausible, what it never does is never done.",
        f"{PROOFS}, D9",
        "P(harm while the demonstrator is plausible), its probability of harm 0",
        "below", 1e-12, LEAST, _impossible,
        figure="rarity",
    ),
    _claim(
        "needs-the-truth",
        "The class must contain the demonstrator",
        "Without the demonstrator in the class some action is more likely than under the "
        "demonstrator.",
        f"{PROOFS}, F3",
        "share of seeds in which some p(a) exceeds d(a)",
        "above", MOST, LEAST, _needs_truth,
    ),
)  # fmt: skip
