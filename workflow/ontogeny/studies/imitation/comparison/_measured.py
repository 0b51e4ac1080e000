"""Single numbers of each run, and the two sides of each law.

A function here returns NaN where a run does not have the quantity.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.estimates import share
from ontogeny.joins import Run
from ontogeny.studies.imitation.analysis.laws import (
    LAWS,
    cubes_bound,
    cubes_bound_of_any_prior,
    event_bound,
    event_bound_of_steps,
    queries_bound,
    recalled_cubes_bound,
)
from ontogeny.studies.imitation.labels import variable

__all__ = ["intervals", "laws", "measured", "result"]

Row = dict[str, xr.Variable]
Array = NDArray[np.float64]
NAN = float("nan")

ROUNDING = 1e-12
"""Differences below this are rounding."""

RATIO = (10, 400)
"""Steps whose query probabilities are compared."""

NEAR = 0.05
"""A stored time counts as a step when it is away from it by no more than this share of it."""

LAST_FACTOR = 6
"""Exponents are fitted over the last factor of time."""

BEFORE, AFTER = 10, 6
"""Steps before the betrayal, and from it on, whose query probabilities are compared."""

STORED = 0.5
"""Their mean is known when at least this share of them is stored."""

QUERIES_BY_TOP = ("conservative", "mixture", "thompson", "most-probable")
"""Learners that ask when plausible policies disagree, as laws about queries have it."""

OF_PLAUSIBLE = ("D7", "D8a", "D10", "D11")
"""Laws of histories in which the demonstrator is always plausible: empty where there are none."""

AVERAGED = (
    "queries",
    "cubes",
    "information",
    "divergence",
    "kept_divergence",
    "logs",
    "kept_logs",
)
"""Means over histories, each with its standard error, ``NAME_error``."""

ESTIMATED = (*AVERAGED, "theta_before", "theta_after", "harm_bound_d10")
"""Numbers with a standard error."""

SHARES = ("left_out", "harm", "harm_kept")
"""Probabilities of events, each with its interval over histories, ``NAME_interval``."""

SAID = {
    "weight": ("prior weight of the demonstrator", "1"),
    "queries": ("expected queries", "1"),
    "cubes": ("E Σ θ³", "1"),
    "information": ("E Σ θ KL(d‖ξ)", "nat"),
    "divergence": ("E Σ KL(imitator‖demonstrator), at least the distance", "nat"),
    "kept_divergence": (
        "E Σ KL(imitator‖demonstrator) up to the step that leaves the demonstrator out",
        "nat",
    ),
    "logs": ("E Σ ln(1+θ)", "nat"),
    "kept_logs": ("E Σ ln(1+θ) up to the step that leaves the demonstrator out", "nat"),
    "distance": ("KL(imitator‖demonstrator) of histories", "nat"),
    "kept_distance": ("KL(imitator on D‖demonstrator) of histories, left side of D11", "nat"),
    "identity_deviation": (
        "largest difference of the two sides of D4 over policies, in standard errors",
        "1",
    ),
    "excess": ("largest p(a) − d(a)", "1"),
    "worst_excess": (
        "largest left − right of any law, over the right side where that exceeds 1",
        "1",
    ),
    "left_out": ("P(demonstrator not always plausible)", "1"),
    "harm": ("P(harm)", "1"),
    "harm_kept": ("P(harm while the demonstrator has always been plausible)", "1"),
    "demonstrated_harm": ("exact P(harm) of the demonstrator", "1"),
    "theta_ratio": ("query probability at step 400 divided by that at step 10", "1"),
    "theta_slope": ("slope of ln θ over ln t, last factor 6", "1"),
    "queries_slope": ("slope of ln queries over ln t, last factor 6", "1"),
    "theta_before": ("mean query probability in the 10 steps before the betrayal", "1"),
    "theta_after": ("mean query probability in the first 6 steps of the betrayal", "1"),
    "left_out_bound": ("bound α/w on P(demonstrator not always plausible), D2", "1"),
    "information_bound": ("bound ln 1/w on E Σ θ KL(d‖ξ), D3", "nat"),
    "cubes_bound": ("bound on E Σ θ³, D5", "1"),
    "cubes_bound_of_any_prior": ("bound on E Σ θ³, D5'", "1"),
    "recalled_cubes_bound": ("bound on E Σ θ³, T1 as recalled", "1"),
    "queries_bound": ("bound on expected queries, D6 with the lesser of D5 and D5'", "1"),
    "harm_bound_d8": ("estimated bound on harm_kept, D8 with the measured E Σ θ³", "1"),
    "harm_bound_d8a": ("estimated bound on harm_kept, D8a with the measured E Σ ln(1+θ)", "1"),
    "harm_bound_d10": ("estimated bound on harm_kept, D10", "1"),
}
"""What each number is, and its unit."""


def result(run: Run) -> xr.Dataset:
    """Return the one result of a run: of an enumeration or of a simulation."""
    return run.results["results"]


def measured(run: Run) -> Row:
    """Return the single numbers of a run."""
    own = _of_enumeration(run) if run.about["exact"] else _of_simulation(run)
    own |= {name: value for name, (value, _, _) in _probabilities(run).items()}
    own |= _bounds(run, own)
    row = {
        name: variable((), own.get(name, NAN), about, units)
        for name, (about, units) in SAID.items()
    }
    errors = {}
    for name in ESTIMATED:
        about, units = SAID[name]
        error = own.get(f"{name}_error", NAN)
        errors[f"{name}_error"] = variable((), error, f"standard error of {about}", units)
    return row | errors


def intervals(runs: Sequence[Run]) -> Row:
    """Return the intervals of probabilities over the histories of each run, by run and end."""
    each = [_probabilities(run) for run in runs]
    return {
        f"{name}_interval": variable(
            ("run", "end"), [found[name][1:] for found in each], f"interval of {SAID[name][0]}"
        )
        for name in SHARES
    }


def laws(runs: Sequence[Run]) -> Row:
    """Return both sides of each law, by run and law, and how loose each is at its tightest.

    Laws that are empty in a run are NaN.
    """
    rows = [_sides(run) if run.about["exact"] else np.full((2, len(LAWS)), NAN) for run in runs]
    left, right = np.moveaxis(np.array(rows, dtype=np.float64), 1, 0)
    quotient = np.divide(right, left, out=np.full(left.shape, np.inf), where=left > 0)
    least = quotient.min(axis=0)
    least[np.isinf(least)] = NAN
    return {
        "left": variable(("run", "law"), left, "left side of the law"),
        "right": variable(("run", "law"), right, "right side of the law"),
        "statement": variable("law", np.array(list(LAWS.values()), dtype=object), "the law"),
        "looseness": variable(
            "law", least, "smallest ratio of right side to left side over all runs"
        ),
    }


def _sides(run: Run) -> Array:
    """Return the left and the right side of each law; NaN where no history is one of the law."""
    found = result(run)
    sides = np.array([found[side].sel(law=list(LAWS)).values for side in ("left", "right")])
    if found["kept"] == 0:
        sides[:, [law in OF_PLAUSIBLE for law in LAWS]] = NAN
    return sides


def _of_enumeration(run: Run) -> dict[str, float]:
    found = result(run)
    names = (*AVERAGED, "distance", "kept_distance", "excess", "weight")
    row = {name: float(found[name]) for name in names}
    row |= {f"{name}_error": 0 * row[name] for name in AVERAGED}
    if run.about["contains_demonstrator"]:
        row["worst_excess"] = _worst_excess(found)
    return row


def _worst_excess(found: xr.Dataset) -> float:
    """Return the largest excess of a law or sequence; NaN if that of a law which counts is NaN.

    Where the right side is large, so is rounding: the excess is relative to a right side above 1.
    """
    excess = _excess(found["left"], found["right"])
    excess.loc["D4"] = abs(excess.loc["D4"])
    if found["kept"] == 0:
        return float(excess.drop_sel(law=list(OF_PLAUSIBLE)).max(skipna=False))
    of_sequences = _excess(found["sequence_left"], found["sequence_right"]).max(skipna=False)
    return float(np.maximum(excess.max(skipna=False), of_sequences))


def _excess(left: xr.DataArray, right: xr.DataArray) -> xr.DataArray:
    """Return left − right, divided by max(1, |right|) where that is finite."""
    scale = abs(right).clip(min=1)
    return (left - right) / scale.where(np.isfinite(scale), 1)


def _of_simulation(run: Run) -> dict[str, float]:
    found, betrayal = result(run), run.about["betrayal"]
    theta, time = found["theta"], found["time"].values
    early, late = (_at(theta, step) for step in RATIO)
    row = {
        "weight": float(found["weight"]),
        "demonstrated_harm": float(found["demonstrated_harm"][-1]),
        "theta_ratio": late / early if early > 0 else NAN,
    }
    for name in AVERAGED:
        row |= _mean(name, found[f"{name}_of_history"].values)
    if run.about["contains_demonstrator"]:
        row["identity_deviation"] = _identity_deviation(found)
    if run.about["kind"] == "grid":
        row["theta_slope"] = _slope(time + 1.0, theta.values)
        row["queries_slope"] = _slope(time + 1.0, found["queries"].values)
    if betrayal >= 0:
        for name, first, count in (
            ("theta_before", betrayal - BEFORE, BEFORE),
            ("theta_after", betrayal, AFTER),
        ):
            # Steps of a history may rise and fall together: the error is at most that of one step.
            row[name] = _mean_over(theta, first, count)
            row[f"{name}_error"] = _mean_over(found["theta_error"], first, count)
    return row


def _identity_deviation(found: xr.Dataset) -> float:
    """Return how far the sides of D4 differ, of the policy for which they differ most.

    The demonstrator's own side never varies, so that any difference beyond rounding is infinite.
    """
    away = abs(found["identity"] - np.sqrt(found["prior"] / found["weight"])).values
    error = found["identity_error"].values
    away[away < ROUNDING] = 0
    deviation = np.divide(away, error, out=np.where(away > 0, np.inf, 0.0), where=error != 0)
    return float(deviation.max())


def _probabilities(run: Run) -> Mapping[str, tuple[float, float, float]]:
    """Return the probability of each event and the ends of its interval."""
    found, nothing = result(run), (NAN, NAN, NAN)
    if run.about["exact"]:
        left_out = float(np.maximum(0, 1 - found["kept"]))
        return {"left_out": (left_out, left_out, left_out), "harm": nothing, "harm_kept": nothing}
    has_event = bool(np.isfinite(found["demonstrated_harm"]).all())
    is_known = run.about["contains_demonstrator"]
    happened = {
        "left_out": (is_known, ~found["kept_of_history"].values),
        "harm": (has_event, found["harm_of_history"].values),
        "harm_kept": (has_event and is_known, found["harm_kept_of_history"].values),
    }
    estimates = {name: share(each) for name, (is_there, each) in happened.items() if is_there}
    return {
        name: (of.value, of.lower, of.upper) if (of := estimates.get(name)) else nothing
        for name in SHARES
    }


def _bounds(run: Run, own: Mapping[str, float]) -> dict[str, float]:
    """Return what is proved of the numbers of a run."""
    about, weight, alpha = run.about, own["weight"], run.about["alpha"]
    if not about["contains_demonstrator"]:
        return {}
    found = {"left_out_bound": alpha / weight, "information_bound": float(np.log(1 / weight))}
    if about["learner"] in QUERIES_BY_TOP:
        by_prior, by_weight = _cubes_bound(run), cubes_bound_of_any_prior(weight, alpha)
        found |= {
            "cubes_bound": by_prior,
            "cubes_bound_of_any_prior": by_weight,
            "recalled_cubes_bound": recalled_cubes_bound(weight, alpha, about["actions"]),
            "queries_bound": queries_bound(about["steps"], min(by_prior, by_weight)),
        }
    demonstrated = own.get("demonstrated_harm", NAN)
    if about["learner"] == "conservative" and np.isfinite(demonstrated):
        chance = float(np.log(demonstrated)) if demonstrated > 0 else -np.inf
        found |= {
            "harm_bound_d8": event_bound_of_steps(chance, about["steps"], own["cubes"]),
            "harm_bound_d8a": event_bound(chance, own["logs"]),
            **_mean("harm_bound_d10", result(run)["harm_mass_of_history"].values),
        }
    return found


def _cubes_bound(run: Run) -> float:
    """Return the bound of D5."""
    found = result(run)
    if run.about["exact"]:
        return float(found["right"].sel(law="D5"))
    prior = found["prior"].values
    truth = 0 if run.about["ties"] == "first" else len(prior) - 1
    return cubes_bound(prior, truth, run.about["alpha"])


def _mean(name: str, values: Array) -> dict[str, float]:
    return {name: float(values.mean()), f"{name}_error": _error(values)}


def _error(values: Array) -> float:
    """Return the standard error of the mean; NaN for one value, and where one is infinite."""
    if len(values) < 2 or not np.isfinite(values).all():
        return NAN
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def _at(curve: xr.DataArray, step: int) -> float:
    """Return a curve at the stored time nearest to a step; NaN past its end, or if none is near."""
    if step > int(curve["time"][-1]):
        return NAN
    nearest = curve.sel(time=step, method="nearest")
    return float(nearest) if abs(int(nearest["time"]) - step) <= NEAR * step else NAN


def _mean_over(curve: xr.DataArray, first: int, count: int) -> float:
    """Return the mean of a curve over the stored ones of several steps; NaN if they are few."""
    values = curve.sel(time=slice(first, first + count - 1)).values
    return float(values.mean()) if len(values) >= STORED * count else NAN


def _slope(time: Array, values: Array) -> float:
    """Return the slope of the least-squares line through logarithms, over the end of time."""
    chosen = (time >= time[-1] / LAST_FACTOR) & (values > 0)
    if chosen.sum() < 2:
        return NAN
    return float(np.polyfit(np.log(time[chosen]), np.log(values[chosen]), 1)[0])
