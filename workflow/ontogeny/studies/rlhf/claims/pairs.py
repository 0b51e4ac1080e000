"""Claims on real comparisons. The unit is the comparison: there are no seeds."""

import numpy as np
import xarray as xr

from ontogeny.estimates import Estimate
from ontogeny.studies.rlhf.claims._shared import HERE, PAPER, claim

__all__ = ["CLAIMS"]


def accuracy_across(results: xr.Dataset) -> Estimate:
    """Return the accuracy of a model of one kind of comparisons on the other, the larger one.

    Of the first set of conversations and the first set with several annotators.
    """
    places = _places(results)
    if len(places) < 2:
        return _NOTHING
    conversations, judged = places["conversations"], places["judged"]
    across = [(conversations, judged), (judged, conversations)]
    accuracy = [float(results["real_accuracy"].values[each]) for each in across]
    model, tested_on = across[int(np.argmax(accuracy))]
    of_model = results.isel(real_trained_on=model)
    return _estimate(of_model, "real_accuracy", tested_on)


def excess_over_shorter(results: xr.Dataset) -> Estimate:
    """Return the accuracy on conversations minus that of the rule that the shorter response wins.

    Of the first set of conversations; each is tested once, by a model that did not see it.
    """
    places = _places(results)
    if "conversations" not in places:
        return _NOTHING
    return _estimate(results, "real_paired_excess", places["conversations"])


_NOTHING = Estimate(np.nan, np.nan, np.nan, 0)


def _places(results: xr.Dataset) -> dict[str, int]:
    """Return the first set that several annotators judged, and the first of conversations."""
    if "real_agreement" not in results:
        return {}
    found: dict[str, int] = {}
    for place, agreement in enumerate(results["real_agreement"].values):
        found.setdefault("conversations" if np.isnan(agreement) else "judged", place)
    return found


def _estimate(results: xr.Dataset, name: str, tested_on: int) -> Estimate:
    """Return a stored value with its interval; its runs are the comparisons."""
    of_world = results.isel(real_tested_on=tested_on)
    lower, upper = (float(of_world[f"{name}_interval"].sel(end=end)) for end in ("lower", "upper"))
    return Estimate(float(of_world[name]), lower, upper, int(of_world["real_pairs"]))


CLAIMS = (
    claim(
        "conflict-on-real-pairs", "Models of one kind of real pairs fail on the other kind",
        "A model of comparisons by harmlessness is wrong more often than right about comparisons "
        "by quality, and the reverse. Much of it is length: one kind prefers short responses, the "
        "other long ones.",
        PAPER,
        "accuracy of a model of conversations on judged pairs, and of the reverse, the larger one; "
        "beside it in comparison.nc the same with the weight of length set to 0; unit: a "
        "comparison",
        "below", 0.5, accuracy_across,
        figure="pairs",
        unit="comparisons",
    ),
    claim(
        "real-pairs-learnable", "A simple model predicts real comparisons better than length does",
        "A linear model of words, all of whose settings are chosen inside the training folds, is "
        "right more often than the rule that the shorter response wins.",
        HERE,
        "accuracy on conversations, each tested once, minus that of the rule on the same ones; "
        "unit: a comparison, interval over first messages",
        "above", 0.02, excess_over_shorter,
        figure="pairs",
        unit="comparisons",
    ),
)  # fmt: skip
