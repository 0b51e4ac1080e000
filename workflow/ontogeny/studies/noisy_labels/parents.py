"""Which experiment another one builds on."""

from collections.abc import Mapping

from ontogeny.studies.noisy_labels.config import Experiment

__all__ = ["parent_of", "reads_rater", "wanted_parent"]

_NOT_SHARED = frozenset(
    {"strategy", "tuned", "transition", "noisy_weight", "tuning", "seeds", "rater"}
)


def reads_rater(experiment: Experiment) -> bool:
    """Return whether a network learns from labels of the rater."""
    return experiment.strategy not in {"clean", "oracle"} and not experiment.tuned


def wanted_parent(experiment: Experiment) -> tuple[str, bool] | None:
    """Return strategy and tuning of the experiment that another one builds on; None for none.

    A tuned network goes on from its twin that is not tuned; loss correction `by-network` asks a
    network that learned from noisy labels alone; `relabelled` asks a network that learned from
    clean ones alone.
    """
    if experiment.tuned:
        return experiment.strategy, False
    if experiment.strategy == "loss-correction" and experiment.transition == "by-network":
        return "noisy", False
    if experiment.strategy == "relabelled":
        return "clean", False
    return None


def parent_of(experiments: Mapping[str, Experiment], name: str) -> str | None:
    """Return the name of the experiment that another one builds on; None where there is none.

    It has all seeds of that one, the same rater unless it reads none, and agrees with it in what
    both read.

    Parameters
    ----------
    experiments : mapping of str to Experiment
    name : str
        Of one that wants a parent.
    """
    child = experiments[name]
    wanted = wanted_parent(child)
    if wanted is None:
        return None
    for other, candidate in experiments.items():
        if (candidate.strategy, candidate.tuned) == wanted and _fits(candidate, child):
            return other
    return None


def _fits(parent: Experiment, child: Experiment) -> bool:
    same = set(Experiment.model_fields) - _NOT_SHARED
    if child.tuned:
        same |= {"transition"} if child.strategy == "loss-correction" else set()
        same |= {"noisy_weight"} if child.strategy == "weighted" else set()
    if parent.strategy != "clean":
        same.add("rater")
    agree = all(getattr(parent, field) == getattr(child, field) for field in same)
    return agree and set(child.seeds) <= set(parent.seeds)
