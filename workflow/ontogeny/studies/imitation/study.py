"""The study as the workflow reads it: which results and figures its runs have."""

from collections.abc import Callable, Sequence
from functools import cached_property
from platform import python_version
from typing import Any

import xarray as xr

from ontogeny.config import canonical, specification
from ontogeny.studies.imitation.checks import resolve
from ontogeny.studies.imitation.config import (
    FIGURES,
    SWEPT,
    Characters,
    Class,
    Experiment,
    History,
    Imitation,
    Random,
    Style,
    Treacherous,
    actions_of,
    policies_of,
    steps_of,
)
from ontogeny.studies.imitation.facts import facts_of_runs
from ontogeny.studies.imitation.labels import DIMENSIONS
from ontogeny.studies.imitation.memory import class_memory, run_memory
from ontogeny.studies.imitation.summary import finding
from ontogeny.studies.imitation.titles import words
from ontogeny.study import Claims, Plan, Stored, Study, Subject, given_digest, unique
from ontogeny.titles import titled

__all__ = ["STUDY", "ImitationPlan"]


class ImitationPlan(Plan):
    """What the workflow makes of the study in one configuration."""

    # Classes

    @cached_property
    def stored_classes(self) -> Stored:
        """The classes as they are stored."""
        return Stored(self.section.classes, _specification, "class")

    def class_file(self, name: str | None = None, seed: int | str = "{seed}") -> str:
        """Return the file of a class as one seed draws it.

        The class is named as in the configuration; without a name, the path has its wildcard.
        """
        return self.result("classes", self.stored_classes.named(name), f"seed{seed}")

    def class_of_run(self, wildcards: Any) -> str:
        """Return the file of the class of a run."""
        return self.class_file(self.experiment(wildcards).class_name, wildcards.seed)

    def text_files(self, wildcards: Any) -> Sequence[str]:
        """Return the text files of a class; nothing for one without."""
        return _files(self.stored_classes.section(wildcards))

    def class_specification(self, wildcards: Any) -> Any:
        """Return what a class depends on; the standard library goes with the Python."""
        of_class = self.stored_classes.specification(wildcards)
        return canonical(of_class | {"seed": int(wildcards.seed)})

    def class_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that making a class may take."""
        return attempt * class_memory(self.stored_classes.section(wildcards))

    def _class_of(self, experiment: Experiment) -> Class:
        return self.section.classes[experiment.class_name]

    def first(self) -> list[str]:
        """Return the classes of all runs, as their seeds draw them."""
        experiments = self.section.experiments
        return unique(
            self.class_file(experiments[name].class_name, seed) for name, seed in self.runs()
        )

    # Runs

    def result_of(self, experiment: Experiment) -> str:
        """Return the name of the one result that the runs of an experiment have."""
        return "simulation" if steps_of(self._class_of(experiment)) is None else "exact"

    def learning(self, wildcards: Any) -> Any:
        """Return what a run depends on: its class by its stored name; steps of an enumeration."""
        experiment = self.experiment(wildcards)
        kind = self._class_of(experiment)
        steps = steps_of(kind)
        learning = specification(experiment.learning(int(wildcards.seed), kind))
        of_class = {"class": self.stored_classes.names[experiment.class_name]}
        own = {"learning": learning} | of_class
        return canonical(own | ({} if steps is None else {"steps": steps}))

    def run_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that a run may take."""
        experiment = self.experiment(wildcards)
        return attempt * run_memory(experiment, self._class_of(experiment))

    def results_of_runs(self, name: str = "") -> list[str]:
        """Return the one result of each run, or of those alone where it has this name."""
        of_runs = [(run, self.result_of(self.section.experiments[run[0]])) for run in self.runs()]
        return [self.files([run], result)[0] for run, result in of_runs if name in ("", result)]

    def comparison_specification(self) -> Any:
        """Return what tells all runs apart."""
        return canonical({"runs": [self.described(*run) for run in self.runs()]})

    def described(self, name: str, seed: int) -> dict[str, Any]:
        """Return what the configuration says of a run and its results do not.

        Where the class has none, ``harm_probability`` is 1, which bounds nothing,
        ``betrayal_probability`` and ``copies`` are 0, ``states`` is 1 and ``betrayal`` is -1.
        ``own_event`` says whether the event is another one than the harm that its class is about.
        """
        experiment = self.section.experiments[name]
        kind = self._class_of(experiment)
        harm = kind if isinstance(kind, Treacherous) else None
        return {
            "experiment": name,
            "seed": seed,
            "class": experiment.class_name,
            "kind": kind.kind,
            "exact": self.result_of(experiment) == "exact",
            "learner": experiment.learner,
            "alpha": experiment.alpha,
            "ties": experiment.ties,
            "prior": experiment.prior,
            "contains_demonstrator": experiment.contains_demonstrator,
            "steps": steps_of(kind) or experiment.schedule.steps,
            "policies": policies_of(kind),
            "actions": actions_of(kind),
            "states": kind.states if isinstance(kind, Random | Treacherous) else 1,
            "harm_probability": 1.0 if harm is None else harm.harm_probability,
            "betrayal_probability": 0.0 if harm is None else harm.betrayal_probability,
            "hazard": harm is not None and harm.hazard,
            "copies": 0 if harm is None else harm.copies,
            "betrayal": -1 if harm is None else harm.betrayal,
            "own_event": experiment.has_own_event(kind),
        }

    # What is asked for

    def joined(self) -> list[str]:
        """Return the names of the results of all runs."""
        return ["comparison"]

    def targets(self) -> list[str]:
        """Return the results that are asked for, apart from figures and claims."""
        return [*self.results_of_runs(), self.result("comparison")]

    def subjects(self, level: str) -> list[Subject]:
        """Return all that figures of a level are drawn of."""
        return self._runs_with_figures() if level == "run" else self._study()

    def _words(self, experiment: Experiment) -> list[str]:
        return words(experiment.learner, experiment.alpha, self._class_of(experiment).kind)

    def _runs_with_figures(self) -> list[Subject]:
        return [
            Subject(
                wildcards={"experiment": name, "seed": str(seed)},
                title=titled(self._words(experiment), name, seed=seed),
                inputs={
                    "policy_class": self.class_file(experiment.class_name, seed),
                    result: self.files([(name, seed)], result)[0],
                },
            )
            for name, experiment in self.section.experiments.items()
            for result in [self.result_of(experiment)]
            for seed in self.seeds_with_figures(experiment)
        ]

    def _study(self) -> list[Subject]:
        runs = {"simulations": self.results_of_runs("simulation")}
        runs |= {"exacts": self.results_of_runs("exact")}
        return [
            Subject(
                wildcards={},
                title="",
                inputs={name: self.result(name) for name in ("comparison", "claims")}
                | {name: files for name, files in runs.items() if files},
                facts=facts_of_runs(self.section),
            )
        ]

    def given_paths(self) -> list[str]:
        """Return the paths of files that the configuration names."""
        return [path for kind in self.section.classes.values() for path in _files(kind)]

    def finding(self, read: Callable[[str], xr.Dataset]) -> str:
        """Return in one sentence what its runs show."""
        return finding(read(self.result("comparison")))


def _files(kind: Class) -> Sequence[str]:
    """Return the text files of a class."""
    return getattr(kind.past, "files", ()) if isinstance(kind, History) else ()


def _specification(kind: Class) -> Any:
    """Return what a class depends on, apart from the seed: of its files the digests."""
    if not isinstance(kind, History) or not isinstance(kind.past, Characters):
        return canonical({"class": specification(kind)})
    digests = tuple(given_digest(path) for path in kind.past.files)
    python = {} if digests else {"python": python_version()}
    past = kind.past.model_copy(update={"files": digests})
    read = kind.model_copy(update={"past": past})
    return canonical({"class": specification(read)} | python)


STUDY = Study(
    name="imitation",
    title="Imitation",
    section=Imitation,
    resolve=resolve,
    plan=ImitationPlan,
    levels={"run": "figures/{experiment}/seed{seed}", "study": "figures"},
    facts={
        "study": (
            "asks",
            "enumerated",
            "several-alphas",
            "several-sizes",
            "several-learners",
            "hazard",
            "rarity",
            "enough-runs",
        ),
    },
    figures=FIGURES,
    style=Style,
    dimensions=DIMENSIONS,
    claims=(Claims("claims", "ontogeny.studies.imitation.claims", "comparison", "imitation"),),
    results=("exact", "simulation"),
    story=("learners", "queries", "distance", "bounds", "rarity", "hazard", "alpha", "size"),
    opened="ontogeny.studies.imitation.opened",
    wildcards={"class": "[a-z0-9-]+"},
    swept=SWEPT,
)
