"""Networks without some of their heads.

In a full knock-out everything later changes; in a pattern-preserving one every attention pattern
stays that of the whole network, so that only values change (arXiv 2209.11895).

Symbols: ``B`` sequences; ``T`` context length; ``L`` layers; ``H`` heads; ``V`` tokens.
"""

from collections.abc import Iterator, Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ontogeny.networks.decoder import Activations, Transformer, next_token_loss

__all__ = ["ABLATIONS", "idealised_previous_token", "single_knock_outs", "without_heads"]

ABLATIONS = ("full", "pattern-preserving")


def single_knock_outs(
    network: Transformer, parameters: dict[str, Tensor], clean: Activations
) -> Iterator[tuple[int, int, Tensor, Tensor]]:
    """Yield layer, head, and the logits without it, fully and with patterns preserved.

    Parameters
    ----------
    network : Transformer
    parameters : dict of str to Tensor
    clean : Activations
        Of the whole network.

    Yields
    ------
    layer, head : int
    full, preserved : (B, T, V) Tensor
        The same tensor in the last layer, behind which there is no pattern.
    """
    for layer in range(network.layers):
        for head in range(network.heads):
            result = clean.mixed[layer][:, head] @ parameters["W_O"][layer, head]  # (B, T, d)
            after = _attended(network, parameters, clean, layer) - result
            stream = network.after_attention(parameters, layer, after)
            full = network.logits_after(parameters, stream, first=layer + 1)
            if layer == network.layers - 1:
                yield layer, head, full, full
                continue
            padded: list[Tensor | None] = [*([None] * (layer + 1)), *clean.patterns[layer + 1 :]]
            kept = network.resume(parameters, stream, first=layer + 1, patterns=padded).logits
            yield layer, head, full, kept


def _attended(
    network: Transformer, parameters: dict[str, Tensor], clean: Activations, layer: int
) -> Tensor:
    """Return the stream between attention and MLP of a layer."""
    if network.d_mlp == 0 and layer + 1 < network.layers:
        return clean.streams[layer + 1]
    flat = clean.mixed[layer].transpose(1, 2).flatten(2)
    return clean.streams[layer] + flat @ parameters["W_O"][layer].flatten(0, 1)


@torch.no_grad()
def without_heads(
    network: Transformer,
    parameters: dict[str, Tensor],
    sequences: Int[Tensor, "B T1"],
    removed: Bool[Tensor, "L H"],
    *,
    preserve: bool,
    mean: bool = False,
) -> Float[Tensor, "B T"]:
    """Return the losses of a network without a set of heads.

    Parameters
    ----------
    network : Transformer
    parameters : dict of str to Tensor
    sequences : (B, T + 1) Tensor
    removed : (L, H) Tensor
    preserve : bool
        Whether every pattern stays that of the whole network.
    mean : bool
        Put the mean result of each removed head over all sequences and positions in its place.

    Returns
    -------
    (B, T) Tensor [nat]
    """
    blocks = torch.split(sequences, network.sequences_at_once(sequences.shape[1] - 1))
    keep = (~removed).to(parameters["W_E"])
    replacement = _mean_results(network, parameters, blocks) if mean else None
    losses = []
    for block in blocks:
        tokens = block[:, :-1]
        patterns = network.forward(parameters, tokens).patterns if preserve else None
        found = network.forward(
            parameters, tokens, keep=keep, patterns=patterns, replacement=replacement
        )
        losses.append(next_token_loss(found.logits, block[:, 1:]))
    return torch.cat(losses)


def _mean_results(
    network: Transformer, parameters: dict[str, Tensor], blocks: Sequence[Int[Tensor, "_ T1"]]
) -> Float[Tensor, "L H e"]:
    """Return the mean over sequences and positions of the mixed values of each head."""
    count = sum(len(block) for block in blocks)
    parts = []
    for block in blocks:
        mixed = network.forward(parameters, block[:, :-1]).mixed
        means = torch.stack([each.mean(dim=(0, 2)) for each in mixed])
        parts.append(means * (len(block) / count))
    return torch.stack(parts).sum(dim=0)


@torch.no_grad()
def idealised_previous_token(
    network: Transformer,
    parameters: dict[str, Tensor],
    sequences: Int[Tensor, "B T1"],
    ideal: Bool[Tensor, "L H"],
) -> Float[Tensor, "B T"]:
    """Return the losses when some heads attend to the token before and to nothing else.

    The first token, which has none before it, attends to itself.
    """
    length = sequences.shape[1] - 1
    blocks = torch.split(sequences, network.sequences_at_once(length))
    exact = torch.zeros(length, length).to(parameters["W_E"])
    exact[torch.arange(length), (torch.arange(length) - 1).clamp_min(0)] = 1.0
    return torch.cat([_idealised(network, parameters, block, ideal, exact) for block in blocks])


def _idealised(
    network: Transformer,
    parameters: dict[str, Tensor],
    sequences: Int[Tensor, "B T1"],
    ideal: Bool[Tensor, "L H"],
    exact: Float[Tensor, "T T"],
) -> Float[Tensor, "B T"]:
    stream = parameters["W_E"][sequences[:, :-1]]
    found: list[Tensor | None] = []
    for layer in range(network.layers):
        own = network.resume(parameters, stream, first=layer).patterns[0]
        own = torch.where(ideal[layer][:, None, None], exact, own)
        found.append(own)
        rest: list[Tensor | None] = [*found, *([None] * (network.layers - layer - 1))]
        later = network.resume(parameters, stream, first=layer, patterns=rest)
        stream = later.streams[1] if layer + 1 < network.layers else stream
        logits = later.logits
    return next_token_loss(logits, sequences[:, 1:])
