"""The best of several samples of a start policy, by one score and judged by another."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import text
from ontogeny.preferences import best_of as probability_of_best
from ontogeny.preferences import best_of_bound, best_of_kl, best_of_samples
from ontogeny.studies.rlhf.labels import dataset, variable
from ontogeny.studies.rlhf.stages.judging import Judge, judges_of
from ontogeny.studies.rlhf.stages.policies import all_log_probabilities
from ontogeny.studies.rlhf.stages.read import final
from ontogeny.studies.rlhf.worlds.enumerated import all_sequences

__all__ = ["SAMPLES_COMPARED", "best_of"]

SAMPLES_COMPARED = 2 ** np.arange(10)
"""Numbers of samples that are compared."""

Array = NDArray[np.float64]


def best_of(
    world: xr.Dataset,
    start: xr.Dataset,
    probes: xr.Dataset,
    preferences: Mapping[str, tuple[xr.Dataset, xr.Dataset]],
) -> xr.Dataset:
    """Return what the best of n samples of a start policy are worth.

    Parameters
    ----------
    world, probes : Dataset
        As stored.
    start : Dataset
        Checkpoints of the start policy.
    preferences : mapping of str to tuple of Dataset
        Checkpoints and calibration of preference models by name.

    Returns
    -------
    Dataset
        ``score(selector, judge, samples_compared)``, the expected score by a judge of the sample
        that a selector scores highest; both are `GOLD` and the preference models.
        ``kl(selector, samples_compared)`` from the start policy. In an enumerated world both are
        exact; otherwise the score is a mean over sets of the probes, with the same prompt, and NaN
        where there are fewer of them, and the KL is that of scores without ties.
        ``log_samples(samples_compared)``, ln n.
    """
    judges = judges_of(world, probes, preferences)
    if world.attrs["kind"] == "enumerated":
        score, kl = _exact(world, start, list(judges.values()))
    else:
        score, kl = _of_probes(probes, list(judges.values()))
    names = text(judges)
    return dataset(
        {
            "score": variable(
                ("selector", "judge", "samples_compared"),
                score,
                "expected score of the best sample",
                "nat",
            ),
            "kl": variable(("selector", "samples_compared"), kl, "KL to the start policy", "nat"),
            "log_samples": variable(
                "samples_compared",
                np.log(SAMPLES_COMPARED),
                "logarithm of the number of samples",
                "nat",
            ),
        },
        {"selector": names, "judge": names, "samples_compared": SAMPLES_COMPARED},
        title="The best of several samples of a start policy",
    ).assign_attrs(kind=world.attrs["kind"])


def _exact(world: xr.Dataset, start: xr.Dataset, judges: Sequence[Judge]) -> tuple[Array, Array]:
    vocabulary, length = int(world.attrs["vocabulary"]), int(world.attrs["length"])
    sequences = all_sequences(vocabulary, length)
    scores = np.stack([judge.score(sequences).astype(np.float64) for judge in judges])  # (J, N)
    probability = np.exp(all_log_probabilities(final(start), length))
    best = np.array(
        [
            [probability_of_best(probability, each, n) for n in SAMPLES_COMPARED.tolist()]
            for each in scores
        ]
    )  # (selector, n, N)
    kl = [[best_of_kl(probability, each, n) for n in SAMPLES_COMPARED.tolist()] for each in scores]
    return np.moveaxis(best @ scores.T, 2, 1), np.array(kl)


def _of_probes(probes: xr.Dataset, judges: Sequence[Judge]) -> tuple[Array, Array]:
    prompt = probes["prompt"].values
    groups = [prompt == each for each in np.unique(prompt)]
    score = np.array(
        [
            [
                np.mean([_means(selector, judge, group) for group in groups], axis=0)
                for judge in judges
            ]
            for selector in judges
        ]
    )
    return score, np.tile(best_of_bound(SAMPLES_COMPARED), (len(judges), 1))


def _means(selector: Judge, judge: Judge, group: NDArray[np.bool_]) -> Array:
    """Return the mean score of the best of n responses to one prompt, NaN where n are not there."""
    selected, judged = (each.of_probes[:, group].ravel() for each in (selector, judge))
    enough = selected.size >= SAMPLES_COMPARED
    found = np.full(len(SAMPLES_COMPARED), np.nan)
    found[enough] = best_of_samples(selected, judged, SAMPLES_COMPARED[enough])
    return found
