"""Which networks generalised, when their circuits formed, and what that shows in a sentence."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from ontogeny.joins.outcomes import is_learned
from ontogeny.study import Summary
from ontogeny.wording import all_of, between, joined, plural, verb

__all__ = ["Outcome", "finding", "outcomes_of_history", "outcomes_of_runs", "summary"]

_NAN = float("nan")
_MOST_GROUPS = 4


@dataclass(frozen=True)
class Outcome:
    """What became of a run.

    Attributes
    ----------
    accuracy : float
        Test accuracy at the final checkpoint; training accuracy where all pairs are trained on.
    memorised, generalised : float
        First checkpoints with a training and a test accuracy of at least 0.99 [step]; NaN where
        there is none, or none is known.
    circuit_end : float
        End of the phase of circuit formation [step]; NaN where none was found.
    """

    accuracy: float
    memorised: float = _NAN
    generalised: float = _NAN
    circuit_end: float = _NAN


_COLUMNS = {
    "accuracy": ("test_accuracy",),
    "memorised": ("memorised_step",),
    "generalised": ("test_step", "generalised_step"),
    "circuit_end": ("circuit_end",),
}
"""Variables of joined runs that the fields of an outcome are: the first that is there."""


def outcomes_of_runs(runs: xr.Dataset) -> dict[tuple[str, int], Outcome]:
    """Return the outcomes of all runs of ``comparison.nc`` or ``addition_comparison.nc``.

    Parameters
    ----------
    runs : Dataset
        With accuracy, milestones and ends of phases by ``run``.

    Returns
    -------
    dict
        By experiment and seed.
    """
    found = {
        field: next(runs[name].values for name in names if name in runs)
        for field, names in _COLUMNS.items()
    }
    names, seeds = runs["experiment_of_run"].values, runs["seed_of_run"].values
    return {
        (str(name), int(seed)): Outcome(**{field: float(found[field][at]) for field in found})
        for at, (name, seed) in enumerate(zip(names, seeds, strict=True))
    }


def outcomes_of_history(history: xr.Dataset) -> Outcome:
    """Return the outcome of a run with nothing but a history."""
    split = "test" if "test" in history["split"] else "train"
    return Outcome(float(history["accuracy"].sel(split=split)[-1]))


def summary(
    outcomes: Mapping[tuple[str, int], Outcome], *, untested: Collection[str] = ()
) -> Summary:
    """Return how many networks generalised, and when their circuits formed.

    Of networks that are trained on all pairs it is counted how many have learned them.

    Parameters
    ----------
    outcomes : mapping
        By experiment and seed, of networks whose training pairs are known.
    untested : collection of str
        Experiments whose networks are trained on all pairs.
    """
    tested = [each for (name, _), each in outcomes.items() if name not in untested]
    learning = [each for (name, _), each in outcomes.items() if name in untested]
    said = [f"{_share(tested)} generalised"] if tested else []
    said += [f"{_share(learning)} trained on all pairs learned them"] if learning else []
    ends = [each.circuit_end for each in _learned(tested) if np.isfinite(each.circuit_end)]
    circuits = f"the phase of circuit formation ended {between(ends)}" if ends else ""
    return Summary("; ".join(said), circuits)


def finding(
    outcomes: Mapping[tuple[str, int], Outcome],
    groups: Mapping[str, str],
    *,
    untested: Collection[str] = (),
) -> str:
    """Return in a sentence when networks fit their training pairs, generalise and have a circuit.

    Parameters
    ----------
    outcomes, untested
        As for `summary`.
    groups : mapping of str to str
        The group of each experiment.
    """
    tested = {run: each for run, each in outcomes.items() if run[0] not in untested}
    if not tested:
        return f"{_share([*outcomes.values()])} trained on all pairs learned them." * bool(outcomes)
    names = sorted({groups[name] for name, _ in tested})
    on = f" on {joined(names)}" if len(names) <= _MOST_GROUPS else f" on {len(names)} groups"
    found = _learned([*tested.values()])
    if not found:
        return _of_none([*tested.values()], on)
    subject = all_of(len(found), len(tested)).capitalize()
    return f"{subject}{on} {_times(found)}{_circuits(found)}."


def _learned(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [each for each in outcomes if is_learned(each.accuracy)]


def _share(outcomes: Sequence[Outcome]) -> str:
    """Return how many networks got there, of how many."""
    return f"{len(_learned(outcomes))} of {plural(len(outcomes), 'network')}"


def _of_none(outcomes: Sequence[Outcome], on: str) -> str:
    """Return what is said where no network has generalised."""
    number = len(outcomes)
    fitted = sum(bool(np.isfinite(each.memorised)) for each in outcomes)
    if number == 1:
        said = f"The network{on} does not generalise within its training"
        return f"{said}, though it fits its training pairs." if fitted else f"{said}."
    said = f"None of {number} networks{on} generalises within its training"
    fits = verb(fitted, "fits its", "fit their")
    return (
        f"{said}, though {all_of(fitted, number)} {fits} training pairs." if fitted else f"{said}."
    )


def _times(found: Sequence[Outcome]) -> str:
    """Return when networks fit their training pairs and when they generalise, as a predicate."""
    memorised = [each.memorised for each in found]
    generalised = [each.generalised for each in found]
    generalise = verb(len(found), "generalises", "generalise")
    if not np.isfinite(generalised).all():
        return generalise
    if not np.isfinite(memorised).all():
        return f"{generalise} {between(generalised)}"
    fit = verb(len(found), "fits its", "fit their")
    fit = f"{fit} training pairs by step {max(memorised):,.0f}"
    if max(memorised) < min(generalised):
        return f"{fit} but {generalise} only {between(generalised)}"
    return f"{fit} and {generalise} {between(generalised)}"


def _circuits(found: Sequence[Outcome]) -> str:
    """Return when circuits have formed, as a further clause; nothing if not known of all."""
    ends = [each.circuit_end for each in found]
    if not np.isfinite(ends).all():
        return ""
    return f"; the phase of circuit formation ends {between(ends)}"
