"""Which networks generalised and when their circuits formed, in a few lines."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from ontogeny.joins.outcomes import LEARNED_ACCURACY, is_learned
from ontogeny.workflow.summaries import span, study_lines

__all__ = ["Outcome", "outcomes_of_history", "outcomes_of_runs", "summary"]


@dataclass(frozen=True)
class Outcome:
    """What became of a run.

    Attributes
    ----------
    accuracy : float
        Test accuracy at the final checkpoint; training accuracy where all pairs are trained on.
    circuit_end : float
        End of circuit formation [step]; NaN where none was found.
    """

    accuracy: float
    circuit_end: float = float("nan")


def outcomes_of_runs(joined: xr.Dataset) -> dict[tuple[str, int], Outcome]:
    """Return the outcomes of all runs of ``comparison.nc`` or ``addition_comparison.nc``.

    Parameters
    ----------
    joined : Dataset
        With ``test_accuracy`` and ``circuit_end`` by ``run``.

    Returns
    -------
    dict
        By experiment and seed.
    """
    names = (str(name) for name in joined["experiment_of_run"].values)
    columns = (joined[name].values for name in ("seed_of_run", "test_accuracy", "circuit_end"))
    return {
        (name, int(seed)): Outcome(float(accuracy), float(end))
        for name, seed, accuracy, end in zip(names, *columns, strict=True)
    }


def outcomes_of_history(history: xr.Dataset) -> Outcome:
    """Return the outcome of a run with nothing but a history."""
    split = "test" if "test" in history["split"] else "train"
    return Outcome(float(history["accuracy"].sel(split=split)[-1]))


def summary(
    seeds: Mapping[str, Sequence[int]],
    outcomes: Mapping[tuple[str, int], Outcome],
    *,
    unknown: Collection[str] = (),
    untested: Collection[str] = (),
) -> list[str]:
    """Return how many networks generalised, and for each experiment when their circuits formed.

    Of networks that are trained on all pairs it is counted how many have learned them.

    Parameters
    ----------
    seeds : mapping
        The seeds of each experiment of the configuration.
    outcomes : mapping
        By experiment and seed; of other runs as well.
    unknown : collection of str
        Experiments of whose networks it is not known which pairs they were trained on.
    untested : collection of str
        Experiments whose networks are trained on all pairs.

    Returns
    -------
    list of str
        A headline and a line for each experiment.
    """
    reached = {
        name: [
            outcomes[name, seed]
            for seed in those
            if (name, seed) in outcomes and is_learned(outcomes[name, seed].accuracy)
        ]
        for name, those in seeds.items()
        if name not in unknown
    }
    tested = [name for name in reached if name not in untested]
    all_pairs = [name for name in reached if name in untested]
    said = []
    if tested or not all_pairs:
        said.append(
            f"{_share(tested, reached, seeds)} networks generalised (test accuracy of at least "
            f"{LEARNED_ACCURACY} at the final checkpoint)"
        )
    if all_pairs:
        said.append(
            f"{_share(all_pairs, reached, seeds)} networks trained on all pairs learned them "
            f"(accuracy of at least {LEARNED_ACCURACY} at the final checkpoint)"
        )
    return study_lines(
        f"composition: {', '.join(said)}",
        [(name, _share([name], reached, seeds), _circuits(reached[name])) for name in tested]
        + [(name, _share([name], reached, seeds), "trained on all pairs") for name in all_pairs]
        + [(name, "-", "training pairs unknown") for name in seeds if name in unknown],
    )


def _share(
    names: Sequence[str],
    reached: Mapping[str, Sequence[Outcome]],
    seeds: Mapping[str, Sequence[int]],
) -> str:
    """Return how many runs of some experiments got there, of how many."""
    return f"{sum(len(reached[n]) for n in names)} of {sum(len(seeds[n]) for n in names)}"


def _circuits(found: Sequence[Outcome]) -> str:
    ends = [each.circuit_end for each in found if np.isfinite(each.circuit_end)]
    return f"circuit formed by {span(ends)}" if ends else ""
