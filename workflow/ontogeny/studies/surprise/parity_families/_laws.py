"""Laws of the loss of each family over size, and the exponent that its tasks imply."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from ontogeny.labels import text
from ontogeny.scaling import LAWS, PARAMETERS, NoConvergence, fit, predict
from ontogeny.studies.surprise.labels import variable
from ontogeny.studies.surprise.parity_families._families import (
    LN2,
    Array,
    Family,
    Row,
    kin_of,
    widths_of,
)

__all__ = ["CONSTANTS", "laws", "shared_widths"]

CONSTANTS = tuple(dict.fromkeys(name for law in LAWS for name in PARAMETERS[law]))
"""Every constant of any law."""

FIRST_STEP = 100
"""Exponents along data are fitted from this step on, when training has got under way."""


def laws(families: Sequence[Family], learned: float, least_sizes: int) -> Row:
    """Return the laws of each family, and exponents: nothing of those that are too small.

    Parameters
    ----------
    families : sequence of Family
    learned : float
        A task is learned when its accuracy exceeds this.
    least_sizes : int
        A family with fewer sizes is not fitted.
    """
    large = [family.size.size >= least_sizes for family in families]
    fits = [_fits(family, least_sizes) for family in families]
    constants, residual, aicc, failure = (list(each) for each in zip(*fits, strict=True))

    def exponents(values: Sequence[float], about: str) -> xr.Variable:
        known = [
            value if is_large else np.nan for value, is_large in zip(values, large, strict=True)
        ]
        return variable("family", known, about)

    by_law = ("family", "law")
    widths = widths_of(families)
    of_kin = [_law_of_kin(each, widths, least_sizes) for each in kin_of(families).values()]
    exponent_of_kin, law_of_kin = (list(each) for each in zip(*of_kin, strict=True))
    return {
        "constants": variable((*by_law, "constant"), constants, "constant of the law"),
        "residual": variable(by_law, residual, "r.m.s. residual of ln L", "1"),
        "aicc": variable(by_law, aicc, "corrected criterion of Akaike; infinite for few sizes"),
        "failure": variable(by_law, [text(each) for each in failure], "why nothing was fitted"),
        "exponent": exponents(
            [_exponent(f.size, f.loss) for f in families], "exponent of the loss over size"
        ),
        "exponent_quarter": exponents(
            [_exponent(f.size, f.loss_quarter) for f in families],
            "exponent of the loss over size, a quarter of training",
        ),
        "known_exponent": exponents(
            [_known_exponent(f, learned) for f in families],
            "exponent if as many tasks were learned as the size in proportion",
        ),
        "endless_exponent": variable(
            "family",
            [-float(f.about["alpha"]) for f in families],
            "exponent with endless tasks and endless training",
        ),
        "data_exponent": variable(
            "family",
            [_data_exponent(f) for f in families],
            "exponent of the loss of the largest network over data, from step 100 on",
        ),
        "exponent_of_kin": variable(
            "kin", exponent_of_kin, "exponent over size of the mean loss over seeds"
        ),
        "law_of_kin": variable(
            ("kin", "width"), law_of_kin, "power law of the mean loss over seeds", "nat"
        ),
    }


def shared_widths(families: Sequence[Family]) -> list[int]:
    """Return the widths that all of some families have, ascending."""
    return sorted(set.intersection(*(set(family.width.tolist()) for family in families)))


def _fits(family: Family, least_sizes: int) -> tuple[Array, list[float], list[float], list[str]]:
    """Return constants, residual, criterion and reason of failure of each law."""
    constants = np.full((len(LAWS), len(CONSTANTS)), np.nan)
    residual, aicc = [np.nan] * len(LAWS), [np.nan] * len(LAWS)
    failure = [""] * len(LAWS)
    for place, law in enumerate(LAWS):
        if family.size.size < least_sizes:
            failure[place] = f"{family.size.size} sizes, fewer than {least_sizes}"
            continue
        try:
            found = fit(law, family.size, family.loss)
        except NoConvergence as reason:
            failure[place] = str(reason)
            continue
        at = [CONSTANTS.index(name) for name in PARAMETERS[law]]
        constants[place, at] = found.parameters
        residual[place], aicc[place] = found.residual, found.aicc
    return constants, residual, aicc, failure


def _exponent(size: ArrayLike, loss: ArrayLike) -> float:
    """Return the slope of ln L over ln N, NaN where there is none."""
    try:
        return -float(fit("power", size, loss).parameters[1])
    except NoConvergence:
        return np.nan


def _law_of_kin(
    families: Sequence[Family], widths: NDArray[np.int64], least_sizes: int
) -> tuple[float, Array]:
    """Return the exponent of the mean loss at the widths that all families have, and its law."""
    shared, law = shared_widths(families), np.full(len(widths), np.nan)
    if len(shared) < least_sizes:
        return np.nan, law
    chosen = [np.searchsorted(family.width, shared) for family in families]
    mean = np.mean([f.loss[at] for f, at in zip(families, chosen, strict=True)], axis=0)
    size = families[0].size[chosen[0]]
    try:
        parameters = fit("power", size, mean).parameters
    except NoConvergence:
        return np.nan, law
    law[np.searchsorted(widths, shared)] = predict("power", parameters, size)
    return -float(parameters[1]), law


def _known_exponent(family: Family, learned: float) -> float:
    """Return the exponent of what is left when k of the most frequent tasks are learned.

    k is proportional to the size, through the number that the middle size has learned; between
    whole numbers of tasks what is left is interpolated. Sizes that would learn all tasks are left
    out.
    """
    if not family.size.size:
        return np.nan
    middle = family.size.size // 2
    learned_tasks = int((family.accuracy[middle] > learned).sum())
    if not learned_tasks:
        return np.nan
    count = learned_tasks * family.size / family.size[middle]
    falling = np.sort(family.probability)[::-1]
    left = LN2 * np.append(falling[::-1].cumsum()[::-1], 0.0)
    some_left = count < len(falling)
    return _exponent(
        family.size[some_left], np.interp(count[some_left], np.arange(len(left)), left)
    )


def _data_exponent(family: Family) -> float:
    if not family.curves:
        return np.nan
    curve = family.curves[-1]
    late = curve.sel(step=curve["step"] >= FIRST_STEP)
    return _exponent(late["data"].values, late["loss"].values)
