"""A network of one hidden layer that learns sparse parity, with its gradient by hand.

``h = relu(W_T[task] + bits W_B + b_in)``, ``logit = h u + c``.

Symbols: ``J`` tasks; ``n`` bits; ``d`` width; ``B`` examples of a minibatch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float32, Int, Int32
from torch import Tensor
from torch.nn.functional import pad, softplus

from ontogeny.networks.minibatches import drawn_ahead
from ontogeny.studies.surprise.networks.parity_parameters import PARITY_PARAMETERS
from ontogeny.studies.surprise.worlds.parity import ParityTasks, unpacked
from ontogeny.training import Objective

__all__ = ["Batch", "Parameters", "ParityNetwork", "parity_minibatches", "parity_objective"]

Parameters = dict[str, Tensor]
"""Each parameter by its name in `ParityNetwork.shapes`."""

_LINEAR = 40.0
"""From where on softplus(x) is x, to the precision of float64."""


class Batch(NamedTuple):
    """A minibatch, by ascending task.

    Attributes
    ----------
    bits : (B, n) Tensor of float32
        0 or 1.
    sign : (B,) Tensor of float32
        1 where the answer is 1, -1 where it is 0.
    first : (J,) Tensor of int32
        How many examples have a lower task.
    rows : (B, 1 + ceil(n / 8)) Tensor of int32
        The task, counted from 0; then, for each octet q of the word, its value + J + 256 q.
    """

    bits: Float32[Tensor, "B n"]
    sign: Float32[Tensor, " B"]
    first: Int32[Tensor, " J"]
    rows: Int32[Tensor, "B rows"]


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
        sizes = {"task": self.tasks, "bit": self.bits, "neuron": self.width}
        return {
            name: tuple(sizes[dimension] for dimension in dimensions)
            for name, dimensions in PARITY_PARAMETERS.items()
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
        W_T, W_B, b_in, u, c = (parameters[name] for name in PARITY_PARAMETERS)
        return torch.relu(W_T[task] + bits @ W_B + b_in) @ u + c


def parity_minibatches(
    tasks: ParityTasks, size: int, seed: int, *, ahead: int = 16
) -> Callable[[int], Batch]:
    """Return a function from an update to its new examples.

    They depend on the seed and the number of the update alone. The order of the examples of a
    minibatch does not matter, so only the number that belongs to each task is drawn.

    Parameters
    ----------
    tasks : ParityTasks
    size : int
        Examples of a minibatch, B.
    seed, ahead : int
        As for `drawn_ahead`.
    """
    count, octets = len(tasks.masks), _octets(tasks.bits)

    def draw(rng: np.random.Generator, number: int) -> list[Batch]:
        times = rng.multinomial(size, tasks.probability, size=number)
        task = np.repeat(np.tile(np.arange(count), number), times.ravel())
        words = tasks.words(rng, number * size)
        values = words.astype("<u4").view(np.uint8).reshape(len(words), 4)
        rows = np.empty((len(words), 1 + octets), dtype=np.int32)
        rows[:, 0] = task
        for octet in range(octets):
            np.add(values[:, octet], np.int32(count + 256 * octet), out=rows[:, 1 + octet])
        fields = (
            unpacked(words, tasks.bits),
            2 * tasks.answers(task, words).astype(np.float32) - 1,
            (times.cumsum(axis=1) - times).ravel().astype(np.int32),
            rows,
        )
        parts = (torch.from_numpy(each).chunk(number) for each in fields)
        return [Batch(*each) for each in zip(*parts, strict=True)]

    return drawn_ahead(draw, seed, ahead=ahead)


def parity_objective(network: ParityNetwork, batches: Callable[[int], Batch]) -> Objective:
    """Return the mean loss ``log(1 + exp(-sign logit))`` [nat] of the examples of a minibatch.

    Eight bits contribute one of 256 vectors to the hidden layer. All of these are computed first,
    so that each example is a sum of a few of them instead of a product with all n rows of W_B.

    Parameters
    ----------
    network : ParityNetwork
    batches : callable
        The minibatch of an update; it is moved to where the parameters lie, and converted to their
        type.

    Returns
    -------
    callable
        Writes the gradient of the loss, and returns the loss.
    """
    octets = _octets(network.bits)
    missing = 8 * octets - network.bits
    room: _Room | None = None

    @torch.no_grad()
    def loss_and_gradient(parameters: Parameters, gradient: Parameters, batch: Batch) -> Tensor:
        nonlocal room
        W_T, W_B, b_in, u, c = (parameters[name] for name in PARITY_PARAMETERS)
        bits, sign = batch.bits.to(W_T), batch.sign.to(W_T)
        first, rows = batch.first.to(W_T.device), batch.rows.to(W_T.device)
        if room is None or not room.fits(rows, W_T):
            room = _Room.made(network, rows, W_T)

        torch.add(W_T, b_in, out=room.of_tasks)
        padded = pad(W_B, (0, 0, 0, missing)) if missing else W_B
        torch.bmm(room.patterns, padded.view(octets, 8, -1), out=room.of_octets)
        hidden = _sums(room.table, rows.view(-1), room.starts).relu_()
        wrong = torch.addmv(c, hidden, u).mul_(sign).neg_()
        slope = torch.sigmoid(wrong).mul_(sign).div_(-len(rows))  # d loss / d logit

        torch.sum(slope, 0, out=gradient["c"])
        torch.mv(hidden.t(), slope, out=gradient["u"])
        # Times u, the derivative with respect to the hidden layer before its ReLU.
        active = hidden.gt_(0).mul_(slope.unsqueeze(1))
        torch.mm(bits.t(), active, out=gradient["W_B"]).mul_(u)
        torch.mul(_sums(active, room.examples, first), u, out=gradient["W_T"])
        torch.sum(gradient["W_T"], 0, out=gradient["b_in"])
        return softplus(wrong, threshold=_LINEAR).mean()

    return lambda parameters, gradient, update: loss_and_gradient(
        parameters, gradient, batches(update)
    )


@dataclass(frozen=True)
class _Room:
    """Tensors that every update needs again, on the device of the parameters."""

    table: Tensor  # (J + 256 octets, d): what each task, and each value of each octet, adds
    of_tasks: Tensor
    of_octets: Tensor
    patterns: Tensor  # (octets, 256, 8): the bits of each value
    starts: Tensor  # (B,): where the rows of each example begin
    examples: Tensor

    @classmethod
    def made(cls, network: ParityNetwork, rows: Tensor, like: Tensor) -> "_Room":
        octets = _octets(network.bits)
        table = like.new_empty(network.tasks + 256 * octets, network.width)
        patterns = torch.from_numpy(unpacked(np.arange(256, dtype=np.uint32), 8)).to(like)
        return cls(
            table,
            table[: network.tasks],
            table[network.tasks :].view(octets, 256, -1),
            patterns.expand(octets, 256, 8),
            torch.arange(0, rows.numel(), 1 + octets).to(rows),
            torch.arange(len(rows)).to(rows),
        )

    def fits(self, rows: Tensor, like: Tensor) -> bool:
        """Return whether it was made for a minibatch and for parameters like these."""
        alike = self.table.dtype is like.dtype and self.table.device == like.device
        return alike and len(self.examples) == len(rows)


def _sums(table: Tensor, rows: Tensor, starts: Tensor) -> Tensor:
    """Return the sums of the rows of a table between one start and the next."""
    return torch.embedding_bag(table, rows, starts)[0]


def _octets(bits: int) -> int:
    """Return how many groups of eight hold a number of bits."""
    return -(-bits // 8)
