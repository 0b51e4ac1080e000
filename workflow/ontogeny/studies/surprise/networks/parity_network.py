"""A network of one hidden layer that learns sparse parity, with its gradient by hand.

``h = relu(W_T[task] + bits W_B + b_in)``, ``logit = h u + c``.

Symbols: ``J`` tasks; ``n`` bits; ``d`` width; ``B`` examples of a minibatch.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import embedding_bag, logsigmoid

from ontogeny.studies.surprise.worlds.parity import ParityTasks, unpacked
from ontogeny.training import Objective

__all__ = ["Batch", "Parameters", "ParityMinibatches", "ParityNetwork", "parity_objective"]

Parameters = dict[str, Tensor]
"""Each parameter by its name in `ParityNetwork.shapes`."""

Batch = tuple[Int[Tensor, " B"], Float[Tensor, "B n"], Float[Tensor, " B"]]
"""Tasks in ascending order; bits, 0 or 1; the sign of the right logit, -1 or 1."""


@dataclass(frozen=True)
class ParityNetwork:
    """The network: its parameters, how they start, what they compute.

    Attributes
    ----------
    tasks, bits, width : int
        J, n and d.
    """

    tasks: int
    bits: int
    width: int

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each parameter, in their order."""
        return {
            "W_T": (self.tasks, self.width),
            "W_B": (self.bits, self.width),
            "b_in": (self.width,),
            "u": (self.width,),
            "c": (),
        }

    @property
    def size(self) -> int:
        """Return the number of parameters, ``d (J + n + 2) + 1``.

        Examples
        --------
        >>> ParityNetwork(tasks=64, bits=32, width=256).size
        25089
        """
        return self.width * (self.tasks + self.bits + 2) + 1

    def initial(self, generator: torch.Generator) -> Parameters:
        """Return initial parameters.

        Those of the hidden layer are uniform within 1 / sqrt(J + n), u within 1 / sqrt(d); c is 0.
        """
        bounds = dict.fromkeys(("W_T", "W_B", "b_in"), 1 / sqrt(self.tasks + self.bits))
        bounds |= {"u": 1 / sqrt(self.width), "c": 0.0}
        return {
            name: (2 * torch.rand(shape, generator=generator) - 1) * bounds[name]
            for name, shape in self.shapes().items()
        }

    def logits(
        self, parameters: Parameters, task: Int[Tensor, " B"], bits: Float[Tensor, "B n"]
    ) -> Float[Tensor, " B"]:
        """Return the logit of the answer 1 for each example; differentiable.

        Parameters
        ----------
        parameters : dict of str to Tensor
        task : (B,) Tensor of int64
            Counted from 0, in any order.
        bits : (B, n) Tensor
            0 or 1.
        """
        W_T, W_B, b_in, u, c = (parameters[name] for name in self.shapes())
        return torch.relu(W_T[task] + bits @ W_B + b_in) @ u + c


@dataclass
class ParityMinibatches:
    """New examples for every update, which depend on a seed and the number of the update alone.

    `ahead` minibatches are drawn at once from a generator of their own.

    Attributes
    ----------
    tasks : ParityTasks
    size : int
        Examples of a minibatch, B.
    seed, ahead : int
    """

    tasks: ParityTasks
    size: int
    seed: int
    ahead: int = 16

    _block: int = field(default=-1, init=False, repr=False)
    _drawn: tuple[Tensor, ...] = field(default=(), init=False, repr=False)

    def __call__(self, update: int) -> Batch:
        """Return the examples of an update."""
        block, place = divmod(update, self.ahead)
        if block != self._block:
            self._drawn = self._draw(np.random.default_rng([self.seed, block]))
            self._block = block
        task, bits, sign = (each[place] for each in self._drawn)
        return task, bits, sign

    def _draw(self, rng: np.random.Generator) -> tuple[Tensor, ...]:
        """Return tasks, bits and signs, each with the axes of minibatch and example first."""
        task, words = self.tasks.draw(rng, self.ahead * self.size)
        # Words do not depend on tasks, so these may be sorted alone: the minibatch is as likely.
        # Integers of 16 bits are sorted by their digits, in time linear in their number.
        short = task.astype(np.min_scalar_type(len(self.tasks.masks)))
        task = np.sort(short.reshape(self.ahead, -1), kind="stable").astype(np.int64)
        answers = self.tasks.answers(task.ravel(), words)
        bits = unpacked(words, self.tasks.bits)
        sign = 2 * answers.astype(np.float32) - 1
        return (
            torch.from_numpy(task),
            torch.from_numpy(bits).view(self.ahead, self.size, -1),
            torch.from_numpy(sign).view(self.ahead, self.size),
        )


def parity_objective(network: ParityNetwork, batches: Callable[[int], Batch]) -> Objective:
    """Return the mean loss ``log(1 + exp(-sign logit))`` [nat] of the examples of a minibatch.

    Parameters
    ----------
    network : ParityNetwork
    batches : callable
        The minibatch of an update, its tasks in ascending order: the gradient of the row of a task
        is the sum over examples that lie next to each other. It is moved to where the parameters
        lie, and converted to their type.

    Returns
    -------
    callable
        Writes the gradient of the loss, and returns the loss.
    """

    def loss_and_gradient(parameters: Parameters, gradient: Parameters, update: int) -> Tensor:
        W_T, W_B, b_in, u, c = (parameters[name] for name in network.shapes())
        task, bits, sign = batches(update)
        task, bits, sign = task.to(W_T.device), bits.to(W_T), sign.to(W_T)

        hidden = torch.index_select(W_T + b_in, 0, task).addmm_(bits, W_B).relu_()
        margin = sign * (torch.mv(hidden, u) + c)
        slope = sign * torch.sigmoid(-margin) / -len(task)  # of the loss, with respect to the logit

        torch.sum(slope, 0, out=gradient["c"])
        torch.mv(hidden.t(), slope, out=gradient["u"])
        # The slope with respect to the hidden layer before its ReLU, but for the factor u.
        active = hidden.sign_().mul_(slope[:, None])
        torch.mm(bits.t(), active, out=gradient["W_B"]).mul_(u)
        examples = torch.arange(len(task), device=task.device)
        first = torch.searchsorted(task, torch.arange(network.tasks, device=task.device))
        torch.mul(embedding_bag(examples, active, first, mode="sum"), u, out=gradient["W_T"])
        torch.sum(gradient["W_T"], 0, out=gradient["b_in"])
        return -logsigmoid(margin).mean()

    return loss_and_gradient
