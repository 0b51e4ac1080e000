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

RATIO = (10, 400)
"""Steps whose probabilities to ask are compared."""

LAST_FACTOR = 6
"""Exponents are fitted over the last factor of time."""

BEFORE, AFTER = 10, 6
"""Steps before the betrayal, and from it on, whose probabilities to ask are compared."""

ASKS_BY_TOP = ("conservative", "mixture", "thompson", "most-probable")
"""Learners that ask when plausible policies disagree, as laws about questions have it."""

AVERAGED = ("queries", "cubes", "information", "divergence", "kept_logs")
"""Means over histories, each with its standard error, ``NAME_error``."""

SHARES = ("lost", "harm", "harm_kept")
"""Probabilities of events, each with its interval over histories, ``NAME_interval``."""

SAID = {
    "weight": ("prior weight of the demonstrator", "1"),
    "queries": ("expected questions", "1"),
    "cubes": ("E Σ θ³", "1"),
    "information": ("E Σ θ KL(d‖ξ)", "nat"),
    "divergence": ("E Σ KL(imitator‖demonstrator) while the demonstrator is plausible", "nat"),
    "kept_logs": ("E Σ ln(1+θ) while the demonstrator is plausible", "nat"),
    "logs": ("E Σ ln(1+θ)", "nat"),
    "distance": ("KL(imitator‖demonstrator) of what happens", "nat"),
    "excess": ("largest p(a) − d(a)", "1"),
    "worst_excess": ("largest left − right of any law", "1"),
    "lost": ("P(demonstrator not always plausible)", "1"),
    "harm": ("P(harm)", "1"),
    "harm_kept": ("P(harm while the demonstrator is plausible)", "1"),
    "demonstrated_harm": ("exact P(harm) of the demonstrator", "1"),
    "theta_ratio": ("probability to ask, at step 400 over that at step 10", "1"),
    "theta_slope": ("slope of ln θ over ln t, last factor 6", "1"),
    "queries_slope": ("slope of ln questions over ln t, last factor 6", "1"),
    "theta_before": ("mean probability to ask in the 10 steps before the betrayal", "1"),
    "theta_after": ("mean probability to ask in the first 6 steps of the betrayal", "1"),
    "lost_bound": ("bound α/w on P(demonstrator not always plausible), D2", "1"),
    "information_bound": ("bound ln 1/w on E Σ θ KL(d‖ξ), D3", "nat"),
    "cubes_bound": ("bound on E Σ θ³, D5", "1"),
    "cubes_bound_of_any_prior": ("bound on E Σ θ³, D5'", "1"),
    "recalled_cubes_bound": ("bound on E Σ θ³, T1 as recalled", "1"),
    "queries_bound": ("bound on expected questions, D6 with the lesser of D5 and D5'", "1"),
    "harm_bound_of_steps": ("bound on P(harm, D), D8 with the measured E Σ θ³", "1"),
    "harm_bound_of_logs": ("bound on P(harm, D), D8a with the measured E Σ ln(1+θ)", "1"),
    "harm_bound_of_mass": ("bound on P(harm, D), D10", "1"),
}
"""What each number is, and its unit."""


def result(run: Run) -> xr.Dataset:
    """Return the one result of a run: of an enumeration or of a simulation."""
    return run.results["results"]


def measured(run: Run) -> Row:
    """Return the single numbers of a run."""
    own = _of_enumeration(run) if run.about["exact"] else _of_simulation(run)
    own |= {name: value for name, (value, _, _) in _probabilities(run).items()} | _bounds(run, own)
    row = {
        name: variable((), own.get(name, NAN), about, units)
        for name, (about, units) in SAID.items()
    }
    errors = {}
    for name in AVERAGED:
        about, units = SAID[name]
        error = own[f"{name}_error"]
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
    """Return both sides of each law, by run and law, and how loose each is at its tightest."""
    sides = {}
    for side in ("left", "right"):
        rows = [
            result(run)[side].sel(law=list(LAWS)).values
            if run.about["exact"]
            else np.full(len(LAWS), NAN)
            for run in runs
        ]
        sides[side] = np.array(rows, dtype=np.float64)
    left, right = sides.values()
    quotient = np.divide(right, left, out=np.full(left.shape, np.inf), where=left > 0)
    quotient[np.isnan(left)] = np.inf
    least = quotient.min(axis=0)
    least[np.isinf(least)] = NAN
    return {
        "left": variable(("run", "law"), left, "left side of the law"),
        "right": variable(("run", "law"), right, "right side of the law"),
        "statement": variable("law", np.array(list(LAWS.values()), dtype=object), "the law"),
        "looseness": variable("law", least, "least right side over left side of any run"),
    }


def _of_enumeration(run: Run) -> dict[str, float]:
    found = result(run)
    names = (*AVERAGED, "logs", "distance", "excess", "weight")
    row = {name: float(found[name]) for name in names}
    row |= {f"{name}_error": 0 * row[name] for name in AVERAGED}
    excess = found["left"] - found["right"]
    excess.loc["D4"] = abs(excess.loc["D4"])
    of_sequences = float((found["sequence_left"] - found["sequence_right"]).max())
    if run.about["contains_demonstrator"]:
        row["worst_excess"] = max(float(excess.max()), of_sequences)
    return row


def _of_simulation(run: Run) -> dict[str, float]:
    found, betrayal = result(run), run.about["betrayal"]
    each = {name: found[f"{name}_of_history"].values for name in (*AVERAGED, "logs")}
    theta, time = found["theta"], found["time"].values
    early, late = (_at(theta, step) for step in RATIO)
    row = {name: float(values.mean()) for name, values in each.items()}
    row |= {f"{name}_error": _error(each[name]) for name in AVERAGED}
    row |= {
        "weight": float(found["weight"]),
        "demonstrated_harm": float(found["demonstrated_harm"][-1]),
        "theta_ratio": late / early if early > 0 else NAN,
    }
    if run.about["kind"] == "grid":
        row["theta_slope"] = _slope(time + 1.0, theta.values)
        row["queries_slope"] = _slope(time + 1.0, found["queries"].values)
    if betrayal >= 0:
        row["theta_before"] = _mean_between(theta, betrayal - BEFORE, betrayal)
        row["theta_after"] = _mean_between(theta, betrayal, betrayal + AFTER)
    return row


def _probabilities(run: Run) -> Mapping[str, tuple[float, float, float]]:
    """Return the probability of each event and the ends of its interval."""
    found, nothing = result(run), (NAN, NAN, NAN)
    if run.about["exact"]:
        lost = float(np.maximum(0, 1 - found["kept"]))
        return {"lost": (lost, lost, lost), "harm": nothing, "harm_kept": nothing}
    has_event = bool(np.isfinite(found["demonstrated_harm"]).all())
    is_known = run.about["contains_demonstrator"]
    happened = {
        "lost": (is_known, ~found["kept_of_history"].values),
        "harm": (has_event, found["happened_of_history"].values),
        "harm_kept": (has_event and is_known, found["happened_kept_of_history"].values),
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
    found = {"lost_bound": alpha / weight, "information_bound": float(np.log(1 / weight))}
    if about["learner"] in ASKS_BY_TOP:
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
            "harm_bound_of_steps": event_bound_of_steps(chance, about["steps"], own["cubes"]),
            "harm_bound_of_logs": event_bound(chance, own["logs"]),
            "harm_bound_of_mass": float(result(run)["bad_mass_of_history"].mean()),
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


def _error(values: Array) -> float:
    """Return the standard error of the mean; NaN for one value, and where one is infinite."""
    if len(values) < 2 or not np.isfinite(values).all():
        return NAN
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def _at(curve: xr.DataArray, step: int) -> float:
    """Return a curve at the stored time nearest to a step; NaN past its end."""
    if step > int(curve["time"][-1]):
        return NAN
    return float(curve.sel(time=step, method="nearest"))


def _mean_between(curve: xr.DataArray, start: int, stop: int) -> float:
    """Return the mean of a curve over the stored times t, start <= t < stop."""
    values = curve.sel(time=slice(start, stop - 1)).values
    return float(values.mean()) if values.size else NAN


def _slope(time: Array, values: Array) -> float:
    """Return the slope of the least-squares line through logarithms, over the end of time."""
    chosen = (time >= time[-1] / LAST_FACTOR) & (values > 0)
    if chosen.sum() < 2:
        return NAN
    return float(np.polyfit(np.log(time[chosen]), np.log(values[chosen]), 1)[0])
