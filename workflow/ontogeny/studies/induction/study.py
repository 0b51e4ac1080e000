"""The study of induction heads: which results and figures its runs have."""

from collections.abc import Callable, Sequence
from functools import cached_property
from platform import python_version
from typing import Any

import xarray as xr

from ontogeny.config import Style, canonical, specification
from ontogeny.studies.induction.config import (
    FIGURES,
    SWEPT,
    Corpus,
    Experiment,
    Induction,
    Text,
    resolve,
)
from ontogeny.studies.induction.facts import facts_of_experiment, facts_of_run, facts_of_runs
from ontogeny.studies.induction.labels import DIMENSIONS
from ontogeny.studies.induction.memory import analysis_memory, corpus_memory, train_memory
from ontogeny.studies.induction.summary import finding, summary
from ontogeny.studies.induction.titles import words
from ontogeny.study import Claims, Plan, Stored, Study, Subject, Summary, given_digest, unique
from ontogeny.titles import titled

__all__ = ["STUDY", "InductionPlan"]


class InductionPlan(Plan):
    """What the workflow makes of the study in one configuration."""

    # Corpora

    @cached_property
    def stored_corpora(self) -> Stored:
        """The corpora as they are stored."""
        return Stored(self.section.corpora, _specification, "corpus")

    def corpus_file(self, name: str | None = None) -> str:
        """Return the file of a corpus by its name in the configuration; else with its wildcard."""
        return self.result("corpora", self.stored_corpora.named(name))

    def corpus_of_run(self, wildcards: Any) -> str:
        """Return the file of the corpus of a run."""
        return self.corpus_file(self.experiment(wildcards).corpus)

    def first(self) -> list[str]:
        """Return the corpora of all experiments."""
        return unique(map(self.corpus_file, self.corpora_of_runs()))

    def text_files(self, wildcards: Any) -> Sequence[str]:
        """Return the text files of a corpus; nothing for one that is drawn."""
        return _files(self.stored_corpora.section(wildcards))

    def corpus_specification(self, wildcards: Any) -> Any:
        """Return what a corpus depends on; the standard library goes with the Python."""
        return self.stored_corpora.specification(wildcards)

    def corpus_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that making a corpus may take."""
        return attempt * corpus_memory(self.stored_corpora.section(wildcards))

    def corpora_of_runs(self) -> list[str]:
        """Return the names of the corpora of all experiments."""
        return sorted({each.corpus for each in self.section.experiments.values()})

    # Runs

    def training(self, wildcards: Any) -> Any:
        """Return what the training of a run depends on, with its corpus."""
        experiment = self.experiment(wildcards)
        training = specification(experiment.training(int(wildcards.seed)))
        return canonical(
            {"training": training} | self.stored_corpora.specifications[experiment.corpus]
        )

    def foreign(self) -> list[str]:
        """Return the experiments whose networks were trained elsewhere."""
        return [name for name, each in self.section.experiments.items() if each.weights]

    def foreign_training(self, wildcards: Any) -> Any:
        """Return what a run that was made elsewhere depends on: of its files the digests."""
        experiment, seed = self.experiment(wildcards), int(wildcards.seed)
        digests = {k: given_digest(file) for k, file in experiment.checkpoints_of(seed).items()}
        training = specification(experiment.training(seed, weights=digests))
        return canonical(
            {"training": training} | self.stored_corpora.specifications[experiment.corpus]
        )

    def weights_files(self, wildcards: Any) -> list[str]:
        """Return the files with the networks of a run that was made elsewhere, by step."""
        return list(self.experiment(wildcards).checkpoints_of(int(wildcards.seed)).values())

    def training_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that training a run may take."""
        experiment = self.experiment(wildcards)
        return attempt * train_memory(experiment, self.section.corpora[experiment.corpus])

    def analysis_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that evaluation and analysis of a run may take."""
        experiment = self.experiment(wildcards)
        return attempt * analysis_memory(experiment, self.section.corpora[experiment.corpus])

    def comparison_specification(self) -> Any:
        """Return what tells all runs apart."""
        return canonical(
            {
                "corpora": self.corpora_of_runs(),
                "runs": [self.described(*run) for run in self.runs()],
            }
        )

    def described(self, name: str, seed: int) -> dict[str, Any]:
        """Return what the configuration says of a run and its results do not."""
        experiment = self.section.experiments[name]
        return {
            "experiment": name,
            "seed": seed,
            "corpus": experiment.corpus,
            "layers": experiment.network.layers,
            "steps": max(experiment.checkpoints_of(seed), default=experiment.schedule.steps),
            "mlp": experiment.network.d_mlp > 0,
            "smeared": experiment.network.smeared_keys,
        }

    # What is asked for

    def joined(self) -> list[str]:
        """Return the names of the results of all runs."""
        return ["comparison"]

    def targets(self) -> list[str]:
        """Return the results that are asked for, apart from figures and claims."""
        runs = [file for name in STUDY.results for file in self.files(self.runs(), name)]
        own = [file for files in self.own_files(self.runs()).values() for file in files]
        return [*runs, *own, self.result("comparison")]

    def subjects(self, level: str) -> list[Subject]:
        """Return all that figures of a level are drawn of."""
        of_level: dict[str, Callable[[], list[Subject]]] = {
            "run": self._runs_with_figures,
            "experiment": self._experiments,
            "corpus": self._corpora,
            "study": self._study,
        }
        return of_level[level]()

    def _words(self, experiment: Experiment) -> list[str]:
        return words(experiment.network, self.section.corpora[experiment.corpus].kind)

    def _runs_with_figures(self) -> list[Subject]:
        return [
            Subject(
                wildcards={"experiment": name, "seed": str(seed)},
                title=titled(self._words(experiment), name, seed=seed),
                inputs={"corpus": self.corpus_file(experiment.corpus)}
                | {result: self.result(f"{name}/seed{seed}", result) for result in STUDY.results}
                | {own: files[0] for own, files in self.own_files([(name, seed)]).items()},
                facts=facts_of_run(experiment),
            )
            for name, experiment in self.section.experiments.items()
            for seed in self.seeds_with_figures(experiment)
        ]

    def _experiments(self) -> list[Subject]:
        return [
            Subject(
                wildcards={"experiment": name},
                title=titled(self._words(experiment), name),
                inputs={
                    result: self.files([(name, seed) for seed in experiment.seeds], result)
                    for result in STUDY.results
                }
                | self.own_files([(name, seed) for seed in experiment.seeds])
                | {
                    "corpus": self.corpus_file(experiment.corpus),
                    "comparison": self.result("comparison"),
                },
                values={"experiment": name, "seeds": list(experiment.seeds)},
                facts=facts_of_experiment(experiment),
            )
            for name, experiment in self.section.experiments.items()
        ]

    def _corpora(self) -> list[Subject]:
        return [
            Subject(
                wildcards={"corpus": name},
                title=f"corpus {name}",
                inputs={
                    "corpus": self.corpus_file(name),
                    "comparison": self.result("comparison"),
                    **{
                        result: self.files(self.first_runs(name), result)
                        for result in ("evaluation", "analysis")
                    },
                },
                values={
                    "corpus_name": name,
                    "experiments": [experiment for experiment, _ in self.first_runs(name)],
                },
                facts=frozenset({"several-networks"} if len(self.first_runs(name)) > 1 else ()),
            )
            for name in self.corpora_of_runs()
        ]

    def first_runs(self, corpus: str) -> list[tuple[str, int]]:
        """Return the first run of each experiment on a corpus that has several checkpoints."""
        return [
            (name, experiment.seeds[0])
            for name, experiment in self.section.experiments.items()
            if experiment.corpus == corpus and experiment.has_steps
        ]

    def _study(self) -> list[Subject]:
        return [
            Subject(
                wildcards={},
                title="",
                inputs={name: self.result(name) for name in ("comparison", "claims")},
                facts=facts_of_runs(self.section),
            )
        ]

    def given_paths(self) -> list[str]:
        """Return the paths of files that the configuration names."""
        texts = [path for corpus in self.section.corpora.values() for path in _files(corpus)]
        return texts + [
            path
            for experiment in self.section.experiments.values()
            for seed in experiment.seeds
            for path in experiment.checkpoints_of(seed).values()
        ]

    def summary(self, read: Callable[[str], xr.Dataset]) -> Summary:
        """Return what the last lines of a run say of the study."""
        return summary(self.experiments(), read(self.result("comparison")))

    def finding(self, read: Callable[[str], xr.Dataset]) -> str:
        """Return in one sentence what its runs show."""
        return finding(self.experiments(), read(self.result("comparison")))


def _files(corpus: Corpus) -> Sequence[str]:
    """Return the text files of a corpus."""
    return corpus.files if isinstance(corpus, Text) else ()


def _specification(corpus: Corpus) -> Any:
    """Return what a corpus depends on: of its files the digests, of the library the Python."""
    if not isinstance(corpus, Text):
        return canonical({"corpus": specification(corpus)})
    digests = tuple(given_digest(path) for path in corpus.files)
    python = {} if digests else {"python": python_version()}
    read = corpus.model_copy(update={"files": digests})
    return canonical({"corpus": specification(read)} | python)


STUDY = Study(
    name="induction",
    title="Induction heads",
    section=Induction,
    resolve=resolve,
    plan=InductionPlan,
    levels={
        "run": "figures/{experiment}/seed{seed}",
        "experiment": "figures/{experiment}",
        "corpus": "figures/corpora/{corpus}",
        "study": "figures",
    },
    facts={
        "run": ("several-layers", "can-induce", "steps"),
        "experiment": ("several-layers", "can-induce", "steps", "several-seeds"),
        "corpus": ("several-networks",),
        "study": ("several-phrase-corpora", "enough-runs"),
    },
    figures=FIGURES,
    style=Style,
    dimensions=DIMENSIONS,
    claims=(Claims("claims", "ontogeny.studies.induction.claims", "comparison", "induction"),),
    results=("checkpoints", "history", "evaluation", "analysis"),
    story=(
        "side_by_side",
        "overview",
        "text",
        "models",
        "context",
        "paths",
        "patterns",
        "ablations",
        "attribution",
        "evaluators",
        "model_losses",
        "model_scores",
        "model_heads",
        "repeats",
        "claims",
    ),
    snapshots="ontogeny.studies.induction.snapshots",
    asked=("step", "parameters", "network", "tokens", "logits"),
    opened="ontogeny.studies.induction.opened",
    wildcards={"corpus": "[a-z0-9-]+"},
    swept=SWEPT,
)
