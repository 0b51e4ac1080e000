"""Whether the hidden layer holds ``rho(ab)``, and the last map the trace with ``rho(c^-1)``.

Symbols: ``n`` elements, ``R`` real irreps, ``h`` neurons; ``M[g]`` the mean of the hidden layer
over all pairs with product ``g``; ``W`` the neuron-to-logit map; ``Q`` the orthonormal entries of
all irreps, ``Q_rho`` those of one, of number ``rank``.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from ontogeny.labels import Measure
from ontogeny.studies.composition.irreps.analysis.frame import Frame
from ontogeny.studies.composition.irreps.analysis.means import Means

__all__ = ["Recovery", "recovery"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Recovery:
    """The two halves of the composition circuit (arXiv 2302.03025, recovery of rho(ab), final map).

    Attributes
    ----------
    change_of_basis : (n, h) ndarray
        ``C = Q^T M``: how strongly each neuron holds each entry of ``rho(ab)``.
    hidden_cosine : (R,) ndarray
        Cosine between ``Q_rho`` and what the change of basis makes of it and takes back,
        ``Q_rho C C^T``. It is 1 when the hidden layer holds every entry of ``rho(ab)`` equally
        strongly and independently of the others. NaN for an irrep that the layer does not hold.
    hidden_error : (R,) ndarray
        Mean square difference of the two over all pairs and entries, each scaled to norm 1:
        ``2 (1 - cosine) / (n^2 rank)``.
    readout_map : (n, n) ndarray
        ``K = Q^T (M W^T) Q``: the linear map from entries of ``rho(ab)`` to entries of ``rho(c)``.
        Of a real orthogonal irrep ``tr rho(g) rho(c^-1) = sum_ij rho_ij(g) rho_ij(c)``, so the
        ideal is a multiple of the identity in every irrep, whatever its type.
    readout_cosine : (R,) ndarray
        Cosine between the block of ``K`` of an irrep and the identity.
    readout_scale : (R,) ndarray
        ``s`` of the best ``s chi_rho(g c^-1)``: ``tr K_rho / (n chi_rho(1))``.
    """

    change_of_basis: Annotated[Array, Measure(("entry", "neuron"), "component of the hidden layer")]
    hidden_cosine: Annotated[
        Array, Measure("irrep", "cosine of the recovered representation with the true one")
    ]
    hidden_error: Annotated[
        Array, Measure("irrep", "mean square error of the recovered representation")
    ]
    readout_map: Annotated[Array, Measure(("entry", "output_entry"), "map from rho(ab) to rho(c)")]
    readout_cosine: Annotated[Array, Measure("irrep", "cosine of the map with the ideal")]
    readout_scale: Annotated[Array, Measure("irrep", "character's factor in the logits")]


def recovery(means: Means, unembedding: Array, frame: Frame) -> Recovery:
    """Return both halves of the composition circuit, for every irrep.

    Parameters
    ----------
    means : Means
    unembedding : (n, h) ndarray
        The neuron-to-logit map.
    frame : Frame

    Returns
    -------
    Recovery
    """
    n = frame.order
    change = frame.basis.T @ means.product
    whole = change @ (unembedding.T @ frame.basis)
    blocks = [np.flatnonzero(frame.irrep_of_entry == r) for r in range(len(frame.irreps))]
    held = np.array([_cosine_with_identity(change[b] @ change[b].T) for b in blocks])
    maps = [whole[np.ix_(b, b)] for b in blocks]
    trace = np.array([np.trace(block) for block in maps])
    return Recovery(
        change_of_basis=change,
        hidden_cosine=held,
        hidden_error=2 * (1 - held) / (n**2 * frame.rank),
        readout_map=whole,
        readout_cosine=np.array([_cosine_with_identity(block) for block in maps]),
        readout_scale=trace / (n * frame.character.max(axis=1)),
    )


def _cosine_with_identity(matrix: Array) -> float:
    norm = np.linalg.norm(matrix)
    return float(np.trace(matrix) / (np.sqrt(len(matrix)) * norm)) if norm > 0 else float("nan")
