"""Pairs of responses, each with the one that is preferred.

Symbols: ``N`` pairs; ``T`` tokens of a response.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.networks.arrays import sample, sequence_log_probability
from ontogeny.studies.rlhf.config import PROMPTS, TrancheOptions
from ontogeny.studies.rlhf.labels import dataset, variable
from ontogeny.studies.rlhf.stages.read import final
from ontogeny.studies.rlhf.stages.score import calibrated_scores
from ontogeny.studies.rlhf.worlds.gold import gold

__all__ = ["PARTS", "comparisons", "sampled", "token_of_prompts", "tranche"]

PARTS = ("train", "test")
"""Pairs that preference models learn from, and pairs on which they are tested."""

_STREAM = 27_02
_DRAWN_TOGETHER = 256
"""Responses that take their random numbers together: another number draws other responses."""

Parameters = Mapping[str, NDArray[np.floating]]
Tokens = NDArray[np.int16]


def tranche(
    spec: TrancheOptions,
    seed: int,
    world: xr.Dataset,
    start: xr.Dataset,
    *,
    judge: tuple[xr.Dataset, xr.Dataset] | None = None,
    runs: Sequence[tuple[xr.Dataset, int]] = (),
) -> xr.Dataset:
    """Return a set of comparisons.

    Each response is the best by the score of `judge` of as many samples as `spec` says. They are
    drawn from the start policy; where there are runs, from one of their stored policies, which is
    drawn for each response. Labels follow the gold score, whatever selects responses.

    Parameters
    ----------
    spec : TrancheOptions
    seed : int
        Of the start policy. The stream also depends on all of `spec` but the numbers of pairs, and
        on the part: pairs to test on are the same however many there are to learn from.
    world : Dataset
    start : Dataset
        Checkpoints of the start policy.
    judge : tuple of Dataset, optional
        Checkpoints and calibration of the preference model that selects responses.
    runs : sequence of (Dataset, int)
        Checkpoints of each run that is sampled, and its updates in an iteration. The checkpoints
        are those nearest to the iterations of `spec`, the earlier of two; without iterations,
        the final one.

    Returns
    -------
    Dataset
        Of `comparisons`, with the parts of `PARTS`.
    """
    sources = [each for run, updates in runs for each in _snapshots(run, updates, spec.iterations)]
    sources = sources or [final(start)]
    prompts = token_of_prompts(world, spec.prompt)
    settings = [len(runs), spec.best_of, int(prompts[0]), len(prompts), *spec.iterations]
    generators = [
        np.random.default_rng([_STREAM, seed, spec.draw, part, *settings])
        for part in range(len(PARTS))
    ]
    tokens = []
    for rng, count in zip(generators, (spec.pairs, spec.test), strict=True):
        asked = np.tile(rng.choice(prompts, count), (2, 1))
        source = rng.integers(len(sources), size=asked.shape)
        candidates = _candidates(sources, source, asked, spec.best_of, world, rng)
        tokens.append(candidates[:, :, 0] if judge is None else _best(judge, candidates))
    return comparisons(world, start, tokens, generators, PARTS, title="Comparisons of responses")


def comparisons(
    world: xr.Dataset,
    start: xr.Dataset,
    tokens: Sequence[Tokens],
    generators: Sequence[np.random.Generator],
    parts: Sequence[str],
    *,
    title: str,
) -> xr.Dataset:
    """Return pairs with labels that are drawn from ``sigmoid(gold of side 0 - gold of side 1)``.

    Parameters
    ----------
    world, start : Dataset
    tokens : sequence of (2, N, T + 1) ndarray of int16
        By side, then pair, of each part.
    generators : sequence of Generator
        For the labels of each part.
    parts : sequence of str
        Their names.
    title : str

    Returns
    -------
    Dataset
        ``tokens(side, pair, place)``, ``gold(side, pair)``, ``chosen(pair)``, the side that is
        preferred, ``part(pair)``, ``prompt(pair)`` and ``log_probability(side, pair)`` [nat] of
        responses under the start policy.
    """
    vocabulary = int(world.attrs["vocabulary"])
    joined = np.concatenate(tokens, axis=1)
    true_score = gold(world, joined)
    counts = [each.shape[1] for each in tokens]
    uniform = np.concatenate(
        [rng.random(count) for rng, count in zip(generators, counts, strict=True)]
    )
    chosen = uniform >= 1 / (1 + np.exp(true_score[1] - true_score[0]))
    part = np.repeat(np.arange(len(parts), dtype=np.int8), counts)
    prompt = (joined[0, :, 0] - vocabulary).astype(np.int8)
    log_probability = sequence_log_probability(
        final(start), joined.reshape(-1, joined.shape[-1]), vocabulary
    ).reshape(joined.shape[:2])
    by_side = ("side", "pair")
    numbered = ", ".join(f"{number} {name}" for number, name in enumerate(parts))
    variables = {
        "tokens": variable((*by_side, "place"), joined, "prompt and tokens"),
        "gold": variable(by_side, true_score, "true score"),
        "chosen": variable("pair", chosen.astype(np.int8), "side that is preferred"),
        "part": variable("pair", part, f"part: {numbered}"),
        "prompt": variable("pair", prompt, "number of the prompt"),
        "log_probability": variable(
            by_side, log_probability, "log-probability under the start policy", "nat"
        ),
    }
    return dataset(variables, {}, title=title)


def token_of_prompts(world: xr.Dataset, prompt: str) -> NDArray[np.int16]:
    """Return the tokens of the prompts that are asked for: one, or all of a world (`mixed`)."""
    vocabulary, prompts = int(world.attrs["vocabulary"]), int(world.attrs["prompts"])
    numbers = range(prompts) if prompt == "mixed" else [PROMPTS.index(prompt)]
    return np.array([vocabulary + number for number in numbers], dtype=np.int16)


def sampled(
    parameters: Parameters,
    prompts: NDArray[np.integer],
    world: xr.Dataset,
    rng: np.random.Generator,
) -> Tokens:
    """Return responses of a policy to prompts, (...) to (..., T + 1)."""
    length, vocabulary = int(world.attrs["length"]), int(world.attrs["vocabulary"])
    flat = prompts.reshape(-1)
    found = np.empty((len(flat), length + 1), np.int16)
    for first in range(0, len(flat), _DRAWN_TOGETHER):
        block = slice(first, first + _DRAWN_TOGETHER)
        found[block], _ = sample(parameters, flat[block], length, vocabulary, rng)
    return found.reshape(*prompts.shape, length + 1)


def _candidates(
    sources: Sequence[Parameters],
    source: NDArray[np.int64],
    prompts: NDArray[np.int16],
    number: int,
    world: xr.Dataset,
    rng: np.random.Generator,
) -> Tokens:
    """Return samples from which each response is chosen, (2, N, number, T + 1)."""
    asked = np.repeat(prompts[:, :, None], number, axis=2)
    found = np.empty((*asked.shape, int(world.attrs["length"]) + 1), np.int16)
    for place, parameters in enumerate(sources):
        drawn = source == place
        found[drawn] = sampled(parameters, asked[drawn], world, rng)
    return found


def _best(judge: tuple[xr.Dataset, xr.Dataset], candidates: Tokens) -> Tokens:
    """Return the candidate of each response with the highest score, (2, N, T + 1)."""
    highest = calibrated_scores(*judge, candidates).argmax(axis=2)
    return np.take_along_axis(candidates, highest[:, :, None, None], axis=2)[:, :, 0]


def _snapshots(
    checkpoints: xr.Dataset, updates: int, iterations: Sequence[int]
) -> list[dict[str, NDArray[np.floating]]]:
    """Return the parameters of a run nearest to some iterations, or the final ones."""
    if not iterations:
        return [final(checkpoints)]
    distance = np.abs(checkpoints["step"].values[:, None] - updates * np.array(iterations))
    return [final(checkpoints.isel(step=[place])) for place in distance.argmin(axis=0)]
