"""Which figures a configuration gets: those that can show something."""

from ontogeny.studies.induction.claims import LEAST
from ontogeny.studies.induction.config import Experiment, Induction, Network, Phrases

__all__ = ["LEAST_CORPORA", "figures_of_run", "overview_figures"]

LEAST_CORPORA = 3
"""With fewer corpora there is no dependence on the share of repeats to be seen."""


def figures_of_run(network: Network) -> list[str]:
    """Return the names of the figures that a run of a network gets.

    Parameters
    ----------
    network : Network

    Returns
    -------
    list of str
        ``patterns`` needs a network that can have induction heads: two layers or smeared keys;
        ``evaluators`` a head behind another one: two layers.
    """
    deep = network.layers > 1
    drawn = {
        "patterns": deep or network.smeared_keys,
        "ablations": True,
        "attribution": True,
        "evaluators": deep,
    }
    return [name for name, shown in drawn.items() if shown]


def overview_figures(induction: Induction) -> list[str]:
    """Return the names of the figures of the whole study.

    Parameters
    ----------
    induction : Induction

    Returns
    -------
    list of str
        ``repeats`` needs plain networks of two layers on `LEAST_CORPORA` corpora of phrases, and
        ``claims`` as many runs of one kind of network as a claim needs.
    """
    experiments = list(induction.experiments.values())
    plain_two = {each.corpus for each in experiments if _is_plain(each.network, layers=2)}
    phrases = {name for name in plain_two if isinstance(induction.corpora[name], Phrases)}
    runs: dict[str, int] = {}
    for each in experiments:
        kind = _kind(each, controls=plain_two)
        runs[kind] = runs.get(kind, 0) + len(each.seeds)
    runs.pop("", None)
    drawn = {
        "repeats": len(phrases) >= LEAST_CORPORA,
        "claims": max(runs.values(), default=0) >= LEAST,
    }
    return [name for name, shown in drawn.items() if shown]


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
