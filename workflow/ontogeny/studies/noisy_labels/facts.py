"""What is true of the runs of a configuration, so that figures can need it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from ontogeny.studies.noisy_labels.config import (
    Experiment,
    Generated,
    NetworkRater,
    NoisyLabels,
    VoteRater,
)
from ontogeny.studies.noisy_labels.least import LEAST_RUNS

__all__ = ["SOURCES", "facts_of_runs", "source_of"]

SOURCES = ("comments", "votes", "generated")
"""What noisy labels are of; claims are judged on each apart, real comments first."""


def source_of(section: NoisyLabels, rater: str) -> str:
    """Return what the labels of a rater are of.

    Returns
    -------
    {"generated", "comments", "votes"}
        Generated comments; real ones that a network labels; real ones with one person's vote.
    """
    found = section.raters[rater]
    if isinstance(section.corpora[found.corpus], Generated):
        return "generated"
    return "votes" if isinstance(found, VoteRater) else "comments"


def facts_of_runs(section: NoisyLabels) -> frozenset[str]:
    """Return what is true of all runs together.

    Returns
    -------
    frozenset of str
        ``several-strategies``: networks of two strategies learn from one rater.
        ``several-raters``: networks of one strategy learn from raters on one corpus that differ in
        accuracy or in what they keep. ``tuned``: some network is fine-tuned. ``enough-runs``:
        an experiment has as many seeds as a claim needs.
    """
    experiments = list(section.experiments.values())
    facts = set()
    if _differ(experiments, lambda each: each.rater, lambda each: (each.strategy, each.tuned)):
        facts.add("several-strategies")
    graded = [each for each in experiments if isinstance(section.raters[each.rater], NetworkRater)]
    if _differ(
        graded,
        lambda each: (each.strategy, each.tuned, section.raters[each.rater].corpus),
        lambda each: each.rater,
    ):
        facts.add("several-raters")
    if any(each.tuned for each in experiments):
        facts.add("tuned")
    if any(len(each.seeds) >= LEAST_RUNS for each in experiments):
        facts.add("enough-runs")
    return frozenset(facts)


def _differ(
    experiments: Iterable[Experiment],
    alike: Callable[[Experiment], object],
    by: Callable[[Experiment], object],
) -> bool:
    """Return whether experiments that are alike in one respect differ in another."""
    found: Mapping[object, set[object]] = defaultdict(set)
    for each in experiments:
        found[alike(each)].add(by(each))
    return any(len(values) > 1 for values in found.values())
