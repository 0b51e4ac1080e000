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
        Test accuracy at the final checkpoint.
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
    """Return the outcome of a run of which nothing but the history is known."""
    return Outcome(float(history["accuracy"].sel(split="test")[-1]))


def summary(
    seeds: Mapping[str, Sequence[int]],
    outcomes: Mapping[tuple[str, int], Outcome],
    *,
    unknown: Collection[str] = (),
) -> list[str]:
    """Return how many networks generalised, and for each experiment when their circuits formed.

    Parameters
    ----------
    seeds : mapping
        The seeds of each experiment of the configuration.
    outcomes : mapping
        By experiment and seed; of other runs as well.
    unknown : collection of str
        Experiments of whose networks it is not known which pairs they were trained on.

    Returns
    -------
    list of str
        A headline and a line for each experiment.
    """
    generalised = {
        name: [
            outcomes[name, seed]
            for seed in those
            if (name, seed) in outcomes and is_learned(outcomes[name, seed].accuracy)
        ]
        for name, those in seeds.items()
        if name not in unknown
    }
    total = sum(len(seeds[name]) for name in generalised)
    headline = (
        f"composition: {sum(map(len, generalised.values()))} of {total} networks generalised "
        f"(test accuracy of at least {LEARNED_ACCURACY} at the final checkpoint)"
    )
    return study_lines(
        headline,
        [
            (name, f"{len(found)} of {len(seeds[name])}", _circuits(found))
            for name, found in generalised.items()
        ]
        + [(name, "-", "training pairs unknown") for name in seeds if name in unknown],
    )


def _circuits(found: Sequence[Outcome]) -> str:
    ends = [each.circuit_end for each in found if np.isfinite(each.circuit_end)]
    return f"circuit formed by {span(ends)}" if ends else ""
