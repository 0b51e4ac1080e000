"""The section ``noisy_labels`` as it is written, with all defaults and checked as a whole.

No job imports this module.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ontogeny.config import Style, refuse
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
from ontogeny.studies.noisy_labels.parents import parent_of, wanted_parent
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
    given = {"experiments": {}, **raw} if isinstance(raw, Mapping) else raw
    section, _ = resolved(given, NoisyLabels, lists=_LISTS, style=Style, at="noisy_labels")
    refuse(_problems(section))
    return section


def _problems(section: NoisyLabels) -> Iterator[str]:
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


def _problems_of_rater(rater: Rater, corpora: Mapping[str, Corpus], at: str) -> Iterator[str]:
    """Say what a rater breaks together with its corpus."""
    if rater.corpus not in corpora:
        if corpora:
            known = ", ".join(corpora)
            yield f"`{at}.corpus` = {rater.corpus!r}: is not a corpus; known are {known}"
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
) -> Iterator[str]:
    """Say what an experiment breaks together with its rater and with other experiments."""
    at = f"noisy_labels.experiments.{name}"
    if experiment.rater not in section.raters:
        if section.raters:
            known = ", ".join(section.raters)
            yield f"`{at}.rater` = {experiment.rater!r}: is not a rater; known are {known}"
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
        yield (
            f"`{at}`: builds on an experiment with `strategy: {strategy}`, `tuned: "
            f"{str(tuned).lower()}`, all of its seeds, and the same in all else; add it"
        )


def _repeated(section: NoisyLabels) -> Iterator[str]:
    """Refuse runs that are there twice."""
    known: dict[tuple[str, int], str] = {}
    for name, experiment in section.experiments.items():
        for seed in experiment.seeds:
            training = experiment.training(seed).model_dump_json()
            other = known.setdefault((f"{experiment.rater} {training}", seed), name)
            if other != name:
                yield (
                    f"`noisy_labels.experiments.{name}`: has the same run as {other!r}, seed "
                    f"{seed}; remove one of them"
                )
