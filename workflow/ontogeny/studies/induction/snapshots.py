"""The checkpoints of a run as measures of the user's own ask for them."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
import xarray as xr

from ontogeny.studies.induction.carried import training_of
from ontogeny.studies.induction.runs import build

__all__ = ["snapshots"]


def snapshots(
    corpus: xr.Dataset, checkpoints: xr.Dataset
) -> Iterator[tuple[int, Callable[[str], Any]]]:
    """Yield the step of each checkpoint, and a function from a name to its value there.

    ``step``; ``parameters``: arrays by name, as they are stored; ``network``: the
    `ontogeny.networks.decoder.Transformer`; ``tokens`` (N, T + 1): the evaluation set; ``logits``
    (N, T, V): those of the network on all its tokens but the last.

    Parameters
    ----------
    corpus : Dataset
    checkpoints : Dataset
        Of the run.
    """
    training = training_of(checkpoints)
    network = build(training.network, corpus.sizes["word"])
    tokens = corpus["tokens"].values.astype("int64")

    def at(index: int) -> Callable[[str], Any]:
        parameters = {str(name): each.values[index] for name, each in checkpoints.items()}

        def given(name: str) -> Any:
            match name:
                case "step":
                    return int(checkpoints["step"][index])
                case "logits":
                    tensors = {key: torch.as_tensor(value) for key, value in parameters.items()}
                    with torch.no_grad():
                        return network.logits(tensors, torch.as_tensor(tokens[:, :-1])).numpy()
            return {"parameters": parameters, "network": network, "tokens": tokens}[name]

        return given

    for index, step in enumerate(checkpoints["step"].values):
        yield int(step), at(index)
