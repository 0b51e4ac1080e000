"""What the jobs of this study cost, from the sizes of worlds and networks. No job imports this.

Symbols: ``T`` tokens of a response; ``V`` tokens of a world; ``d`` width; ``L`` layers; ``P``
parameters; ``K`` checkpoints.
"""

from pathlib import Path
from typing import Any

from ontogeny.config.training import Schedule
from ontogeny.costs import COMPRESSED, JOINED, STATE, Amount, Cost, checkpoints, transformer_pass
from ontogeny.studies.rlhf.config import Enumerated, Network, Pairs, Sequences, World
from ontogeny.studies.rlhf.iterations import updates_of

__all__ = ["COSTS", "fitting", "parameters", "policy", "sampling", "world"]

Generative = Enumerated | Sequences

_AT_ONCE = 4096
"""Sequences in one pass, at most."""

_SLOW = 5
"""Float32 passes that one of the analyses is worth: they are in float64, of NumPy."""


def world(of: World) -> Cost:
    """Return the cost of a world: of its lines, and the true score of every sequence."""
    if isinstance(of, Pairs):
        return Cost(starts=1.3, stored=4 * Path(of.file).stat().st_size + 50_000)
    every = of.vocabulary**of.length if isinstance(of, Enumerated) else 0
    return Cost(
        starts=1,
        numbers=60 * (of.lines + every) * of.length,
        calls=20_000,
        stored=of.lines * of.length / 2 + 12 * every + 20_000,
    )


def fitting(network: Network, of: Generative, *, sequences: int, batch: int, epochs: int) -> Cost:
    """Return the cost of epochs over sequences, with a checkpoint after each.

    An update takes three passes over the sequences of a minibatch, and the optimiser's 10 numbers
    for each parameter. Checkpoints are stored twice, in the saved state too.
    """
    size = parameters(network, of)
    updates = epochs * -(-sequences // batch)
    update = _pass(network, of, batch) * 3 + Cost(numbers=10 * size, calls=250)
    kept = Cost(stored=2 * 4 * COMPRESSED * size, calls=500) * (epochs + 1)
    return (
        Cost(torch_starts=1, stored=110_000 + 22 * updates + STATE * size) + update * updates + kept
    )


def policy(network: Network, of: Generative, experiment: Any) -> Cost:
    """Return the cost of training a policy.

    An iteration samples its responses, scores them by the start policy and by the reward, and
    passes over them in minibatches, forward once and backward twice.
    """
    ppo, schedule = experiment.ppo, experiment.schedule
    size = parameters(network, of)
    update = _pass(network, of, ppo.minibatch) * 3 + Cost(numbers=14 * size, calls=2_000)
    iteration = (
        sampling(network, of, ppo.samples)
        + _pass(network, of, ppo.samples) * 3
        + update * updates_of(ppo)
        + Cost(calls=5_000)
    )
    kept = Schedule(steps=schedule.iterations, checkpoints=schedule.checkpoints)
    stored = Cost(stored=2 * 4 * COMPRESSED * size) * checkpoints(kept)
    scored = Cost()
    if isinstance(of, Enumerated):
        scored = _pass(network, of, of.vocabulary**of.length)
    return (
        Cost(torch_starts=1, stored=90_000 + STATE * size)
        + iteration * schedule.iterations
        + stored
        + scored
    )


def sampling(network: Network, of: Generative, sequences: Amount) -> Cost:
    """Return the cost of responses: a pass over them, and calls for each token of a block."""
    blocks = max(1, sequences / _AT_ONCE)
    return _pass(network, of, sequences) + Cost(calls=of.length * 60 * network.layers) * blocks


def parameters(network: Network, of: Generative) -> int:
    """Return how many parameters a policy has: ``L (12 d^2 + 7 d) + 2 V d + d``."""
    d, tokens = network.d_model, of.vocabulary + getattr(of, "prompts", 1)
    return network.layers * (12 * d**2 + 7 * d) + d * (tokens + of.vocabulary) + d


def _pass(network: Network, of: Generative, sequences: Amount) -> Cost:
    length = of.length + 1
    return transformer_pass(
        sequences * length,
        length,
        layers=network.layers,
        width=network.d_model,
        heads=network.heads,
        neurons=4 * network.d_model,
        outputs=of.vocabulary,
    )


def _policy_of(plan: Any, name: str) -> tuple[Any, Any]:
    """Return a start policy and its world."""
    found = plan.section.policies[name]
    return found, plan.section.worlds[found.world]


def _preference_of(plan: Any, name: str) -> tuple[Any, Any, list[Any]]:
    """Return a preference model, its world and its sets of comparisons."""
    found = plan.section.preferences[name]
    tranches = [plan.section.tranches[each] for each in found.tranches]
    return found, _policy_of(plan, tranches[0].policy)[1], tranches


def _start(plan: Any, wildcards: Any) -> Cost:
    start, of = _policy_of(plan, wildcards.policy)
    return fitting(
        start.network, of, sequences=of.lines, batch=start.optimiser.batch, epochs=start.epochs
    )


def _probe(plan: Any, wildcards: Any) -> Cost:
    start, of = _policy_of(plan, wildcards.policy)
    sequences = 2 * (start.probes.calibration + start.probes.fresh)
    found = sampling(start.network, of, sequences) * _SLOW
    return found + Cost(starts=1.5, stored=sequences * (of.length / 2 + 8) + 20_000)


def _compare(plan: Any, wildcards: Any) -> Cost:
    tranche = plan.section.tranches[wildcards.tranche]
    start, of = _policy_of(plan, tranche.policy)
    sequences = 2 * (tranche.pairs + tranche.test) * tranche.best_of
    judged = _pass(start.network, of, sequences) * (tranche.best_of > 1)
    stored = 2 * (tranche.pairs + tranche.test) * (of.length / 2 + 8) + 20_000
    return (sampling(start.network, of, sequences) + judged) * _SLOW + Cost(starts=1, stored=stored)


def _prefer(plan: Any, wildcards: Any) -> Cost:
    preference, of, tranches = _preference_of(plan, wildcards.preference)
    pairs = preference.pairs or sum(each.pairs for each in tranches)
    return fitting(
        preference.network,
        of,
        sequences=2 * pairs,
        batch=2 * preference.optimiser.batch,
        epochs=preference.epochs,
    )


def _judge(plan: Any, wildcards: Any) -> Cost:
    """Return the cost of scoring all probes of a start policy with a preference model."""
    preference, of, tranches = _preference_of(plan, wildcards.preference)
    probes = _policy_of(plan, tranches[0].policy)[0].probes
    scored = _pass(preference.network, of, 2 * (probes.calibration + probes.fresh))
    return Cost(starts=1.5, stored=40_000) + scored * _SLOW


def _train(plan: Any, wildcards: Any) -> Cost:
    experiment = plan.experiment(wildcards)
    start, of = _policy_of(plan, experiment.policy)
    return policy(start.network, of, experiment)


def _evaluate(plan: Any, wildcards: Any) -> Cost:
    """Return the cost of a policy at its checkpoints, scored by all judges.

    In an enumerated world judges score every sequence once; otherwise, samples of each checkpoint.
    """
    experiment = plan.experiment(wildcards)
    start, of = _policy_of(plan, experiment.policy)
    schedule = experiment.schedule
    kept = checkpoints(Schedule(steps=schedule.iterations, checkpoints=schedule.checkpoints))
    judges = 2 + len(experiment.judges)
    stored = Cost(starts=1.5, stored=75_000 + 200 * kept)
    if isinstance(of, Enumerated):
        every = of.vocabulary**of.length
        prefixes = every / of.vocabulary / (of.length + 1)
        found = _pass(start.network, of, prefixes) * kept + _pass(start.network, of, every) * judges
        return stored + found * _SLOW + Cost(numbers=30 * every, calls=6_000) * kept
    samples = plan.section.analysis.evaluation.samples
    each = sampling(start.network, of, samples) + _pass(start.network, of, samples) * (judges + 1)
    return stored + each * (_SLOW * kept)


def _best_of(plan: Any, wildcards: Any) -> Cost:
    judges = 1 + len(plan.preferences_on_policy(wildcards))
    start, of = _policy_of(plan, wildcards.policy)
    sequences = 2 * (start.probes.calibration + start.probes.fresh)
    return Cost(starts=1.5, stored=50_000) + _pass(start.network, of, sequences) * (judges * _SLOW)


def _detect(plan: Any, wildcards: Any) -> Cost:
    start, of = _policy_of(plan, wildcards.policy)
    return Cost(starts=1.5, stored=50_000) + _pass(start.network, of, of.lines) * _SLOW


def _world(plan: Any, wildcards: Any) -> Cost:
    return world(plan.stored_worlds.section(wildcards))


def _comparison(plan: Any, wildcards: Any) -> Cost:
    del wildcards
    return JOINED + Cost(stored=600_000) + Cost(calls=50_000, stored=10_000) * len(plan.runs())


COSTS = {
    "rlhf_world": _world,
    "rlhf_pairs_world": _world,
    "rlhf_start": _start,
    "rlhf_probe": _probe,
    "rlhf_compare": _compare,
    "rlhf_prefer": _prefer,
    "rlhf_calibrate": _judge,
    "rlhf_measure_preference": _judge,
    "rlhf_train": _train,
    "rlhf_evaluate": _evaluate,
    "rlhf_best_of": _best_of,
    "rlhf_detect": _detect,
    "rlhf_comparison": _comparison,
}
"""By rule. `rlhf_pairs` has none: what it takes depends on the texts, not on their number."""
