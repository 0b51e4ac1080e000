"""All parameters of a network in one vector, and the gradient in another.

Symbols: ``P`` the number of parameters; ``K`` the number of networks.
"""

from collections.abc import Mapping
from itertools import pairwise
from math import prod

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["ParameterBuffer"]


class ParameterBuffer:
    """Named parameters that lie one after the other in a single vector.

    An optimiser that gets the vector updates all parameters in one call, and a checkpoint is one
    copy. The named tensors are views: what is written to them is in the vector, and conversely.

    Parameters
    ----------
    initial : mapping of str to Tensor
        Initial value of each parameter; copied, in the order of the mapping.
    dtype : torch.dtype, optional
        Floating-point type of the vector.
    device : torch.device or str, optional
        Its device.

    Attributes
    ----------
    vector : (P,) Tensor
        The parameters. Its ``grad`` is the gradient, zero at first.
    parameters : dict of str to Tensor
        Views of `vector` in the shapes of `initial`.
    gradient : dict of str to Tensor
        Views of ``vector.grad`` in the same shapes.

    Examples
    --------
    >>> buffer = ParameterBuffer({"W": torch.ones(2, 3), "b": torch.zeros(2)})
    >>> buffer.gradient["W"].fill_(0.5)[0, 0]
    tensor(0.5000)
    >>> torch.optim.AdamW([buffer.vector], lr=0.1, weight_decay=0.0, fused=True).step()
    >>> buffer.parameters["W"][0], buffer.parameters["b"]
    (tensor([0.9000, 0.9000, 0.9000]), tensor([0., 0.]))
    """

    vector: Float[Tensor, " P"]
    parameters: dict[str, Tensor]
    gradient: dict[str, Tensor]

    def __init__(
        self,
        initial: Mapping[str, Tensor],
        *,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> None:
        self._shapes = {name: tuple(value.shape) for name, value in initial.items()}
        sizes = [prod(shape) for shape in self._shapes.values()]
        self.vector = torch.empty(sum(sizes), dtype=dtype, device=device)
        self.vector.grad = torch.zeros_like(self.vector)
        self.parameters = self._views(self.vector, sizes)
        self.gradient = self._views(self.vector.grad, sizes)
        for name, value in initial.items():
            self.parameters[name].copy_(value)

    def split(self, vectors: NDArray[np.floating]) -> dict[str, NDArray[np.floating]]:
        """Return the named parameters of stored vectors.

        Parameters
        ----------
        vectors : (..., P) ndarray

        Returns
        -------
        dict of str to (..., *shape) ndarray
            Views of `vectors`.

        Raises
        ------
        ValueError
            If the last axis of `vectors` has not the length P.

        Examples
        --------
        >>> buffer = ParameterBuffer({"W": torch.ones(2, 3), "b": torch.zeros(2)})
        >>> buffer.split(np.zeros((7, 8)))["W"].shape
        (7, 2, 3)
        """
        if vectors.shape[-1] != self.vector.numel():
            message = (
                f"`vectors` must end in an axis of length {self.vector.numel()}, "
                f"got shape {vectors.shape!r}"
            )
            raise ValueError(message)
        ends = np.cumsum([0, *(prod(shape) for shape in self._shapes.values())])
        return {
            name: vectors[..., first:last].reshape(*vectors.shape[:-1], *shape)
            for (name, shape), (first, last) in zip(
                self._shapes.items(), pairwise(ends), strict=True
            )
        }

    def _views(self, vector: Tensor, sizes: list[int]) -> dict[str, Tensor]:
        parts = torch.split(vector, sizes)
        return {
            name: part.view(shape)
            for (name, shape), part in zip(self._shapes.items(), parts, strict=True)
        }
