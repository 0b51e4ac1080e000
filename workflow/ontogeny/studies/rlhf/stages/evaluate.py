"""A policy along its training: how far it is from the start policy, and what it is worth."""

from collections.abc import Mapping, Sequence
from typing import Any

import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import text
from ontogeny.studies.rlhf.config import GOLD, PROMPTS
from ontogeny.studies.rlhf.labels import dataset, variable
from ontogeny.studies.rlhf.stages.exact import SHOWN, exact_measures
from ontogeny.studies.rlhf.stages.judging import judges_of
from ontogeny.studies.rlhf.stages.sampled import sampled_measures

__all__ = ["evaluation"]

_BY_STEP, _BY_JUDGE = ("step",), ("step", "judge")

_MEASURES: dict[str, tuple[Sequence[str], str, str]] = {
    "kl": (_BY_STEP, "KL to the start policy", "nat"),
    "kl_sampled": (_BY_STEP, "mean log-ratio to the start policy", "nat"),
    "entropy": (_BY_STEP, "entropy of the next token", "nat"),
    "corpus_loss": (_BY_STEP, "loss of the next token of held-out lines", "nat"),
    "repeats": (_BY_STEP, "tokens of a response that repeat another one", "1"),
    "objective": (_BY_STEP, "reward minus the penalty on the KL", "nat"),
    "score": (_BY_JUDGE, "expected score", "nat"),
    "score_error": (_BY_JUDGE, "standard error of the expected score", "nat"),
    "win_rate": (
        _BY_JUDGE,
        "probability that a response is preferred to one of the start policy",
        "1",
    ),
    "choice_rate": (
        _BY_JUDGE,
        "share of responses that score higher than one of the start policy",
        "1",
    ),
    "frontier": (_BY_JUDGE, "greatest expected score at the same KL", "nat"),
    "start_score": (("judge",), "expected score of the start policy", "nat"),
    "start_s_d": (("judge",), "standard deviation of scores under the start policy", "nat"),
    "third_moment": (
        ("judge",),
        "third central moment of scores under the start policy",
        "nat^3",
    ),
    "score_of_prompt": (
        ("step", "judge", "prompt"),
        "expected score of responses to a prompt",
        "nat",
    ),
    "refusals": (("step", "prompt"), "refusal tokens of a response", "1"),
    "optimum": ((), "greatest possible objective", "nat"),
    "probability": (("shown", "sequence"), "probability of a sequence", "1"),
    "shown_step": (("shown",), "update after which a policy is shown", "1"),
    "start_probability": (
        ("sequence",),
        "probability of a sequence under the start policy",
        "1",
    ),
    "sequence_score": (("judge", "sequence"), "score of a sequence", "nat"),
    "iteration": (_BY_STEP, "iterations done", "1"),
    "samples": (_BY_STEP, "responses sampled in training", "1"),
}


def evaluation(
    world: xr.Dataset,
    start: xr.Dataset,
    probes: xr.Dataset,
    run: xr.Dataset,
    judges: Mapping[str, tuple[xr.Dataset, xr.Dataset]],
    *,
    reward: str,
    kl_penalty: float,
    samples: int,
    updates_per_iteration: int,
    samples_per_iteration: int,
    seed: int,
) -> xr.Dataset:
    """Return the measures of a policy at each of its checkpoints.

    In an enumerated world all is exact, and errors are 0. Otherwise it is measured on samples, for
    which each checkpoint takes the same random numbers and the prompts of some probes; `kl` is then
    the mean over them of the exact KL of next-token distributions, summed over places. Rates are of
    independent pairs, of a sample and a probe with the same prompt.

    Parameters
    ----------
    world, probes : Dataset
        As stored.
    start, run : Dataset
        Checkpoints of the start policy and of the run.
    judges : mapping of str to tuple of Dataset
        Checkpoints and calibration of preference models by name, with that of the reward.
    reward : str
        Name of one of them, or `GOLD`.
    kl_penalty : float
        lambda.
    samples : int
        Of each checkpoint, where the world is not enumerated.
    updates_per_iteration, samples_per_iteration : int
    seed : int

    Returns
    -------
    Dataset
        By ``step``: ``iteration``, ``samples``, ``kl``, ``kl_sampled``, ``entropy``,
        ``corpus_loss``, ``repeats``, ``objective``; by ``judge`` too, gold first, then the reward:
        ``score``, ``score_error``, ``win_rate``, ``choice_rate``, ``frontier``. Of the start policy
        by ``judge``: ``start_score``, ``start_s_d``, ``third_moment``. Where the world has several
        prompts, ``score_of_prompt`` and ``refusals``, and ``frontier`` is NaN, as it is where too
        few samples tell. In an enumerated world, ``optimum``, ``start_probability`` and
        ``sequence_score`` by ``sequence``, and ``probability`` of the policies ``shown``: the first
        one, the first with a KL of .5 (the last one if there is none), that with the highest gold
        score, the last one.

    Raises
    ------
    ValueError
        When there are fewer fresh probes than samples.
    """
    order = [GOLD, *sorted(judges, key=lambda name: name != reward)]
    all_judges = judges_of(world, probes, judges)
    in_order = [all_judges[name] for name in order]
    rewarded = order.index(reward)
    if world.attrs["kind"] == "enumerated":
        found = exact_measures(
            world, start, run, in_order, rewarded=rewarded, kl_penalty=kl_penalty
        )
    else:
        found = sampled_measures(world, start, probes, run, in_order, samples=samples, seed=seed)
    iteration = run["step"].values // updates_per_iteration
    found |= {
        "objective": found["score"][:, rewarded] - kl_penalty * found["kl"],
        "iteration": iteration,
        "samples": iteration * samples_per_iteration,
    }
    coordinates = {"step": run["step"].values, "judge": text(order)}
    made = _as_dataset(found, coordinates)
    return made.assign_attrs(kind=world.attrs["kind"])


def _as_dataset(
    found: Mapping[str, NDArray[Any]], coordinates: Mapping[str, NDArray[Any]]
) -> xr.Dataset:
    """Return the measures that are there, with the coordinates of those alone."""
    more = {}
    if "shown_step" in found:
        more["shown"] = text(SHOWN)
    if "refusals" in found:
        more["prompt"] = text(PROMPTS[: found["refusals"].shape[1]])
    variables = {
        name: variable(dims, found[name], long_name, units)
        for name, (dims, long_name, units) in _MEASURES.items()
        if name in found
    }
    return dataset(variables, {**coordinates, **more}, title="A policy along its training")
