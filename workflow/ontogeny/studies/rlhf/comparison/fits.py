"""How the score of a run grows with its KL."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.preferences import GAO_FORMS, GaoFit, Line, fit_gao, fit_line
from ontogeny.studies.rlhf.comparison.runs import ROLES
from ontogeny.studies.rlhf.labels import variable
from ontogeny.studies.rlhf.least import LEAST_CHECKPOINTS

__all__ = ["KL_LIMITS", "fits_of_runs"]

KL_LIMITS = (1.0, 4.0, 9.0)
"""KL [nat] up to which checkpoints are fitted."""

_GAO_UNITS = dict.fromkeys(
    [("quadratic", "a"), ("logarithmic", "a"), ("logarithmic", "b")], "nat^(1/2)"
)
"""Units of coefficients that have one: gains and KL are in nats."""

Array = NDArray[np.float64]


def fits_of_runs(table: xr.Dataset) -> dict[str, xr.Variable]:
    """Return fits of the gain on the root of KL and on KL, and the forms of Gao et al. 2022.

    Parameters
    ----------
    table : Dataset
        As of `table_of_runs`.

    Returns
    -------
    dict of str to Variable
        By ``(run, role, kl_limit)``, over all checkpoints up to that KL: ``slope_of_root`` and
        ``r_squared_of_root`` of the line of the gain on sqrt(KL), ``r_squared_of_line`` of that on
        KL. By run, over all checkpoints: ``gao_quadratic_a``, ``gao_quadratic_b`` and
        ``gao_quadratic_r_squared`` of the true gain as ``x (a - b x)``, x = sqrt(KL), and the same
        with ``logarithmic`` for ``x (a - b ln x)``. NaN with fewer than four checkpoints.
    """
    kl, root, gain = (table[name].values for name in ("kl", "root_kl", "gain"))
    shape = (len(kl), len(ROLES), len(KL_LIMITS))
    slope, of_root, of_line = (np.full(shape, np.nan) for _ in range(3))
    for place in np.ndindex(shape):
        run, role, limit = place
        near = np.isfinite(gain[run, role]) & (kl[run] <= KL_LIMITS[limit])
        on_root = _line(root[run, near], gain[run, role, near])
        slope[place], of_root[place] = on_root.slope, on_root.r_squared
        of_line[place] = _line(kl[run, near], gain[run, role, near]).r_squared
    dims = ("run", "role", "kl_limit")
    return {
        "slope_of_root": variable(dims, slope, "slope of the gain on the root of KL", "nat^(1/2)"),
        "r_squared_of_root": variable(dims, of_root, "R2 of the gain on the root of KL"),
        "r_squared_of_line": variable(dims, of_line, "R2 of the gain on KL"),
        **_gao(root, gain[:, ROLES.index("gold")]),
    }


def _line(x: Array, y: Array) -> Line:
    return fit_line(x, y) if x.size >= LEAST_CHECKPOINTS else Line(np.nan, np.nan, np.nan)


def _gao(root: Array, gain: Array) -> dict[str, xr.Variable]:
    found: dict[str, list[GaoFit]] = {form: [] for form in GAO_FORMS}
    for x, y in zip(root, gain, strict=True):
        known = np.isfinite(x) & np.isfinite(y)
        fits = fit_gao(x[known], y[known]) if known.sum() >= LEAST_CHECKPOINTS else {}
        for form in GAO_FORMS:
            found[form].append(fits.get(form, GaoFit(np.nan, np.nan, np.nan)))
    return {
        f"gao_{form}_{part}": variable(
            "run",
            np.array([getattr(fit, part) for fit in found[form]], dtype=np.float64),
            f"{label} of the {form} form of the true gain on the root of KL",
            _GAO_UNITS.get((form, part), "1"),
        )
        for form in GAO_FORMS
        for part, label in (("a", "coefficient a"), ("b", "coefficient b"), ("r_squared", "R2"))
    }
