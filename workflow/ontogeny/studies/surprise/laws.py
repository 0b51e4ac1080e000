"""Laws of the losses of families over size: fits, forecasts at every cut, and bands.

Symbols: ``F`` families, ``W`` widths, ``C`` cuts. A width that a family lacks is NaN.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ontogeny.scaling import (
    LAWS,
    PARAMETERS,
    NoConvergence,
    band,
    cuts,
    fit,
    predict,
    profile_interval,
)
from ontogeny.studies.surprise.families import Array, Variables, settings
from ontogeny.studies.surprise.labels import variable

__all__ = [
    "CONSTANTS",
    "bands_of_settings",
    "cut_labels",
    "exponent_of",
    "forecasts_of_loss",
    "known_sizes",
    "laws_of_loss",
    "laws_of_settings",
]

CONSTANTS = tuple(dict.fromkeys(name for law in LAWS for name in PARAMETERS[law]))
"""Constants of all laws; a law has some of them."""

BANDED = ("power", "offset")
"""Laws with a band; `broken` is too slow to be fitted to many draws."""


def known_sizes(*quantities: Array) -> NDArray[np.int64]:
    """Return the places of the sizes at which all quantities of a family, (W,) each, are known."""
    return np.flatnonzero(np.isfinite(np.stack(quantities)).all(axis=0))


def cut_labels(parameters: Array, least_sizes: int) -> NDArray[np.int64]:
    """Return all cuts that any family has, from its sizes (F, W)."""
    most = int(np.isfinite(parameters).sum(axis=1).max(initial=0))
    return np.array(cuts(most, least_sizes), dtype=np.int64)


def exponent_of(sizes: Array, losses: Array, *, least_sizes: int = 2) -> float:
    """Return the exponent of the power law of some losses, negative when they fall.

    Parameters
    ----------
    sizes, losses : (W,) ndarray
        NaN where there is none.
    least_sizes : int
        With fewer sizes, and where the law cannot be fitted, the exponent is NaN.
    """
    known = known_sizes(sizes, losses)
    if len(known) < least_sizes:
        return np.nan
    try:
        constants = fit("power", sizes[known], losses[known]).parameters
    except NoConvergence:
        return np.nan
    return -float(constants[PARAMETERS["power"].index("exponent")])


def laws_of_loss(parameters: Array, loss: Array, *, least_sizes: int) -> Variables:
    """Fit all laws to the loss of each family.

    Parameters
    ----------
    parameters, loss : (F, W) ndarray
        Sizes, and losses [nat].
    least_sizes : int
        A family with fewer sizes is not fitted.

    Returns
    -------
    dict of str to Variable
        ``constants(family, law, constant)``, ``residual(family, law)``, ``aicc(family, law)``, NaN
        where there is no fit, ``failure(family, law)``, why there is none,
        ``fitted(family, law, width)`` [nat], what the law gives at the sizes of the family,
        ``exponent(family)`` of the power law, which is negative when the loss falls, and
        ``exponent_interval(family, end)``, where 95 % profile likelihood puts the constant
        ``exponent`` of `offset`, 0 or infinite where it is open.
    """
    shape = len(parameters), len(LAWS)
    constants = np.full((*shape, len(CONSTANTS)), np.nan)
    residual, aicc = np.full((2, *shape), np.nan)
    fitted = np.full((*shape, parameters.shape[1]), np.nan)
    interval = np.full((len(parameters), 2), np.nan)
    failure = np.full(shape, "", dtype=object)
    for row, (sizes, losses) in enumerate(zip(parameters, loss, strict=True)):
        known = known_sizes(sizes, losses)
        for place, law in enumerate(LAWS):
            if len(known) < least_sizes:
                failure[row, place] = f"has {len(known)} sizes, needs at least {least_sizes}"
                continue
            try:
                found = fit(law, sizes[known], losses[known])
            except NoConvergence as reason:
                failure[row, place] = str(reason)
                continue
            of_law = [CONSTANTS.index(name) for name in PARAMETERS[law]]
            constants[row, place, of_law] = found.parameters
            residual[row, place], aicc[row, place] = found.residual, found.aicc
            fitted[row, place, known] = predict(law, found.parameters, sizes[known])
            if law == "offset":
                interval[row] = profile_interval(sizes[known], losses[known])
    exponent = -constants[:, LAWS.index("power"), CONSTANTS.index("exponent")]
    by_law = ("family", "law")
    return {
        "constants": variable((*by_law, "constant"), constants, "constants of the law"),
        "fitted": variable((*by_law, "width"), fitted, "loss that the law gives", "nat"),
        "residual": variable(by_law, residual, "r.m.s. residual of ln loss"),
        "aicc": variable(by_law, aicc, "Akaike's criterion, corrected for few sizes"),
        "failure": variable(by_law, failure, "why the law is not fitted"),
        "exponent": variable("family", exponent, "exponent of loss against parameters"),
        "exponent_interval": variable(
            ("family", "end"), interval, "interval of 95 % of the exponent of offset"
        ),
    }


def laws_of_settings(
    parameters: Array, loss: Array, setting_of_family: Sequence[str], *, least_sizes: int
) -> Variables:
    """Fit the power law to the mean loss of each setting.

    Parameters
    ----------
    parameters, loss : (F, W) ndarray
    setting_of_family : sequence of str
    least_sizes : int
        A setting with fewer sizes is not fitted.

    Returns
    -------
    dict of str to Variable
        ``law_of_setting(setting, width)`` [nat], and its ``exponent_of_setting(setting)``; NaN
        where there is no fit. The families and sizes are those of `bands_of_settings`.
    """
    of_setting = settings(setting_of_family)
    law = np.full((len(of_setting), parameters.shape[1]), np.nan)
    exponent = np.full(len(of_setting), np.nan)
    for row, members in enumerate(of_setting.values()):
        families, known = _replicates(parameters, loss, members)
        if len(known) < least_sizes:
            continue
        sizes, mean = parameters[families[0], known], loss[np.ix_(families, known)].mean(axis=0)
        try:
            found = fit("power", sizes, mean).parameters
        except NoConvergence:
            continue
        law[row, known] = predict("power", found, sizes)
        exponent[row] = -found[PARAMETERS["power"].index("exponent")]
    return {
        "law_of_setting": variable(
            ("setting", "width"), law, "power law of the mean loss over seeds", "nat"
        ),
        "exponent_of_setting": variable("setting", exponent, "exponent of that law"),
    }


def forecasts_of_loss(parameters: Array, loss: Array, *, least_sizes: int) -> Variables:
    """Predict the loss of each family at all sizes beyond each cut, from those before it.

    Parameters
    ----------
    parameters, loss : (F, W) ndarray
    least_sizes : int
        The smallest cut.

    Returns
    -------
    dict of str to Variable
        ``loss_forecast(family, law, cut, width)`` [nat] and ``loss_miss``, predicted over seen less
        1; NaN before the cut, and where the law cannot be fitted.
    """
    labels = cut_labels(parameters, least_sizes)
    shape = len(parameters), len(LAWS), len(labels), parameters.shape[1]
    found = np.full(shape, np.nan)
    for row, (sizes, losses) in enumerate(zip(parameters, loss, strict=True)):
        known = known_sizes(sizes, losses)
        for at_law, law in enumerate(LAWS):
            for at_cut, cut in enumerate(cuts(len(known), least_sizes)):
                seen, beyond = known[:cut], known[cut:]
                try:
                    fitted = fit(law, sizes[seen], losses[seen])
                except NoConvergence:
                    continue
                found[row, at_law, at_cut, beyond] = predict(law, fitted.parameters, sizes[beyond])
    dims = ("family", "law", "cut", "width")
    miss = found / loss[:, None, None, :] - 1
    return {
        "loss_forecast": variable(dims, found, "loss predicted from smaller sizes", "nat"),
        "loss_miss": variable(dims, miss, "relative error of the predicted loss"),
    }


def bands_of_settings(
    parameters: Array, loss: Array, setting_of_family: Sequence[str], *, least_sizes: int
) -> Variables:
    """Return in which band the loss of a new network is expected beyond each cut.

    Parameters
    ----------
    parameters, loss : (F, W) ndarray
    setting_of_family : sequence of str
        The band of a setting is that of `ontogeny.scaling.band` over its families with the most
        sizes, at the sizes that all of these have.
    least_sizes : int

    Returns
    -------
    dict of str to Variable
        ``band(setting, law, cut, width, end)`` [nat], NaN for `broken`; ``covered(setting, law,
        cut, width)``, the share of the losses of these families that lie in it.
    """
    labels, of_setting = cut_labels(parameters, least_sizes), settings(setting_of_family)
    shape = len(of_setting), len(LAWS), len(labels), parameters.shape[1]
    ends, covered = np.full((*shape, 2), np.nan), np.full(shape, np.nan)
    for row, members in enumerate(of_setting.values()):
        families, known = _replicates(parameters, loss, members)
        sizes, losses = parameters[families[0]], loss[families]
        for law in BANDED:
            for at_cut, cut in enumerate(cuts(len(known), least_sizes)):
                seen, beyond = known[:cut], known[cut:]
                try:
                    lower, upper = band(law, sizes[seen], losses[:, seen], sizes[beyond])
                except NoConvergence:
                    continue
                at = row, LAWS.index(law), at_cut, beyond
                ends[at] = np.stack([lower, upper], axis=1)
                inside = (losses[:, beyond] >= lower) & (losses[:, beyond] <= upper)
                covered[at] = np.where(np.isnan(lower), np.nan, inside.mean(axis=0))
    dims = ("setting", "law", "cut", "width")
    return {
        "band": variable((*dims, "end"), ends, "band of 95 % of the loss of a new network", "nat"),
        "covered": variable(dims, covered, "share of losses within the band"),
    }


def _replicates(
    parameters: Array, loss: Array, members: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which of some families have the most sizes, and the places that all of them have."""
    count = (np.isfinite(parameters[members]) & np.isfinite(loss[members])).sum(axis=1)
    families = members[count == count.max()]
    return families, known_sizes(*parameters[families], *loss[families])
