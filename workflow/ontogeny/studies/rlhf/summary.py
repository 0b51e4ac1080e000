"""What policies have gained, in a sentence."""

import numpy as np
import xarray as xr

from ontogeny.studies.rlhf.config import GOLD
from ontogeny.wording import plural

__all__ = ["finding"]


def finding(comparison: xr.Dataset) -> str:
    """Return in a sentence the true scores that policies reach against models and without them.

    Parameters
    ----------
    comparison : Dataset
        All policies and preference models. Scores are means over policies of the greatest and of
        the last mean score.
    """
    if not comparison.sizes["run"]:
        number = comparison.sizes["preference_model"]
        models = plural(number, "preference model")
        return f"No policy was trained against the {models}." if number else ""
    is_gold = comparison["reward_of_run"].values == GOLD
    true = comparison.sel(role="gold")
    clauses = [
        *_clause(true.isel(run=~is_gold), "a preference model"),
        *_clause(true.isel(run=is_gold), "the true score itself"),
    ]
    said = "; ".join(clauses)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def _clause(runs: xr.Dataset, reward: str) -> list[str]:
    """Return what policies with one kind of reward come to."""
    known = np.isfinite(runs["peak_score"].values) & np.isfinite(runs["end_score"].values)
    runs = runs.isel(run=known)
    number = runs.sizes["run"]
    if not number:
        return []
    peak, end = (float(runs[f"{at}_score"].mean()) for at in ("peak", "end"))
    policies = "the policy reaches" if number == 1 else f"{number} policies reach"
    average = "" if number == 1 else ", on average"
    return [
        f"trained against {reward}, {policies} a true score of {peak:.2f} at the peak and "
        f"{end:.2f} at the end{average}"
    ]
