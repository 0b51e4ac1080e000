"""The study as the workflow reads it: which results and figures its runs have."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import xarray as xr

from ontogeny.config import Style, canonical, specification
from ontogeny.studies.noisy_labels.about import recipe
from ontogeny.studies.noisy_labels.checks import resolve
from ontogeny.studies.noisy_labels.conditions import conditions_of
from ontogeny.studies.noisy_labels.config import (
    FIGURES,
    SWEPT,
    Corpus,
    Experiment,
    Generated,
    NetworkRater,
    NoisyLabels,
    Rater,
)
from ontogeny.studies.noisy_labels.facts import SOURCES, facts_of_runs, source_of
from ontogeny.studies.noisy_labels.files import paths_of, with_paths
from ontogeny.studies.noisy_labels.labels import DIMENSIONS
from ontogeny.studies.noisy_labels.memory import corpus_memory, rater_memory, run_memory
from ontogeny.studies.noisy_labels.parents import parent_of, reads_rater
from ontogeny.studies.noisy_labels.summary import finding
from ontogeny.studies.noisy_labels.titles import words
from ontogeny.study import Claims, Plan, Stored, Study, Subject, any_of, given_digest, unique
from ontogeny.titles import titled

__all__ = ["STUDY", "NoisyLabelsPlan"]

RESULTS = ("checkpoints", "history", "scores")
"""Names of the results of a run."""


_USUAL = Experiment(rater="rater", seeds=(0,))
"""An experiment that says nothing about how it departs from the default."""


class NoisyLabelsPlan(Plan):
    """What the workflow makes of the study in one configuration."""

    # Corpora

    @cached_property
    def stored_corpora(self) -> Stored:
        """The corpora as they are stored."""
        return Stored(self.section.corpora, _specification, "corpus")

    def corpus_file(self, name: str | None = None) -> str:
        """Return the file of a corpus by its name in the configuration; else with its wildcard."""
        return self.result("corpora", self.stored_corpora.named(name))

    def corpora_of(self, *, generated: bool) -> str:
        """Return a regular expression: the names of files of generated corpora, or of others."""
        return self.stored_corpora.any_of(lambda each: isinstance(each, Generated) == generated)

    def given_files(self, wildcards: Any) -> Sequence[str]:
        """Return the files that the configuration gives a corpus."""
        return paths_of(self.stored_corpora.section(wildcards))

    def corpus_specification(self, wildcards: Any) -> Any:
        """Return what a corpus depends on."""
        return self.stored_corpora.specification(wildcards)

    def corpus_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that making a corpus may take."""
        return attempt * corpus_memory(self.stored_corpora.section(wildcards))

    # Raters

    @cached_property
    def stored_raters(self) -> Stored:
        """The labels of raters as they are stored."""

        def specify(rater: Rater) -> Any:
            found = specification(rater)
            corpus = self.stored_corpora.names[found.pop("corpus")]
            return canonical({"rater": found, "corpus": corpus})

        return Stored(self.section.raters, specify, "rater")

    def rater_file(self, name: str | None = None) -> str:
        """Return the labels of a rater by its name in the configuration; else with its wildcard."""
        return self.result("raters", self.stored_raters.named(name))

    def raters_of(self, *, networks: bool) -> str:
        """Return a regular expression: the names of files of raters that are networks, or not."""
        return self.stored_raters.any_of(lambda each: isinstance(each, NetworkRater) == networks)

    def corpus_of_rater(self, wildcards: Any) -> str:
        """Return the file of the corpus of a rater."""
        return self.corpus_file(self.stored_raters.section(wildcards).corpus)

    def rater_specification(self, wildcards: Any) -> Any:
        """Return what a rater depends on, its corpus by its stored name."""
        return self.stored_raters.specification(wildcards)

    def rater_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that making a rater may take."""
        rater = self.stored_raters.section(wildcards)
        return attempt * rater_memory(rater, self.section.corpora[rater.corpus])

    # Runs

    def _corpus_of(self, experiment: Experiment) -> Corpus:
        return self.section.corpora[self.section.raters[experiment.rater].corpus]

    def experiments_with_parent(self, *, parent: bool) -> str:
        """Return a regular expression: the experiments that build on another one, or the others."""
        names = self.section.experiments
        return any_of(name for name in names if (parent_of(names, name) is not None) == parent)

    def corpus_of_run(self, wildcards: Any) -> str:
        """Return the file of the corpus of a run."""
        return self.corpus_file(self.section.raters[self.experiment(wildcards).rater].corpus)

    def raters_of_run(self, wildcards: Any) -> list[str]:
        """Return the file of the labels that a run learns from: none for true labels alone."""
        experiment = self.experiment(wildcards)
        return [self.rater_file(experiment.rater)] if reads_rater(experiment) else []

    def parents_of_run(self, wildcards: Any) -> list[str]:
        """Return the checkpoints of the run with the same seed that a run builds on."""
        name = parent_of(self.section.experiments, wildcards.experiment)
        return [] if name is None else self.files([(name, int(wildcards.seed))], "checkpoints")

    def training(self, wildcards: Any) -> Any:
        """Return what the training of a run depends on, its data by their stored names."""
        experiment = self.experiment(wildcards)
        rater = self.section.raters[experiment.rater]
        data = {"corpus": self.stored_corpora.names[rater.corpus]}
        if reads_rater(experiment):
            data["rater"] = self.stored_raters.names[experiment.rater]
        training = specification(experiment.training(int(wildcards.seed)))
        return canonical({"training": training} | data)

    def run_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that training or scoring a run may take."""
        experiment = self.experiment(wildcards)
        return attempt * run_memory(experiment, self._corpus_of(experiment))

    @cached_property
    def _conditions(self) -> dict[str, str]:
        return conditions_of(self.section)

    def described(self, name: str, seed: int) -> dict[str, Any]:
        """Return what the configuration says of a run and its results do not."""
        experiment = self.section.experiments[name]
        variant = _variant(experiment)
        usual = variant == _variant(_USUAL.model_copy(update={"strategy": experiment.strategy}))
        return {
            "experiment": name,
            "seed": seed,
            "recipe": recipe(experiment.strategy, experiment.tuned, "" if usual else variant),
            "strategy": experiment.strategy,
            "tuned": experiment.tuned,
            "source": source_of(self.section, experiment.rater),
            "corpus": self.section.raters[experiment.rater].corpus,
            "rater": experiment.rater,
            "clean_share": experiment.clean_share,
            "variant": variant,
            "conditions": self._conditions[name],
        }

    # All runs

    def first(self) -> list[str]:
        """Return the corpora that raters label, and the labels of all raters."""
        corpora = map(self.corpus_file, self.names_of_corpora())
        return unique([*corpora, *map(self.rater_file, sorted(self.section.raters))])

    def names_of_corpora(self) -> list[str]:
        """Return the names of the corpora that raters label."""
        return sorted({rater.corpus for rater in self.section.raters.values()})

    def comparison_specification(self) -> Any:
        """Return what tells runs and raters apart, and how they are compared."""
        raters = {
            name: {
                "corpus": rater.corpus,
                "source": source_of(self.section, name),
                "accuracy": rater.accuracy if isinstance(rater, NetworkRater) else None,
                "keep": rater.keep if isinstance(rater, NetworkRater) else None,
            }
            for name, rater in self.section.raters.items()
        }
        return canonical(
            {
                "runs": [self.described(*run) for run in self.runs()],
                "corpora": self.names_of_corpora(),
                "raters": raters,
                "ratings": [self.stored_raters.names[name] for name in sorted(raters)],
                "analysis": specification(self.section.analysis),
            }
        )

    def joined(self) -> list[str]:
        """Return the names of the results of all runs."""
        return ["comparison"]

    def claims(self) -> list[Claims]:
        """Return the claims on each source of noisy labels that some run or rater has."""
        sources = {
            source_of(self.section, each.rater) for each in self.section.experiments.values()
        }
        return [each for each in self.study.claims if each.name.removesuffix("_claims") in sources]

    def targets(self) -> list[str]:
        """Return the results that are asked for, apart from figures and claims."""
        return [self.result("comparison")]

    def subjects(self, level: str) -> list[Subject]:
        """Return all that figures of a level are drawn of."""
        return self._runs_with_figures() if level == "run" else self._study()

    def _words(self, experiment: Experiment) -> list[str]:
        return words(
            experiment.strategy,
            self._corpus_of(experiment).kind,
            tuned=experiment.tuned,
            clean_share=experiment.clean_share,
        )

    def _runs_with_figures(self) -> list[Subject]:
        return [
            Subject(
                wildcards={"experiment": name, "seed": str(seed)},
                title=titled(self._words(experiment), name, seed=seed),
                inputs={"corpus": self.corpus_file(self.section.raters[experiment.rater].corpus)}
                | {result: self.files([(name, seed)], result)[0] for result in RESULTS},
            )
            for name, experiment in self.section.experiments.items()
            for seed in self.seeds_with_figures(experiment)
        ]

    def _study(self) -> list[Subject]:
        claims = [self.result(each.name) for each in self.claims()]
        return [
            Subject(
                wildcards={},
                title="",
                inputs={"comparison": self.result("comparison"), "claims": claims},
                facts=facts_of_runs(self.section),
            )
        ]

    def given_paths(self) -> list[str]:
        """Return the paths of files that the configuration names."""
        return [path for corpus in self.section.corpora.values() for path in paths_of(corpus)]

    def finding(self, read: Callable[[str], xr.Dataset]) -> str:
        """Return in one sentence what its runs show."""
        return finding(read(self.result("comparison")))


def _variant(experiment: Experiment) -> str:
    """Return how a run departs from others of its strategy: its transition or weight."""
    if experiment.strategy == "loss-correction":
        return experiment.transition
    return f"by {experiment.noisy_weight:g}" if experiment.strategy == "weighted" else ""


def _specification(corpus: Corpus) -> Any:
    """Return what a corpus depends on: of its files the digests."""
    digests = [given_digest(path) for path in paths_of(corpus)]
    return canonical({"corpus": specification(with_paths(corpus, digests))})


STUDY = Study(
    name="noisy_labels",
    title="Noisy labels",
    section=NoisyLabels,
    resolve=resolve,
    plan=NoisyLabelsPlan,
    levels={"run": "figures/{experiment}/seed{seed}", "study": "figures"},
    facts={
        "run": (),
        "study": ("several-strategies", "several-raters", "tuned", "enough-runs"),
    },
    figures=FIGURES,
    style=Style,
    dimensions=DIMENSIONS,
    claims=tuple(
        Claims(
            f"{source}_claims",
            f"ontogeny.studies.noisy_labels.claims.{source}",
            "comparison",
            f"noisy labels, {source}",
        )
        for source in SOURCES
    ),
    results=RESULTS,
    story=("trade", "strategies", "raters", "groups", "quality", "curves", "scores"),
    opened="ontogeny.studies.noisy_labels.opened",
    wildcards={"corpus": "[a-z0-9-]+", "rater": "[a-z0-9-]+"},
    swept=SWEPT,
)
