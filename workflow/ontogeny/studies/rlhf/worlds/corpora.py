"""The corpus of a world as variables, and the streams of random numbers of a world."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.rlhf.labels import variable
from ontogeny.studies.rlhf.worlds.chains import Chain

__all__ = ["FRESH_LINES", "chain_of", "corpus_variables", "stream", "with_prompts"]

FRESH_LINES = 1_000
"""Lines of each set that is not in the corpus."""

_STREAMS = ("chain", "gold", "corpus", "held out", "foreign chain", "foreign", "skill")
_WORLD = 2204_05862


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the generator of one of the things that a world draws: none changes another."""
    return np.random.default_rng([seed, _STREAMS.index(name), _WORLD])


def with_prompts(
    rng: np.random.Generator, lines: NDArray[np.int16], *, vocabulary: int, prompts: int
) -> NDArray[np.int16]:
    """Return lines after prompts that are equally probable, (N, T) to (N, T + 1)."""
    first = vocabulary + rng.integers(prompts, size=len(lines))
    return np.concatenate([first[:, None].astype(np.int16), lines], axis=1)


def corpus_variables(
    chain: Chain, seed: int, *, lines: int, length: int, prompts: int
) -> dict[str, xr.Variable]:
    """Return what every world has: a chain, lines of it as corpus, and 1,000 that are held out.

    The responses are the same whatever the number of prompts is.
    """
    drawn = {}
    for name, count in (("corpus", lines), ("held out", FRESH_LINES)):
        rng = stream(seed, name)
        content = chain.lines(rng, count, length)
        vocabulary = chain.last.shape[1]
        drawn[name] = with_prompts(rng, content, vocabulary=vocabulary, prompts=prompts)
    by_token = ("previous", "token")
    return {
        "last_logit": variable(by_token, chain.last, "contribution of the last token to the logit"),
        "before_logit": variable(
            by_token, chain.before, "contribution of the second-last token to the logit"
        ),
        "corpus": variable(("line", "place"), drawn["corpus"], "tokens of the corpus"),
        "held_out": variable(
            ("held_out_line", "place"), drawn["held out"], "tokens of lines that are held out"
        ),
    }


def chain_of(world: xr.Dataset) -> Chain:
    """Return the chain of a world."""
    return Chain(world["last_logit"].values, world["before_logit"].values)
