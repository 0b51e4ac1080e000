"""Which experiment another one builds on."""

from collections.abc import Iterator, Mapping

from ontogeny.config import Section
from ontogeny.studies.noisy_labels.config import Experiment

__all__ = ["differences", "nearest_parent", "parent_of", "reads_rater", "wanted_parent"]

_NOT_SHARED = frozenset({"strategy", "tuned", "transition", "noisy_weight", "tuning", "seeds"})


def reads_rater(experiment: Experiment) -> bool:
    """Return whether a network learns from labels of the rater."""
    return experiment.strategy not in {"clean", "oracle", "relabelled"} and not experiment.tuned


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

    It has all seeds of that one, the same rater, and agrees with it in what both read.

    Parameters
    ----------
    experiments : mapping of str to Experiment
    name : str
        Of one that wants a parent.
    """
    child = experiments[name]
    return next(
        (
            other
            for other in _candidates(experiments, child)
            if not differences(experiments[other], child)
        ),
        None,
    )


def nearest_parent(experiments: Mapping[str, Experiment], name: str) -> str | None:
    """Return the name of the experiment that another one builds on, or is nearest to that.

    Of those with the strategy and tuning that are wanted, it is the first with the fewest
    `differences`; None where there is none.

    Parameters
    ----------
    experiments : mapping of str to Experiment
    name : str
        Of the one that wants a parent.
    """
    child = experiments[name]
    return min(
        _candidates(experiments, child),
        key=lambda other: len(differences(experiments[other], child)),
        default=None,
    )


def _candidates(experiments: Mapping[str, Experiment], child: Experiment) -> Iterator[str]:
    wanted = wanted_parent(child)
    return (other for other, each in experiments.items() if (each.strategy, each.tuned) == wanted)


def differences(parent: Experiment, child: Experiment) -> list[str]:
    """Say why an experiment cannot build on another one of the right strategy and tuning.

    Parameters
    ----------
    parent, child : Experiment

    Returns
    -------
    list of str
        Clauses such as "it lacks seed 3" and "its `network.hidden` is 3, not 64"; empty if it can.
    """
    same = set(Experiment.model_fields) - _NOT_SHARED
    if child.tuned:
        same |= {"transition"} if child.strategy == "loss-correction" else set()
        same |= {"noisy_weight"} if child.strategy == "weighted" else set()
    found = [
        clause
        for field in Experiment.model_fields
        if field in same
        for clause in _different(getattr(parent, field), getattr(child, field), field)
    ]
    lacking = [str(seed) for seed in child.seeds if seed not in parent.seeds]
    if lacking:
        found.append(f"it lacks seed{'s' * (len(lacking) > 1)} {', '.join(lacking)}")
    return found


def _different(parent: object, child: object, path: str) -> Iterator[str]:
    if parent == child:
        return
    if isinstance(parent, Section) and isinstance(child, type(parent)):
        for field in type(parent).model_fields:
            yield from _different(getattr(parent, field), getattr(child, field), f"{path}.{field}")
    else:
        yield f"its `{path}` is {parent}, not {child}"
