"""How experiments depart from the others on their corpus, apart from strategy and clean share."""

from collections.abc import Iterator

from ontogeny.joins.usual import dotted, unusual
from ontogeny.studies.noisy_labels.config import CLEAN_ALONE, Experiment, NoisyLabels

__all__ = ["conditions_of"]


def conditions_of(section: NoisyLabels) -> dict[str, str]:
    """Return how network, optimiser, epochs and tuning of experiments differ from the usual ones.

    Usual is the value that most experiments on a corpus have, of those that read it; of equals, the
    first in the configuration.

    Returns
    -------
    dict of str to str
        By experiment, such as ``"network.dropout 0.5"``; empty for what is usual.
    """
    return unusual(
        {name: dict(_read(each)) for name, each in section.experiments.items()},
        {name: section.raters[each.rater].corpus for name, each in section.experiments.items()},
    )


def _read(experiment: Experiment) -> Iterator[tuple[str, str]]:
    """Yield what an experiment reads, as dotted paths with values."""
    epochs = "clean_epochs" if experiment.strategy in CLEAN_ALONE else "epochs"
    fields = {"network", "optimiser"} | ({"tuning"} if experiment.tuned else set())
    yield from dotted(experiment.model_dump(mode="json", include=fields))
    yield f"schedule.{epochs}", str(getattr(experiment.schedule, epochs))
