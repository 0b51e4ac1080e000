"""The section ``noisy_labels`` as it is written, with all defaults and checked as a whole.

No job imports this module.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ontogeny.config import Fault, Style, unknown_name
from ontogeny.config.training import LISTS
from ontogeny.studies.noisy_labels.config import (
    TUNABLE,
    Corpus,
    Experiment,
    Generated,
    NoisyLabels,
    Rater,
    VoteRater,
    Votes,
)
from ontogeny.studies.noisy_labels.corpora.checks import problems_of_files
from ontogeny.studies.noisy_labels.parents import (
    differences,
    nearest_parent,
    parent_of,
    reads_rater,
    wanted_parent,
)
from ontogeny.sweeps import resolved

__all__ = ["resolve"]

_LISTS = {
    "corpora": {"files", "development", "test", "groups.*"},
    "raters": LISTS,
    "experiments": {"seeds"} | LISTS,
}


def resolve(raw: Any) -> NoisyLabels:
    """Return the section ``noisy_labels`` with all defaults merged into it.

    Parameters
    ----------
    raw : mapping
        The section as the configuration files hold it.

    Returns
    -------
    NoisyLabels
        Its `defaults` are None, since every experiment has them in itself, and so has every figure
        those of `figures`.

    Raises
    ------
    ConfigurationError
        One message with every problem: key, value, rule and remedy.
    """
    section, _ = resolved(
        raw,
        NoisyLabels,
        lists=_LISTS,
        style=Style,
        at="noisy_labels",
        check=lambda section, _: _problems(section),
    )
    return section


_MOST = 3
"""Differences from the nearest experiment that a message names."""

_LEAST_CLEAN = 2
"""One toxic comment and a harmless one."""


def _problems(section: NoisyLabels) -> Iterator[str | Fault]:
    """Say what parts of the section break together."""
    for name in ("corpora", "raters"):
        if not getattr(section, name):
            yield f"`noisy_labels.{name}`: must hold at least 1"
    for name, corpus in section.corpora.items():
        if not isinstance(corpus, Generated):
            yield from problems_of_files(corpus, f"noisy_labels.corpora.{name}")
    for name, rater in section.raters.items():
        yield from _problems_of_rater(rater, section.corpora, f"noisy_labels.raters.{name}")
    for name, experiment in section.experiments.items():
        yield from _problems_of_experiment(section, name, experiment)
    yield from _repeated(section)


def _problems_of_rater(
    rater: Rater, corpora: Mapping[str, Corpus], at: str
) -> Iterator[str | Fault]:
    """Say what a rater breaks together with its corpus."""
    if rater.corpus not in corpora:
        if corpora:
            yield unknown_name(f"{at}.corpus", rater.corpus, corpora, "a corpus")
        return
    corpus = corpora[rater.corpus]
    if isinstance(rater, VoteRater) and not isinstance(corpus, Votes):
        yield (
            f"`{at}.corpus` = {rater.corpus!r}: has no votes of people; name a corpus of kind "
            "votes, or give the rater the kind network"
        )
    is_network = not isinstance(rater, VoteRater)
    if is_network and not isinstance(corpus, Generated) and corpus.rater_share == 0:
        yield (
            f"`{at}.corpus` = {rater.corpus!r}: has no comments for a network to learn from; raise "
            f"`noisy_labels.corpora.{rater.corpus}.rater_share` above 0, or give the rater the "
            "kind vote"
        )


def _problems_of_experiment(
    section: NoisyLabels, name: str, experiment: Experiment
) -> Iterator[str | Fault]:
    """Say what an experiment breaks together with its rater and with other experiments."""
    at = f"noisy_labels.experiments.{name}"
    if experiment.rater not in section.raters:
        if section.raters:
            yield unknown_name(f"{at}.rater", experiment.rater, section.raters, "a rater")
        return
    if experiment.tuned and experiment.strategy not in TUNABLE:
        yield (
            f"`{at}.tuned` = true: {experiment.strategy!r} cannot be fine-tuned; take it out, or "
            f"choose one of {', '.join(TUNABLE)}"
        )
        return
    wanted = wanted_parent(experiment)
    if wanted is not None and parent_of(section.experiments, name) is None:
        strategy, tuned = wanted
        nearest = nearest_parent(section.experiments, name)
        remedy = "add it"
        if nearest is not None:
            clauses = differences(section.experiments[nearest], experiment)
            more = f", and {len(clauses) - _MOST} more" if len(clauses) > _MOST else ""
            remedy = (
                f"add it, or change {nearest!r}, the nearest: {', '.join(clauses[:_MOST])}{more}"
            )
        yield (
            f"`{at}`: needs an experiment with `strategy: {strategy}`, `tuned: "
            f"{str(tuned).lower()}`, all of its seeds, and the same in all else, and there is "
            f"none; {remedy}"
        )
    corpus = section.corpora.get(section.raters[experiment.rater].corpus)
    if not isinstance(corpus, Generated) or experiment.strategy == "oracle":
        return
    clean = round(experiment.clean_share * corpus.study)
    if clean < _LEAST_CLEAN:
        yield (
            f"`{at}.clean_share` = {experiment.clean_share:g}: makes {clean} of the "
            f"{corpus.study} comments of the part `study` clean, but networks need at least "
            f"{_LEAST_CLEAN}; raise it, or `study` of the corpus"
        )


def _repeated(section: NoisyLabels) -> Iterator[str]:
    """Refuse runs that are there twice."""
    known: dict[tuple[str, ...], str] = {}
    for name, experiment in section.experiments.items():
        identity = _identity(section, name)
        for seed in experiment.seeds:
            other = known.setdefault((*identity, str(seed)), name)
            if other != name:
                yield (
                    f"`noisy_labels.experiments.{name}`: has the same run as {other!r}, seed "
                    f"{seed}; remove one of them"
                )


def _identity(section: NoisyLabels, name: str) -> tuple[str, ...]:
    """Return what decides the networks of an experiment, apart from their seeds."""
    experiment = section.experiments[name]
    rater = section.raters.get(experiment.rater)
    labels = experiment.rater
    if rater is not None and not reads_rater(experiment):
        labels = rater.corpus
    parent = parent_of(section.experiments, name)
    above = () if parent is None else _identity(section, parent)
    return (labels, experiment.training(0).model_dump_json(), *above)
