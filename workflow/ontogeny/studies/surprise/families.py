"""Families of networks that differ in size alone: which count, and the laws of their losses.

Symbols: ``F`` families, ``W`` widths, ``K`` kins, ``C`` cuts. A width that a family lacks is NaN.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import text
from ontogeny.scaling import LAWS, PARAMETERS, NoConvergence, band, cuts, fit, predict
from ontogeny.studies.surprise.labels import variable

__all__ = [
    "CONSTANTS",
    "bands_of_kins",
    "control_of",
    "cut_labels",
    "described",
    "families_of",
    "forecasts_of_loss",
    "known_sizes",
    "laws_of_loss",
    "main_kin",
]

CONSTANTS = tuple(dict.fromkeys(name for law in LAWS for name in PARAMETERS[law]))
"""Constants of all laws; a law has some of them."""

CONTROL = 4
"""A control has so many times the training."""

BANDED = ("power", "offset")
"""Laws with a band; `broken` is too slow to be fitted to many draws."""

Array = NDArray[np.float64]
Variables = dict[str, xr.Variable]


def main_kin(scaling: xr.Dataset) -> str | None:
    """Return the kin that claims are judged on: the one with the most families of several sizes.

    Kins differ in depth or training, and are not mixed. Of equal ones the first counts.

    Parameters
    ----------
    scaling : Dataset
        With ``kin_of_family`` and ``parameters(family, width)``.

    Returns
    -------
    str or None
        None when no family has several sizes.
    """
    several = scaling["parameters"].notnull().sum("width").values > 1
    kins = scaling["kin_of_family"].values[several].tolist()
    return max(dict.fromkeys(kins), key=kins.count, default=None)


def control_of(scaling: xr.Dataset, kin: str) -> str | None:
    """Return the kin that differs from another one in having four times the training, if any.

    Parameters
    ----------
    scaling : Dataset
        With ``kin_of_family``, ``world_of_family``, ``layers_of_family``, ``steps_of_family``.
    kin : str
    """
    kins = scaling["kin_of_family"].values.tolist()
    described = list(
        zip(
            scaling["world_of_family"].values.tolist(),
            scaling["layers_of_family"].values.tolist(),
            scaling["steps_of_family"].values.tolist(),
            strict=True,
        )
    )
    world, layers, steps = described[kins.index(kin)]
    wanted = (world, layers, CONTROL * steps)
    return next((name for name, of in zip(kins, described, strict=True) if of == wanted), None)


def families_of(scaling: xr.Dataset, kin: str | None) -> xr.Dataset:
    """Return the families of a kin that have several sizes; none when the kin is None."""
    several = scaling["parameters"].notnull().sum("width").values > 1
    return scaling.isel(family=several & (scaling["kin_of_family"].values == kin))


def known_sizes(*quantities: Array) -> NDArray[np.int64]:
    """Return the places of the sizes at which all quantities of a family, (W,) each, are known."""
    return np.flatnonzero(np.isfinite(np.stack(quantities)).all(axis=0))


def cut_labels(parameters: Array, least_sizes: int) -> NDArray[np.int64]:
    """Return all cuts that any family has, from its sizes (F, W)."""
    most = int(np.isfinite(parameters).sum(axis=1).max(initial=0))
    return np.array(cuts(most, least_sizes), dtype=np.int64)


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
        ``fitted(family, law, width)`` [nat], what the law gives at the sizes of the family, and
        ``exponent(family)`` of the power law, which is negative when the loss falls.
    """
    shape = len(parameters), len(LAWS)
    constants = np.full((*shape, len(CONSTANTS)), np.nan)
    residual, aicc = np.full((2, *shape), np.nan)
    fitted = np.full((*shape, parameters.shape[1]), np.nan)
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
    exponent = -constants[:, LAWS.index("power"), CONSTANTS.index("exponent")]
    by_law = ("family", "law")
    return {
        "constants": variable((*by_law, "constant"), constants, "constants of the law"),
        "fitted": variable((*by_law, "width"), fitted, "loss that the law gives", "nat"),
        "residual": variable(by_law, residual, "r.m.s. residual of ln loss"),
        "aicc": variable(by_law, aicc, "Akaike's criterion, corrected for few sizes"),
        "failure": variable(by_law, failure, "why the law is not fitted"),
        "exponent": variable("family", exponent, "exponent of loss against parameters"),
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
        "loss_miss": variable(dims, miss, "loss predicted over loss seen, less 1"),
    }


def bands_of_kins(
    parameters: Array, loss: Array, kins: Sequence[str], *, least_sizes: int
) -> Variables:
    """Return in which band the loss of a new network is expected beyond each cut.

    Parameters
    ----------
    parameters, loss : (F, W) ndarray
    kins : sequence of str
        The kin of each family. The band is that of `ontogeny.scaling.band` over its families with
        the most sizes.
    least_sizes : int

    Returns
    -------
    dict of str to Variable
        ``band(kin, law, cut, width, end)`` [nat], NaN for `broken`; ``covered(kin, law, cut,
        width)``, the share of networks with a loss in it.
    """
    labels, names = cut_labels(parameters, least_sizes), list(dict.fromkeys(kins))
    shape = len(names), len(LAWS), len(labels), parameters.shape[1]
    ends, covered = np.full((*shape, 2), np.nan), np.full(shape, np.nan)
    for row, name in enumerate(names):
        members = np.flatnonzero(np.array(kins) == name)
        is_known = np.isfinite(parameters[members]) & np.isfinite(loss[members])
        full = members[is_known.sum(axis=1) == is_known.sum(axis=1).max()]
        known = known_sizes(*parameters[full], *loss[full])
        sizes, losses = parameters[full[0]], loss[full]
        for at_law, law in enumerate(LAWS):
            if law not in BANDED:
                continue
            for at_cut, cut in enumerate(cuts(len(known), least_sizes)):
                seen, beyond = known[:cut], known[cut:]
                try:
                    lower, upper = band(law, sizes[seen], losses[:, seen], sizes[beyond])
                except NoConvergence:
                    continue
                at = row, at_law, at_cut, beyond
                ends[at] = np.stack([lower, upper], axis=1)
                inside = (losses[:, beyond] >= lower) & (losses[:, beyond] <= upper)
                covered[at] = np.where(np.isnan(lower), np.nan, inside.mean(axis=0))
    dims = ("kin", "law", "cut", "width")
    return {
        "band": variable((*dims, "end"), ends, "band of 95 % of the loss of a new network", "nat"),
        "covered": variable(dims, covered, "share of losses within the band"),
    }


def described(about: Sequence[Mapping[str, object]], meaning: Mapping[str, str]) -> Variables:
    """Return what the configuration says of each family, ``NAME_of_family``.

    Parameters
    ----------
    about : sequence of mapping
        Of a run of each family.
    meaning : mapping of str to str
        Names, and what they mean.
    """
    found = {}
    for name, long_name in meaning.items():
        values = [each[name] for each in about]
        array = text(map(str, values)) if isinstance(values[0], str) else np.array(values)
        found[f"{name}_of_family"] = variable("family", array, long_name)
    return found
