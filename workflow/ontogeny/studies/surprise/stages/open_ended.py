"""What a transformer does that nobody trained it for or asked it: its final checkpoint."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.labels import text
from ontogeny.networks.decoder import Parameters, Transformer
from ontogeny.studies.surprise.carried import has_diverged, mixture_of, training_of
from ontogeny.studies.surprise.config import Mixture, Records
from ontogeny.studies.surprise.labels import dataset, variable
from ontogeny.studies.surprise.measures.open_ended import (
    KINDS,
    above_chance,
    binomial_error,
    changes_mode,
    states_something_wrong,
    verbatim,
)
from ontogeny.studies.surprise.measures.recorded import (
    PAIRS,
    PROMPTS,
    bayes_predictions,
    false_positive_rates,
    ratio,
)
from ontogeny.studies.surprise.networks.on_mixture import transformer
from ontogeny.studies.surprise.networks.reading import read, sampling, written
from ontogeny.studies.surprise.stages.mixture_evaluation import networks
from ontogeny.studies.surprise.worlds.mixture import encoded, in_characters
from ontogeny.studies.surprise.worlds.probes import (
    CHANCE_PROBLEMS,
    PROBES,
    Probe,
    draw_probe,
    probes_of,
)
from ontogeny.studies.surprise.worlds.problems import GROUPS
from ontogeny.studies.surprise.worlds.statements import frames_of, own_characters
from ontogeny.texts.division import boundary

__all__ = ["CONTINUATIONS", "SPAN", "open_ended"]

CONTINUATIONS = 1000
"""Continuations of the start token that are sampled."""

SPAN = 30
"""Characters of a span of the text that counts as verbatim."""

_PROBES = 4
"""Stream of random numbers of a world that draws its probes."""


_AT_ONCE = 250
"""Sequences of a pass."""


class _Network(NamedTuple):
    shape: Transformer
    parameters: Parameters


def open_ended(world: xr.Dataset, checkpoints: xr.Dataset) -> xr.Dataset:
    """Return what the final network of a run does without having been trained or asked.

    Parameters
    ----------
    world, checkpoints : Dataset

    Returns
    -------
    Dataset
        Of the probes that the mixture has: ``probe_exact``, ``probe_error``, ``probe_chance``,
        ``elicited`` by ``probe``. Of records: ``false_positive`` and
        ``bayes_false_positive`` by ``record_group`` and ``prompt``, and their ``ratio`` and
        ``bayes_ratio`` by ``prompt``, NaN in a mixture without records. Of continuations:
        ``output_rate`` and ``output_error`` by ``kind``; spans of `SPAN` characters are missing
        where the context is shorter. Of a run that diverged, everything that its network does is
        NaN and nothing is elicited.
    """
    mixture = mixture_of(checkpoints)
    probes = probes_of(mixture)
    final = None if has_diverged(checkpoints) else _final(checkpoints)
    return dataset(
        _unasked(final, mixture, probes)
        | _on_record(final, mixture)
        | _outputs(final, mixture, world["stream"].values),
        {
            "probe": text(probes),
            "record_group": np.arange(2),
            "prompt": text(PROMPTS),
            "kind": text(KINDS),
        },
        title="Abilities and outputs that nobody asked for",
    )


def _final(checkpoints: xr.Dataset) -> _Network:
    """Return the final network of a run."""
    (parameters,) = networks(checkpoints.isel(step=[-1]))
    return _Network(transformer(training_of(checkpoints).network), parameters)


def _unasked(
    final: _Network | None, mixture: Mixture, probes: Sequence[str]
) -> dict[str, xr.Variable]:
    """Return how often the answers to probes are right."""
    exact, error, chance = np.full((3, len(probes)), np.nan)
    elicited = np.zeros(len(probes), dtype=np.bool_)
    for place, name in enumerate(probes):
        rng = np.random.default_rng([mixture.seed, _PROBES, PROBES.index(name)])
        probe = draw_probe(mixture, name, rng, mixture.problems)
        chance[place] = probe.chance
        if final:
            share = _exact(*final, probe)
            exact[place] = share
            error[place] = binomial_error(share, mixture.problems)
            elicited[place] = above_chance(
                round(share * mixture.problems),
                max(probe.chance, 1 / CHANCE_PROBLEMS),
                mixture.problems,
            )
    return {
        "probe_exact": variable("probe", exact, "exact match"),
        "probe_error": variable("probe", error, "standard error of the exact match"),
        "probe_chance": variable("probe", chance, "exact match by guessing"),
        "elicited": variable(
            "probe", elicited, "whether chance explains it with a probability below 0.00135"
        ),
    }


@torch.no_grad()
def _exact(network: Transformer, parameters: Parameters, probe: Probe) -> float:
    """Return the share of problems whose answers are right at every character."""
    tokens, length = torch.from_numpy(probe.tokens), probe.answer_length
    hits = [
        read(network, parameters, rows[:, :-1], last=length)[0].argmax(dim=2) == rows[:, -length:]
        for rows in torch.split(tokens, _AT_ONCE)
    ]
    return float(torch.cat(hits).all(dim=1).double().mean())


def _on_record(final: _Network | None, mixture: Mixture) -> dict[str, xr.Variable]:
    """Return the false-positive rates of the network, and those of the exact Bayes rule."""
    specs = [spec for spec in mixture.tasks.values() if isinstance(spec, Records)]
    rates, bayes = np.full((2, 2, 2), np.nan)
    if specs and final:
        rates = false_positive_rates(_predictions(*final))
    if specs:
        bayes = false_positive_rates(bayes_predictions(specs[0].bias))
    by = ("record_group", "prompt")
    return {
        "false_positive": variable(
            by, rates, "predicts the outcome of members that do not have it"
        ),
        "bayes_false_positive": variable(by, bayes, "the same of the exact Bayes rule on records"),
        "ratio": variable(
            "prompt", ratio(rates), "ratio of the false-positive rates of groups 1 and 0"
        ),
        "bayes_ratio": variable(
            "prompt", ratio(bayes), "the same ratio of the exact Bayes rule on records"
        ),
    }


@torch.no_grad()
def _predictions(network: Transformer, parameters: Parameters) -> NDArray[np.bool_]:
    """Return whether 1 is more likely than 0 for each pair of digits and naming, (100, 3).

    The prompt follows the start token, without examples.
    """
    prompts = [f"B{x}{y}g{naming}=" for x, y in PAIRS for naming in GROUPS]
    rows = np.array([np.frombuffer(prompt.encode(), dtype=np.uint8) for prompt in prompts])
    logits, _ = read(network, parameters, _started(encoded(rows)), last=1)
    zero, one = encoded(np.frombuffer(b"01", dtype=np.uint8))
    return (logits[:, 0, one] > logits[:, 0, zero]).numpy().reshape(len(PAIRS), len(GROUPS))


def _outputs(
    final: _Network | None, mixture: Mixture, stream: NDArray[np.uint8]
) -> dict[str, xr.Variable]:
    """Return what continuations of the start token contain."""
    rates = _rates(*final, mixture, stream) if final else [np.nan] * len(KINDS)
    errors = [binomial_error(rate, CONTINUATIONS) for rate in rates]
    return {
        "output_rate": variable("kind", rates, "share of continuations"),
        "output_error": variable("kind", errors, "standard error of the share of continuations"),
    }


@torch.no_grad()
def _rates(
    network: Transformer, parameters: Parameters, mixture: Mixture, stream: NDArray[np.uint8]
) -> list[float]:
    """Return the share of continuations, sampled at temperature 1, of each of `KINDS`."""
    start = torch.zeros(CONTINUATIONS, 1, dtype=torch.int64)
    logits, past = read(network, parameters, start)
    sample = sampling(torch.Generator().manual_seed(mixture.seed))
    tokens = written(network, parameters, logits[:, 0], past, mixture.length, choose=sample).numpy()
    trained_on = stream[: boundary(len(stream), mixture.held_out)]
    frames, own = frames_of(mixture), own_characters(mixture)
    continuations = [in_characters(row) for row in tokens]
    counts = [
        int(verbatim(tokens, trained_on, span=SPAN).sum()) if mixture.length >= SPAN else np.nan,
        sum(states_something_wrong(each, frames) for each in continuations),
        sum(changes_mode(each, frames, own) for each in continuations),
    ]
    return [count / CONTINUATIONS for count in counts]


def _started(tokens: NDArray[np.int64]) -> Tensor:
    """Return sequences, each after the start token."""
    return torch.from_numpy(np.pad(tokens, ((0, 0), (1, 0))))
