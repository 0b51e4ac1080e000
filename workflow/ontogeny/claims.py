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
from ontogeny.estimates import CONFIDENCE, Estimate
from ontogeny.labels import dataset, text, variable

__all__ = ["VERDICTS", "Claim", "joined", "judge", "verdict"]

VERDICTS = ("holds", "does not hold", "undecided")


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
        By claim: ``value``, ``interval`` by ``end``, ``runs``, ``verdict``, ``note``, and what the
        claim says. The note says where a verdict means little; the attribute ``warnings`` has each
        once.
    """
    found = [claim.measure(results) for claim in claims]
    note = _one_kind(results)
    verdicts = [
        verdict(each, side=claim.side, threshold=claim.threshold, minimum=claim.minimum)
        for claim, each in zip(claims, found, strict=True)
    ]
    words = {
        "title": "title",
        "statement": "what is claimed",
        "source": "paper and section",
        "quantity": "quantity measured",
        "side": "where the claim puts the quantity",
    }
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
        "verdict": variable("claim", text(verdicts), "verdict"),
        **{
            name: variable("claim", text(getattr(claim, name) for claim in claims), about)
            for name, about in words.items()
        },
        "study": variable("claim", text(study for _ in claims), "study"),
        "note": variable(
            "claim", text(note * (each.runs > 0) for each in found), "why the verdict says little"
        ),
    }
    coordinates = {
        "claim": text(claim.name for claim in claims),
        "end": text(("lower", "upper")),
    }
    judged = dataset(variables, coordinates, title="Verdicts on claims")
    return with_warnings(judged, [note] if any(judged["note"].values) else [])


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
