"""What claims of the study have in common.

Thresholds were set before the runs of `config/rlhf.yaml`, several of them after prototypes of the
same size, so a claim that holds narrowly says little. The papers state theirs in words.
"""

from collections.abc import Callable
from typing import Literal

import xarray as xr

from ontogeny.claims import Claim
from ontogeny.estimates import Estimate
from ontogeny.studies.rlhf.least import LEAST_RUNS

__all__ = ["HERE", "PAPER", "claim"]

PAPER = "arXiv 2204.05862"
HERE = "docs/rlhf.md"


def claim(
    name: str,
    title: str,
    statement: str,
    source: str,
    quantity: str,
    side: Literal["above", "below"],
    threshold: float,
    measure: Callable[[xr.Dataset], Estimate],
    *,
    figure: str = "",
    unit: str = "seeds",
    minimum: int = LEAST_RUNS,
) -> Claim:
    """Return a claim that needs as many runs as most."""
    return Claim(
        name, title, statement, source, quantity, side, threshold, minimum, measure, figure, unit
    )
