"""A logistic model of comparisons that is antisymmetric: it has no intercept.

Symbols: ``N`` comparisons; ``D`` columns.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

__all__ = ["fitted"]

Array = NDArray[np.float64]


def fitted(
    rows: Any, penalty: float, *, start: Array | None = None, tolerance: float = 1e-3
) -> Array:
    """Return the weights that make the penalised log loss least.

    The chosen response is chosen with probability ``sigmoid(rows @ weights)``; minimised is
    ``sum log(1 + exp(-rows @ weights)) + penalty / 2 |weights|^2``.

    Parameters
    ----------
    rows : (N, D) scipy.sparse.csr_array
        The chosen response minus the rejected one.
    penalty : float
        Above 0.
    start : (D,) ndarray, optional
        Where the search starts; zeros when left out.
    tolerance : float
        Largest component of the gradient at the end.

    Returns
    -------
    (D,) ndarray
    """
    seen = np.unique(rows.indices)  # the weights of all other columns are 0
    some = rows[:, seen]
    columns = some.T.tocsr()

    def loss(weights: Array) -> tuple[float, Array]:
        score = some @ weights
        wrong = 1 / (1 + np.exp(np.clip(score, -700, 700)))
        value = np.logaddexp(0, -score).sum() + penalty / 2 * (weights @ weights)
        return float(value), penalty * weights - columns @ wrong

    first = np.zeros(seen.size) if start is None else start[seen]
    options = {"maxiter": 2000, "gtol": tolerance, "ftol": 1e-13}
    weights = np.zeros(rows.shape[1])
    weights[seen] = minimize(loss, first, jac=True, method="L-BFGS-B", options=options).x
    return weights
