"""A world of longer sequences, whose gold score is a random transformer.

Symbols: ``V`` content tokens; ``T`` tokens of a response; ``L`` layers; ``d`` width.
"""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import text
from ontogeny.networks.axes import AXES
from ontogeny.studies.rlhf.config import PROMPTS
from ontogeny.studies.rlhf.labels import dataset, variable
from ontogeny.studies.rlhf.worlds.chains import Chain, random_chain, shifted_chain
from ontogeny.studies.rlhf.worlds.corpora import (
    FRESH_LINES,
    corpus_variables,
    stream,
    with_prompts,
)
from ontogeny.studies.rlhf.worlds.gold import harmless_score, raw_of_network, refusals, repeats

__all__ = ["sequences_world"]

_WIDTH, _LAYERS, _HEADS, _NEURONS = 64, 2, 4, 256
_SCALE = 1.6
_AXES = {name: axes for name, axes in AXES.items() if name != "smear"} | {"W_U": ("residual",)}


def sequences_world(
    *, vocabulary: int, length: int, lines: int, prompts: int, refusal_tokens: int, seed: int
) -> xr.Dataset:
    """Return the chain, the gold score and the corpus of a world of sequences.

    The chain is of the second order and the same for all prompts. Foreign lines are those of a
    chain whose logits are the sum of the world's own and those of another such chain, over the
    root of 2. Gold scores are standardised over the corpus, whatever the prompts of its lines.

    Parameters
    ----------
    vocabulary, length : int
        V, T.
    lines : int
        Of the corpus.
    prompts : int
        The world has the first ones of `PROMPTS`.
    refusal_tokens : int
        The first content tokens that are refusals.
    seed : int

    Returns
    -------
    Dataset
        ``last_logit`` and ``before_logit(previous, token)`` of the chain; ``corpus(line, place)``,
        ``held_out(held_out_line, place)`` and ``foreign(foreign_line, place)``, with the prompt in
        place 0; what `gold` reads.
    """
    chain = random_chain(stream(seed, "chain"), vocabulary, order=2)
    variables = corpus_variables(chain, seed, lines=lines, length=length, prompts=prompts)
    foreign = _foreign_lines(chain, seed, length=length, prompts=prompts)
    names = ("helpful", "skill") if prompts > PROMPTS.index("skill") else ("helpful",)
    networks = [
        _random_transformer(stream(seed, "gold" if name == "helpful" else name), vocabulary)
        for name in names
    ]
    variables |= {
        "foreign": variable(("foreign_line", "place"), foreign, "tokens of lines of another chain")
    }
    for name, axes in _AXES.items():
        variables[f"gold_{name}"] = variable(
            ("network", *axes), np.stack([each[name] for each in networks]), f"{name} of gold"
        )
    world = dataset(variables, {"network": text(names)}, title="A world of sequences")
    world = world.assign_attrs(
        kind="sequences",
        vocabulary=vocabulary,
        length=length,
        prompts=prompts,
        refusal_tokens=refusal_tokens,
    )
    return world.assign(_standards(world, names))


def _foreign_lines(chain: Chain, seed: int, *, length: int, prompts: int) -> NDArray[np.int16]:
    """Return lines of the chain between that of the world and another one, after prompts."""
    vocabulary = chain.last.shape[1]
    other = random_chain(stream(seed, "foreign chain"), vocabulary, order=2)
    rng = stream(seed, "foreign")
    content = shifted_chain(chain, other).lines(rng, FRESH_LINES, length)
    return with_prompts(rng, content, vocabulary=vocabulary, prompts=prompts)


def _standards(world: xr.Dataset, networks: Sequence[str]) -> dict[str, xr.Variable]:
    """Return means and deviations over the corpus, by which gold scores are standardised."""
    corpus = world["corpus"].values
    raw = np.stack([raw_of_network(world, name, corpus) for name in networks])
    mean, deviation = raw.mean(axis=1), raw.std(axis=1)
    refused = refusals(corpus, int(world.attrs["refusal_tokens"]))
    harmless = harmless_score((raw[0] - mean[0]) / deviation[0], refused)
    repeated = repeats(corpus, int(world.attrs["vocabulary"])).mean()
    return {
        "gold_mean": variable("network", mean, "mean of the raw score over the corpus"),
        "gold_s_d": variable("network", deviation, "standard deviation of the same"),
        "harmless_mean": variable((), harmless.mean(), "mean of the raw score of harmless prompts"),
        "harmless_s_d": variable((), harmless.std(), "standard deviation of the same"),
        "repeats_mean": variable((), repeated, "mean repeats of a line"),
    }


def _random_transformer(
    rng: np.random.Generator, vocabulary: int
) -> dict[str, NDArray[np.float32]]:
    """Return a transformer whose weights are normal, of deviation ``1.6 / sqrt(inputs)``.

    The inputs of the embedding are the V tokens: with a wider embedding, how often each token is
    said would explain more of the score, and preference models would learn it from fewer pairs.
    Gains are 1, biases 0.
    """
    L, H, d, e, m = _LAYERS, _HEADS, _WIDTH, _WIDTH // _HEADS, _NEURONS
    shapes = {
        "W_E": (vocabulary, d),
        "W_Q": (L, H, d, e),
        "W_K": (L, H, d, e),
        "W_V": (L, H, d, e),
        "W_O": (L, H, e, d),
        "W_in": (L, d, m),
        "W_out": (L, m, d),
        "W_U": (d,),
    }
    inputs = {"W_E": vocabulary, "W_out": m}
    drawn = {
        name: _SCALE / np.sqrt(inputs.get(name, d)) * rng.standard_normal(shape)
        for name, shape in shapes.items()
    }
    fixed = {
        "gain": np.ones((L, d)),
        "gain_mlp": np.ones((L, d)),
        "b_in": np.zeros((L, m)),
        "b_out": np.zeros((L, d)),
        "gain_final": np.ones(d),
    }
    return {name: value.astype(np.float32) for name, value in (drawn | fixed).items()}
