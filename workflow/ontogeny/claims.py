"""Claims of papers, held against stored results.

A claim says which quantity of the runs has to lie above or below which threshold. Its verdict
follows from the interval of the quantity by one rule, `verdict`, and from nothing else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr

from ontogeny.caveats import with_warnings
from ontogeny.estimates import CONFIDENCE, Estimate, runs_to_exclude
from ontogeny.labels import dataset, text, variable

__all__ = ["VERDICTS", "Claim", "joined", "judge", "outlook", "runs_needed", "verdict"]

VERDICTS = ("holds", "does not hold", "undecided")

_HOPELESS = 100
"""A claim that takes more than this multiple of the runs is as good as never decided."""


@dataclass(frozen=True)
class Claim:
    """A claim that stored results can bear out or not.

    Attributes
    ----------
    name : str
        Short and unique, for references.
    title, statement : str
    source : str
        Paper and section.
    quantity : str
        What is measured, in words.
    side : {"above", "below"}
        Where the claim puts the quantity.
    threshold : float
    minimum : int
        With fewer runs nothing is said.
    measure : callable
        From the dataset of the study to an `Estimate` of the quantity.
    figure : str
        Name of the figure of the study that shows it best; empty where none does.
    unit : str
        What is counted as runs, in the plural.
    """

    name: str
    title: str
    statement: str
    source: str
    quantity: str
    side: Literal["above", "below"]
    threshold: float
    minimum: int
    measure: Callable[[xr.Dataset], Estimate]
    figure: str = ""
    unit: str = "runs"


def verdict(
    found: Estimate, *, side: Literal["above", "below"], threshold: float, minimum: int
) -> str:
    """Return what an estimate says about a claim.

    The interval must lie wholly on one side of the threshold: on the claimed one the claim holds,
    on the other it does not hold. Otherwise, or with fewer runs than `minimum`, it is undecided.

    Parameters
    ----------
    found : Estimate
    side : {"above", "below"}
    threshold : float
    minimum : int

    Returns
    -------
    str
        One of `VERDICTS`.

    Examples
    --------
    >>> verdict(Estimate(0.9, 0.6, 1.0, 8), side="above", threshold=0.5, minimum=4)
    'holds'
    """
    if found.runs < minimum:
        return VERDICTS[2]
    above, below = found.lower > threshold, found.upper < threshold
    if above or below:
        return VERDICTS[0] if above == (side == "above") else VERDICTS[1]
    return VERDICTS[2]


def runs_needed(found: Estimate, *, threshold: float, minimum: int) -> float:
    """Return how many runs in all would decide a claim, if the value stays.

    Law: at least `minimum`, and as many as put the threshold outside the interval, which is
    `ontogeny.estimates.runs_to_exclude`. So a claim is decided exactly if this is at most the
    number of its runs.

    Parameters
    ----------
    found : Estimate
    threshold : float
    minimum : int

    Returns
    -------
    float
        Without an interval a lower limit: `minimum`, or one run more than there are. NaN without a
        value, infinite where the value is the threshold.

    Examples
    --------
    >>> runs_needed(Estimate(0.8, 0.2, 1.4, 5), threshold=0.5, minimum=4)
    21.0
    """
    if found.runs == 0 or not np.isfinite(found.value):
        return float("nan")
    to_exclude = runs_to_exclude(found, threshold)
    if np.isnan(to_exclude):
        return float(max(minimum, found.runs + 1))
    return max(float(minimum), to_exclude)


def outlook(found: Estimate, *, threshold: float, minimum: int, unit: str = "runs") -> str:
    """Return in one sentence whether more runs would decide a claim, and how many.

    Parameters
    ----------
    found : Estimate
    threshold : float
    minimum : int
    unit : str
        What is counted as runs, in the plural.

    Returns
    -------
    str
        Empty where the claim is decided.

    Examples
    --------
    >>> outlook(Estimate(0.8, 0.2, 1.4, 5), threshold=0.5, minimum=4)
    'About 16 more runs like these would decide it.'
    """
    needed = runs_needed(found, threshold=threshold, minimum=minimum)
    if found.runs == 0:
        return "No run of this configuration measures this."
    if np.isnan(needed):
        return "The runs of this configuration leave the value open."
    if np.isinf(needed):
        return (
            f"The value is the threshold itself: more {unit} decide it only if the value changes."
        )
    more = int(needed) - found.runs
    if more <= 0:
        return ""
    if np.isnan(found.lower) or needed == minimum:
        return f"It takes at least {needed:.0f} {unit}, {more} more than there are."
    if needed > _HOPELESS * found.runs:
        return f"More {unit} would hardly decide it: the value is close to the threshold."
    if more == 1:
        return f"It takes about {needed:.0f} {unit} like these, 1 more than there are."
    return f"About {_rounded(more)} more {unit} like these would decide it."


def _rounded(count: int) -> str:
    """Return a number that is rounded up to half a unit of its first digit, and exact below 20."""
    if count < 20:
        return str(count)
    step = 5 * 10 ** (len(str(count)) - 2)
    return f"{-(-count // step) * step:,}"


def judge(claims: Sequence[Claim], results: xr.Dataset, *, study: str) -> xr.Dataset:
    """Return the verdict on each claim.

    Parameters
    ----------
    claims : sequence of Claim
    results : Dataset
        What they are measured on.
    study : str
        Name of the study that they belong to.

    Returns
    -------
    Dataset
        By claim: ``value``, ``interval`` by ``end``, ``runs``, ``runs_needed``, ``verdict``,
        ``outlook``, ``note``, and what the claim says. The note says where a verdict means little;
        the attribute ``warnings`` has each once.
    """
    found = [claim.measure(results) for claim in claims]
    note = _one_kind(results)
    verdicts = [
        verdict(each, side=claim.side, threshold=claim.threshold, minimum=claim.minimum)
        for claim, each in zip(claims, found, strict=True)
    ]
    needed = [
        runs_needed(each, threshold=claim.threshold, minimum=claim.minimum)
        for claim, each in zip(claims, found, strict=True)
    ]
    outlooks = [
        outlook(each, threshold=claim.threshold, minimum=claim.minimum, unit=claim.unit)
        for claim, each in zip(claims, found, strict=True)
    ]
    variables = {
        "value": variable("claim", [each.value for each in found], "quantity measured"),
        "interval": variable(
            ("claim", "end"),
            [[each.lower, each.upper] for each in found],
            f"interval of the quantity, level {CONFIDENCE:g}",
        ),
        "threshold": variable("claim", [claim.threshold for claim in claims], "threshold"),
        "runs": variable("claim", [each.runs for each in found], "number of runs"),
        "minimum": variable("claim", [claim.minimum for claim in claims], "least number of runs"),
        "runs_needed": variable(
            "claim", needed, "number of runs in all that would decide the claim, if the value stays"
        ),
        "verdict": variable("claim", text(verdicts), "verdict"),
        "outlook": variable("claim", text(outlooks), "whether more runs would decide the claim"),
        **{
            name: variable("claim", text(getattr(claim, name) for claim in claims), about)
            for name, about in _WORDS.items()
        },
        "study": variable("claim", text(study for _ in claims), "study"),
        "note": variable(
            "claim",
            text(note * (each.runs > 0) for each in found),
            "reason why the verdict has little meaning",
        ),
    }
    coordinates = {
        "claim": text(claim.name for claim in claims),
        "end": text(("lower", "upper")),
    }
    judged = dataset(variables, coordinates, title="Verdicts on claims")
    return with_warnings(judged, [note] if any(judged["note"].values) else [])


_WORDS = {
    "title": "title",
    "statement": "statement of the claim",
    "source": "paper and section",
    "quantity": "quantity measured",
    "side": "where the claim puts the quantity",
    "figure": "figure of the study that shows the claim best",
    "unit": "unit that counts as one run",
}
"""What a claim says of itself, by variable."""


def _one_kind(results: xr.Dataset) -> str:
    """Return the note on all claims where runs are of one experiment alone; empty where not."""
    if "experiment_of_run" not in results:
        return ""
    names = np.unique(results["experiment_of_run"].values)
    if len(names) != 1:
        return ""
    return f"All runs are of one kind, the experiment {names[0]}: they say nothing of others."


def joined(judged: Sequence[xr.Dataset]) -> xr.Dataset:
    """Return the verdicts of several studies as one dataset, in the order given."""
    bare = [each.drop_attrs(deep=False) for each in judged]
    found = xr.concat(bare, "claim", combine_attrs="override")
    said = [line for each in judged for line in each.attrs.get("warnings", "").splitlines()]
    return with_warnings(found.assign_attrs(title=judged[0].attrs["title"]), said)
