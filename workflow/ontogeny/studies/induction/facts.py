"""What is true of the runs of a configuration, so that figures can need it."""

from ontogeny.studies.induction.config import Experiment, Induction, Network, Phrases

__all__ = [
    "LEAST_CORPORA",
    "LEAST_RUNS",
    "facts_of_experiment",
    "facts_of_network",
    "facts_of_run",
    "facts_of_runs",
]

LEAST_CORPORA = 3
"""With fewer corpora there is no dependence on the share of repeats to be seen."""


LEAST_RUNS = 3
"""With fewer runs no claim about one kind of network has a verdict."""


def facts_of_experiment(experiment: Experiment) -> frozenset[str]:
    """Return what is true of an experiment: of each of its runs, and ``several-seeds``."""
    several = {"several-seeds"} if len(experiment.seeds) > 1 else set()
    return facts_of_run(experiment) | several


def facts_of_run(experiment: Experiment) -> frozenset[str]:
    """Return what is true of a run of an experiment.

    Returns
    -------
    frozenset of str
        ``several-layers``; ``can-induce``: it can have induction heads, which take two layers or
        smeared keys; ``steps``: not one network alone that was trained elsewhere.
    """
    network = experiment.network
    return facts_of_network(
        layers=network.layers,
        smeared_keys=network.smeared_keys,
        has_steps=experiment.has_steps,
    )


def facts_of_network(*, layers: int, smeared_keys: bool, has_steps: bool) -> frozenset[str]:
    """Return what is true of a run, as `facts_of_run` does, from its network."""
    facts = {
        "several-layers": layers > 1,
        "can-induce": layers > 1 or smeared_keys,
        "steps": has_steps,
    }
    return frozenset(name for name, holds in facts.items() if holds)


def facts_of_runs(induction: Induction) -> frozenset[str]:
    """Return what is true of all runs together.

    Returns
    -------
    frozenset of str
        ``several-phrase-corpora``: plain networks of two layers are on `LEAST_CORPORA` corpora of
        phrases. ``enough-runs``: one kind of network has as many runs as a claim needs.
    """
    experiments = list(induction.experiments.values())
    plain_two = {each.corpus for each in experiments if _is_plain(each.network, layers=2)}
    phrases = {name for name in plain_two if isinstance(induction.corpora[name], Phrases)}
    runs: dict[str, int] = {}
    for each in experiments:
        kind = _kind(each, controls=plain_two)
        runs[kind] = runs.get(kind, 0) + len(each.seeds)
    runs.pop("", None)
    facts = {
        "several-phrase-corpora": len(phrases) >= LEAST_CORPORA,
        "enough-runs": max(runs.values(), default=0) >= LEAST_RUNS,
    }
    return frozenset(name for name, holds in facts.items() if holds)


def _is_plain(network: Network, *, layers: int) -> bool:
    return network.layers == layers and not network.d_mlp and not network.smeared_keys


def _kind(experiment: Experiment, *, controls: set[str]) -> str:
    """Return the kind of network of which claims count the runs; empty for one they do not."""
    network = experiment.network
    if network.smeared_keys:
        counted = network.layers <= 2 and experiment.corpus in controls
        return f"smeared, {network.layers} layers" if counted else ""
    if network.layers > 1:
        return "two layers or more"
    return "one layer" if _is_plain(network, layers=1) else ""
