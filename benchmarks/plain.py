"""The training step in plain PyTorch, written the obvious way, as the papers' code does it.

Modules, autograd, all positions of the sequence, logits cast to float64 for the loss, and the
default AdamW with its loop over parameters.
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

__all__ = ["plain_step"]


class PlainMLP(nn.Module):
    """The MLP of arXiv 2302.03025."""

    def __init__(self, initial: Mapping[str, Tensor]) -> None:
        super().__init__()
        for name, value in initial.items():
            self.register_parameter(name, nn.Parameter(value.clone()))

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        """Return the logits."""
        x = torch.hstack([self.W_x[left], self.W_y[right]])
        return torch.relu(x @ self.W) @ self.W_U


class PlainTransformer(nn.Module):
    """The transformer of arXiv 2302.03025."""

    def __init__(self, initial: Mapping[str, Tensor]) -> None:
        super().__init__()
        for name, value in initial.items():
            self.register_parameter(name, nn.Parameter(value.clone()))
        self.register_buffer("future", torch.ones(3, 3, dtype=torch.bool).triu(1))

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        """Return the logits at the last position."""
        equals = torch.full_like(left, len(self.W_E) - 1)
        x = self.W_E[torch.stack([left, right, equals], dim=1)] + self.W_pos
        q = torch.einsum("bid,hdk->bhik", x, self.W_Q)
        k = torch.einsum("bid,hdk->bhik", x, self.W_K)
        v = torch.einsum("bid,hdk->bhik", x, self.W_V)
        scores = torch.einsum("bhik,bhjk->bhij", q, k) / self.W_K.shape[2] ** 0.5
        pattern = scores.masked_fill(self.future, -torch.inf).softmax(-1)
        mixed = torch.einsum("bhij,bhjk->bhik", pattern, v)
        x = x + torch.einsum("bhik,hkd->bid", mixed, self.W_O)
        x = x + torch.relu(x @ self.W_in) @ self.W_out
        return (x @ self.W_U)[:, -1]


def plain_step(
    initial: Mapping[str, Tensor], left: Tensor, right: Tensor, target: Tensor
) -> Callable[[], float]:
    """Return a function that does one training step and returns the loss before it."""
    model = PlainTransformer(initial) if "W_E" in initial else PlainMLP(initial)
    model.to(left.device)
    adamw = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.98), weight_decay=1.0)
    pairs = torch.arange(len(target))

    def step() -> float:
        logits = model(left, right).to(torch.float64)
        loss = -logits.log_softmax(-1)[pairs, target].mean()
        adamw.zero_grad()
        loss.backward()
        adamw.step()
        return float(loss.detach())

    return step
