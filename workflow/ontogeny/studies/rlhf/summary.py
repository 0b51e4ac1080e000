"""What policies have gained, in a sentence."""

import numpy as np
import xarray as xr

from ontogeny.studies.rlhf.config import GOLD
from ontogeny.wording import plural

__all__ = ["finding"]


def finding(comparison: xr.Dataset) -> str:
    """Return in a sentence what policies gain when they are trained against models or without.

    Parameters
    ----------
    comparison : Dataset
        All policies and preference models. Gains are mean scores less those of the start policy,
        the greatest and the last, as means over policies.
    """
    if not comparison.sizes["run"]:
        number = comparison.sizes["preference_model"]
        models = plural(number, "preference model")
        return f"No policy was trained against the {models}." if number else ""
    is_gold = comparison["reward_of_run"].values == GOLD
    clauses = [
        *_against_models(comparison.isel(run=~is_gold)),
        *_against_truth(comparison.isel(run=is_gold)),
    ]
    said = "; ".join(clauses)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def _against_models(runs: xr.Dataset) -> list[str]:
    """Return what policies gain by the models that they are trained against, and in truth."""
    model, true = _known(runs, "train"), _known(runs, "gold")
    number = true.sizes["run"]
    if not number or model.sizes["run"] != number:
        return []
    policies, average = _subject(number)
    peak, end = _gains(true)
    by_model = _gains(model)[1]
    is_too_far = end < peak and end < by_model
    named = ", which is over-optimisation" * is_too_far
    return [
        f"trained against a preference model, {policies} {by_model:.2f} nat by that model, "
        f"{'but ' * is_too_far}in true score {peak:.2f} nat at the peak and {end:.2f} nat at the "
        f"end{average}{named}"
    ]


def _against_truth(runs: xr.Dataset) -> list[str]:
    """Return what policies gain that are trained against the true score itself."""
    true = _known(runs, "gold")
    number = true.sizes["run"]
    if not number:
        return []
    policies, average = _subject(number)
    peak, end = _gains(true)
    return [
        f"trained against the true score itself, {policies} {peak:.2f} nat at the peak and "
        f"{end:.2f} nat at the end{average}"
    ]


def _known(runs: xr.Dataset, role: str) -> xr.Dataset:
    """Return the scores of one role, of the runs in which they are known."""
    scores = runs.sel(role=role)
    is_known = np.isfinite(scores["peak_score"].values) & np.isfinite(scores["end_score"].values)
    return scores.isel(run=is_known)


def _gains(scores: xr.Dataset) -> tuple[float, float]:
    """Return the greatest and the last gain over the start policy, as means over runs [nat]."""
    peak, end = (scores[f"{at}_score"] - scores["start_score"] for at in ("peak", "end"))
    return float(peak.mean()), float(end.mean())


def _subject(number: int) -> tuple[str, str]:
    return ("the policy gains", "") if number == 1 else (f"{number} policies gain", ", on average")
