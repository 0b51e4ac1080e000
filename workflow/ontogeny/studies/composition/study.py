"""The study of group composition: which results and figures its runs have."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import xarray as xr

from ontogeny.config import canonical, specification
from ontogeny.groups import parse
from ontogeny.studies.composition import descriptions
from ontogeny.studies.composition.catalogue.given import group_specification
from ontogeny.studies.composition.catalogue.sections import GivenGroup, Groups
from ontogeny.studies.composition.config import (
    ARCHITECTURES,
    SWEPT,
    Experiment,
    Style,
)
from ontogeny.studies.composition.facts import facts_of_run, facts_of_runs, is_cyclic
from ontogeny.studies.composition.labels import DIMENSIONS
from ontogeny.studies.composition.memory import most_elements, reading_memory, training_memory
from ontogeny.studies.composition.networks.kinds import architecture_module
from ontogeny.studies.composition.resolution import resolve
from ontogeny.studies.composition.section import FIGURES, Composition
from ontogeny.studies.composition.summary import (
    Outcome,
    finding,
    outcomes_of_history,
    outcomes_of_runs,
    summary,
)
from ontogeny.studies.composition.titles import words
from ontogeny.study import Claims, Places, Plan, Study, Subject, Summary, given_digest
from ontogeny.titles import common, titled

__all__ = ["STUDY", "CompositionPlan"]

STORY = (
    "overview",
    "learning",
    "seeds",
    "irreps",
    "progress",
    "losses",
    "matrices",
    "hidden",
    "neurons",
    "activations",
    "logits",
    "components",
    "readout",
    "change_of_basis",
    "ablations",
    "addition_progress",
    "addition_phases",
    "addition_spectra",
    "embedding_circles",
    "addition_neurons",
    "addition_attention",
    "addition_logits",
    "addition_algorithms",
    "addition_readout",
    "addition_ablations",
    "addition_removal",
    "addition_key_losses",
    "addition_norms",
    "addition_measures",
    "addition_followups",
    "prediction",
    "universality_grokking",
    "universality_irreps",
    "universality_similarity",
    "universality_order",
    "universality_width",
    "universality_claims",
    "addition_efficiency",
)
"""From the story of a run to the evidence: losses, irreps, circuit, tests of it; then all runs."""

TABLES = ("runs", "averages", "intervals", "irreps", "widths")


class CompositionPlan(Plan):
    """What the workflow makes of the study in one configuration."""

    def __init__(
        self,
        study: Study,
        section: Composition,
        places: Places,
        *,
        groups: Mapping[str, GivenGroup],
    ) -> None:
        super().__init__(study, section, places)
        self.groups = groups
        self.swept_by = {
            name: sweep for sweep, members in section.sweeps.items() for name in members
        }
        self.swept_with_split = [
            sweep
            for sweep, members in section.sweeps.items()
            if all(section.experiments[name].has_split for name in members)
        ]
        self.foreign = [name for name, each in section.experiments.items() if each.weights]

    # Groups

    def group_file(self, group: str, name: str, suffix: str = ".nc") -> str:
        """Return a file of a group."""
        return self.places.result("groups", group, name, suffix=suffix)

    def of_group(self, name: str) -> Callable[[Any], str]:
        """Return an input function: a file of the group of a run."""
        return lambda wildcards: self.group_file(self.experiment(wildcards).group, name)

    def groups_of_runs(self) -> list[str]:
        """Return the names of the groups of all experiments."""
        return sorted({each.group for each in self.section.experiments.values()})

    def group_specification(self, wildcards: Any) -> dict[str, Any]:
        """Return what a group depends on: of its table the digest."""
        found = group_specification(wildcards.group, self.groups.get(wildcards.group))
        tables = self.given_tables(wildcards)
        return found | ({"table": given_digest(tables[0])} if tables else {})

    def given_tables(self, wildcards: Any) -> list[str]:
        """Return the file of the table of a group that is given by one."""
        given = self.groups.get(wildcards.group)
        return [given.table] if given and given.table else []

    def given_generators(self, wildcards: Any) -> list[str]:
        """Return the file of the generators of a group that is given by one."""
        given = self.groups.get(wildcards.group)
        return [given.file] if given and given.file and not given.table else []

    def is_cyclic(self, experiment: Experiment) -> bool:
        """Return whether the group of an experiment is cyclic by its name."""
        return experiment.group not in self.groups and is_cyclic(experiment.group)

    # Runs

    def training(self, wildcards: Any) -> dict[str, Any]:
        """Return what the training of a run depends on."""
        experiment = self.experiment(wildcards)
        return specification(
            experiment.training(int(wildcards.seed), pairs=self._pairs_digest(experiment))
        )

    def foreign_training(self, wildcards: Any) -> dict[str, Any]:
        """Return what a run that was made elsewhere depends on."""
        experiment, seed = self.experiment(wildcards), int(wildcards.seed)
        digests = {k: given_digest(file) for k, file in experiment.checkpoints_of(seed).items()}
        pairs = self._pairs_digest(experiment)
        return specification(experiment.training(seed, weights=digests, pairs=pairs))

    def _pairs_digest(self, experiment: Experiment) -> str | None:
        return given_digest(experiment.data.pairs) if experiment.data.pairs else None

    def pairs_files(self, wildcards: Any) -> list[str]:
        """Return the file of the training pairs of a run that has one."""
        given = self.experiment(wildcards).data.pairs
        return [given] if given else []

    def weights_files(self, wildcards: Any) -> list[str]:
        """Return the files with the networks of a run that was made elsewhere, by step."""
        return list(self.experiment(wildcards).checkpoints_of(int(wildcards.seed)).values())

    def training_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that training a run, or reading its weights, may take."""
        experiment = self.experiment(wildcards)
        return attempt * training_memory(experiment, self._most_elements(experiment))

    def reading_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that evaluation and analysis of a run may take."""
        experiment = self.experiment(wildcards)
        return attempt * reading_memory(experiment, self._most_elements(experiment))

    def _most_elements(self, experiment: Experiment) -> int:
        return most_elements(experiment.group, self.groups.get(experiment.group))

    def modules(self, wildcards: Any) -> list[str]:
        """Return the modules that the jobs of a run import by name: that of its architecture."""
        return [architecture_module(self.experiment(wildcards).architecture.kind)]

    def own_modules(self, wildcards: Any) -> list[str]:
        """Return the modules that a job for measures of the user's own imports by name."""
        return [*super().own_modules(wildcards), *self.modules(wildcards)]

    def multiplies(self, experiment: Experiment) -> bool:
        """Return whether the networks of an experiment multiply, so that irreps can read them."""
        return experiment.data.labels == "product"

    def adds(self, experiment: Experiment) -> bool:
        """Return whether the group of an experiment is addition modulo an odd number."""
        return self.is_cyclic(experiment) and parse(experiment.group)[0].order % 2 == 1

    def predicts(self, experiment: Experiment) -> bool:
        """Return whether the runs of an experiment can say early what they will learn."""
        return self.multiplies(experiment) and experiment.has_initial and experiment.has_split

    def results_of_run(self, experiment: Experiment) -> list[str]:
        """Return the names of the results that a run of an experiment has."""
        results = ["checkpoints", "history"]
        if self.multiplies(experiment):
            results += ["analysis", "evaluation"]
        if self.predicts(experiment):
            results += ["prediction"]
        if self.adds(experiment):
            results += ["addition_analysis"]
            results += ["addition_evaluation"] if experiment.has_steps else []
        return results

    def multiplying(self) -> list[tuple[str, int]]:
        """Return the runs that multiply and whose training pairs are known: they are compared."""
        return self.runs(lambda experiment: self.multiplies(experiment) and experiment.has_split)

    def adding(self) -> list[tuple[str, int]]:
        """Return the runs that can be followed while they learn residues, whatever their labels.

        Of those alone whose training pairs are known and leave test pairs: they are compared by
        when they generalise.
        """
        return self.runs(
            lambda experiment: (
                self.adds(experiment) and experiment.has_steps and experiment.has_test_pairs
            )
        )

    def predicting(self) -> list[tuple[str, int]]:
        """Return the runs that have predictions."""
        return self.runs(self.predicts)

    def comparison_specification(self) -> Any:
        """Return what tells all runs that multiply apart."""
        experiments = self.section.experiments
        runs = [descriptions.multiplying(experiments[n], n, seed) for n, seed in self.multiplying()]
        return canonical({"groups": self.groups_of_runs(), "runs": runs})

    def groups_of_predictions(self) -> list[str]:
        """Return the names of the groups of the runs that say early what they will learn."""
        return sorted({self.section.experiments[name].group for name, _ in self.predicting()})

    def predictions_specification(self) -> Any:
        """Return what tells all runs apart that say early what they will learn."""
        experiments = self.section.experiments
        settings = descriptions.settings_of(experiments)
        runs = [
            descriptions.predicting(experiments[name], name, seed, setting=settings[name])
            for name, seed in self.predicting()
        ]
        return canonical(
            {
                "groups": self.groups_of_predictions(),
                "permutations": self.section.analysis.prediction.permutations,
                "runs": runs,
            }
        )

    def addition_specification(self) -> Any:
        """Return what tells all runs on residues apart."""
        runs = [
            descriptions.adding(
                self.section.experiments[name], name, seed, sweep=self.swept_by.get(name, name)
            )
            for name, seed in self.adding()
        ]
        return canonical({"runs": runs})

    def tables_specification(self) -> Any:
        """Return which tables there are over all runs."""
        return {"tables": list(TABLES)}

    # Sweeps

    def runs_of_sweep(self, sweep: str) -> list[tuple[str, int]]:
        """Return experiment and seed of the runs of a sweep."""
        return [
            (name, seed)
            for name in self.section.sweeps[sweep]
            for seed in sorted(self.section.experiments[name].seeds)
        ]

    def sweep_specification(self, wildcards: Any) -> Any:
        """Return what tells the runs of a sweep apart."""
        values = self.section.sweeps[wildcards.sweep]
        runs = self.runs_of_sweep(wildcards.sweep)
        return canonical({"runs": [{"values": values[name], "seed": seed} for name, seed in runs]})

    def decay_schedules(self, sweep: str) -> list[dict[str, Any]]:
        """Return schedule of the weight decay, as JSON, and seed of each run of a sweep over it."""
        field = "optimiser.weight_decay_schedule"
        members = self.section.sweeps[sweep]
        experiments = self.section.experiments
        if any(
            set(values) != {field}
            or "addition_evaluation" not in self.results_of_run(experiments[name])
            or not experiments[name].has_test_pairs
            for name, values in members.items()
        ):
            return []
        return [
            {"schedule": json.dumps(members[name][field]), "seed": seed}
            for name, seed in self.runs_of_sweep(sweep)
        ]

    # What is asked for

    def joined(self) -> list[str]:
        """Return the names of the results of all runs."""
        of_runs = {
            "comparison": self.multiplying(),
            "predictions": self.predicting(),
            "addition_comparison": self.adding(),
        }
        return [name for name, runs in of_runs.items() if runs]

    def tables(self, suffix: str) -> list[str]:
        """Return the tables over all runs, in one of their formats."""
        return [self.result("tables", name, suffix=suffix) for name in TABLES]

    def first(self) -> list[str]:
        """Return the groups of all experiments, with their irreps."""
        return [
            self.group_file(group, file)
            for group in self.groups_of_runs()
            for file in ("table", "irreps")
        ]

    def targets(self) -> list[str]:
        """Return the results that are asked for, apart from figures and claims."""
        runs = [
            self.result(f"{name}/seed{seed}", file)
            for name, experiment in self.section.experiments.items()
            for seed in experiment.seeds
            for file in self.results_of_run(experiment)
        ]
        tables = [
            table
            for suffix in (".csv", ".md", ".tex", ".json")
            for table in self.tables(suffix)
            if self.multiplying()
        ]
        sweeps = [self.result("sweeps", sweep) for sweep in self.swept_with_split]
        joined = [self.result(name) for name in self.joined()]
        own = [file for files in self.own_files(self.runs()).values() for file in files]
        return self.first() + runs + own + sweeps + joined + tables

    def subjects(self, level: str) -> list[Subject]:
        """Return all that figures of a level are drawn of."""
        of_level: dict[str, Callable[[], list[Subject]]] = {
            "run": self._runs_with_figures,
            "experiment": self._experiments,
            "sweep": self._sweeps,
            "study": self._study,
        }
        return of_level[level]()

    def _facts(self, experiment: Experiment) -> frozenset[str]:
        return facts_of_run(
            steps=experiment.has_steps,
            split=experiment.has_test_pairs,
            initial=experiment.has_initial,
            residues=self.adds(experiment),
            kind=experiment.architecture.kind,
        )

    def _runs_with_figures(self) -> list[Subject]:
        return [
            Subject(
                wildcards={"experiment": name, "seed": str(seed)},
                title=titled(words(experiment.group, experiment), name, seed=seed),
                inputs={
                    result: self.result(f"{name}/seed{seed}", result)
                    for result in self.results_of_run(experiment)
                }
                | {own: files[0] for own, files in self.own_files([(name, seed)]).items()},
                facts=self._facts(experiment),
            )
            for name, experiment in self.section.experiments.items()
            for seed in self.seeds_with_figures(experiment)
        ]

    def _experiments(self) -> list[Subject]:
        found = []
        for name, experiment in self.section.experiments.items():
            results = self.results_of_run(experiment)
            runs = [(name, seed) for seed in experiment.seeds]
            with_phases = [
                each for each in ("addition_evaluation", "evaluation") if each in results
            ]
            found.append(
                Subject(
                    wildcards={"experiment": name},
                    title=titled(words(experiment.group, experiment), name),
                    inputs={result: self.files(runs, result) for result in results}
                    | self.own_files(runs)
                    | {"phases": [f for each in with_phases[:1] for f in self.files(runs, each)]},
                    values={"seeds": list(experiment.seeds)},
                    facts=self._facts(experiment),
                )
            )
        return found

    def _sweeps(self) -> list[Subject]:
        found = []
        for sweep in self.swept_with_split:
            schedules = self.decay_schedules(sweep)
            inputs: dict[str, str | list[str]] = {"sweep": self.result("sweeps", sweep)}
            if schedules:
                runs = self.runs_of_sweep(sweep)
                inputs["addition_evaluation"] = self.files(runs, "addition_evaluation")
            found.append(
                Subject(
                    wildcards={"sweep": sweep},
                    title=self._title_of_sweep(sweep),
                    inputs=inputs,
                    values={"schedules": schedules} if schedules else {},
                )
            )
        return found

    def _title_of_sweep(self, sweep: str) -> str:
        members = [self.section.experiments[name] for name in self.section.sweeps[sweep]]
        return titled(common(words(each.group, each) for each in members), sweep)

    def _study(self) -> list[Subject]:
        names_of_runs = dict.fromkeys(name for name, _ in self.multiplying())
        experiments = [self.section.experiments[name] for name in names_of_runs]
        names = [*self.joined(), *(claims.name for claims in self.claims())]
        facts = facts_of_runs(experiments, self.groups)
        if any(self.section.experiments[name].data.labels == "random" for name, _ in self.adding()):
            facts |= {"random-labels"}
        return [
            Subject(
                wildcards={},
                title="",
                inputs={name: self.result(name) for name in names},
                facts=frozenset(facts),
            )
        ]

    def given_paths(self) -> list[str]:
        """Return the paths of files that the configuration names."""
        weights = [
            path
            for experiment in self.section.experiments.values()
            if experiment.weights is not None
            for seed in experiment.seeds
            for path in experiment.checkpoints_of(seed).values()
        ]
        pairs = [each.data.pairs for each in self.section.experiments.values() if each.data.pairs]
        return (
            weights
            + pairs
            + [given.file for given in self.groups.values() if given.file is not None]
        )

    def summary(self, read: Callable[[str], xr.Dataset]) -> Summary:
        """Return what the last lines of a run say of the study."""
        return summary(self._outcomes(read), untested=self._untested())

    def finding(self, read: Callable[[str], xr.Dataset]) -> str:
        """Return in one sentence what its runs show."""
        groups = {name: each.group for name, each in self.section.experiments.items()}
        return finding(self._outcomes(read), groups, untested=self._untested())

    def _untested(self) -> list[str]:
        """Return the experiments whose networks are trained on all pairs."""
        experiments = self.section.experiments.items()
        return [name for name, each in experiments if each.has_split and not each.has_test_pairs]

    def _outcomes(self, read: Callable[[str], xr.Dataset]) -> dict[tuple[str, int], Outcome]:
        """Return what became of each run whose training pairs are known."""
        found: dict[tuple[str, int], Outcome] = {}
        for name in ("addition_comparison", "comparison"):
            if name in self.joined():
                found |= outcomes_of_runs(read(self.result(name)))
        untested = self._untested()
        runs = self.runs(lambda experiment: experiment.has_split)
        return {
            run: found[run]
            if run in found and run[0] not in untested
            else outcomes_of_history(read(self.files([run], "history")[0]))
            for run in runs
        }


STUDY = Study(
    name="composition",
    title="Group composition",
    section=Composition,
    resolve=resolve,
    plan=CompositionPlan,
    levels={
        "run": "figures/{experiment}/seed{seed}",
        "experiment": "figures/{experiment}",
        "sweep": "figures/sweeps/{sweep}",
        "study": "figures",
    },
    facts={
        "run": ("steps", "split", "initial", "irreps-alone", *ARCHITECTURES),
        "experiment": ("steps", "split", "initial", "irreps-alone", *ARCHITECTURES),
        "study": (
            "steps",
            "test-pairs",
            "irreps-differ",
            "several-runs",
            "several-widths",
            "enough-runs",
            "random-labels",
        ),
    },
    figures=FIGURES,
    story=STORY,
    style=Style,
    dimensions=DIMENSIONS,
    claims=(
        Claims("claims", "ontogeny.studies.composition.irreps.claims", "comparison", "composition"),
        Claims(
            "addition_claims",
            "ontogeny.studies.composition.addition.claims",
            "addition_comparison",
            "addition",
        ),
        Claims(
            "prediction_claims",
            "ontogeny.studies.composition.prediction.claims",
            "predictions",
            "prediction",
        ),
    ),
    results=(
        "checkpoints",
        "history",
        "evaluation",
        "analysis",
        "prediction",
        "addition_evaluation",
        "addition_analysis",
    ),
    snapshots="ontogeny.studies.composition.networks.snapshots",
    asked=(
        "step",
        "parameters",
        "logits",
        "hidden",
        "left_embedding",
        "right_embedding",
        "unembedding",
        "product",
        "train_pairs",
    ),
    opened="ontogeny.studies.composition.opened",
    wildcards={"group": "[A-Za-z0-9-]+", "sweep": "[a-z0-9-]+"},
    swept=SWEPT,
    shared={"groups": Groups},
    specified=(
        "catalogue.sections",
        "config",
        "descriptions",
        "facts",
        "labels",
        "resolution",
        "section",
        "study",
        "titles",
    ),
)
