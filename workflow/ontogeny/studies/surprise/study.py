"""The study as the workflow reads it: which results and figures its runs have."""

from collections.abc import Callable, Sequence
from functools import cached_property
from platform import python_version
from typing import Any

import xarray as xr

from ontogeny.config import Style, canonical, specification
from ontogeny.studies.surprise.checks import resolve
from ontogeny.studies.surprise.config import (
    FIGURES,
    SWEPT,
    Experiment,
    Mixture,
    Parity,
    Surprise,
    World,
)
from ontogeny.studies.surprise.facts import facts_of_runs
from ontogeny.studies.surprise.files import files_of, with_files
from ontogeny.studies.surprise.labels import DIMENSIONS
from ontogeny.studies.surprise.memory import run_memory, world_memory
from ontogeny.studies.surprise.settings import setting_of
from ontogeny.studies.surprise.summary import finding
from ontogeny.studies.surprise.titles import words
from ontogeny.study import Claims, Plan, Stored, Study, Subject, any_of, given_digest, unique
from ontogeny.titles import titled

__all__ = ["STUDY", "SurprisePlan"]

RESULTS = {
    "parity": ("checkpoints", "history", "evaluation"),
    "mixture": ("checkpoints", "history", "evaluation", "open_ended"),
}
"""Names of the results of a run, by the kind of its world."""


class SurprisePlan(Plan):
    """What the workflow makes of the study in one configuration."""

    # Worlds

    @cached_property
    def stored_worlds(self) -> Stored:
        """The worlds as they are stored."""
        return Stored(self.section.worlds, _specification, "world")

    def world_file(self, name: str | None = None) -> str:
        """Return the file of a world by its name in the configuration; else with its wildcard."""
        return self.result("worlds", self.stored_worlds.named(name))

    def worlds_of(self, kind: str) -> str:
        """Return a regular expression: the names of the files of the worlds of a kind."""
        return self.stored_worlds.any_of(lambda world: world.kind == kind)

    def world_of_run(self, wildcards: Any) -> str:
        """Return the file of the world of a run."""
        return self.world_file(self.experiment(wildcards).world)

    def given_files(self, wildcards: Any) -> Sequence[str]:
        """Return the files that the configuration gives a world: its text, or its tables."""
        return files_of(self.stored_worlds.section(wildcards))

    def world_specification(self, wildcards: Any) -> Any:
        """Return what a world depends on; the standard library goes with the Python."""
        return self.stored_worlds.specification(wildcards)

    def published(self) -> list[str]:
        """Return the names of the worlds of published evaluations."""
        worlds = self.section.worlds.items()
        return sorted(name for name, world in worlds if world.kind == "published")

    def published_specification(self) -> Any:
        """Return what published worlds are asked for, by their names."""
        specifications = self.stored_worlds.specifications
        return canonical({"worlds": {n: specifications[n]["world"] for n in self.published()}})

    def world_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that making a world may take."""
        return attempt * world_memory(self.stored_worlds.section(wildcards))

    def _world_of(self, experiment: Experiment) -> World:
        return self.section.worlds[experiment.world]

    def first(self) -> list[str]:
        """Return the worlds of all experiments, and those of published evaluations."""
        worlds = {each.world for each in self.section.experiments.values()}
        return unique(map(self.world_file, sorted(worlds | {*self.published()})))

    # Runs

    def experiments_on(self, kind: str) -> str:
        """Return a regular expression: the names of the experiments on worlds of a kind."""
        return any_of(
            name
            for name, experiment in self.section.experiments.items()
            if self._world_of(experiment).kind == kind
        )

    def training(self, wildcards: Any) -> Any:
        """Return what the training of a run depends on, with its world."""
        experiment = self.experiment(wildcards)
        world = self._world_of(experiment)
        training = specification(experiment.training(int(wildcards.seed), world))
        return canonical(
            {"training": training} | self.stored_worlds.specifications[experiment.world]
        )

    def run_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that training or evaluating a run may take."""
        experiment = self.experiment(wildcards)
        return attempt * run_memory(experiment, self._world_of(experiment))

    def runs_on(self, kind: str) -> list[tuple[str, int]]:
        """Return experiment and seed of the runs on worlds of a kind."""
        return self.runs(lambda experiment: self._world_of(experiment).kind == kind)

    def scaling_specification(self, kind: str) -> Any:
        """Return what tells the runs on worlds of a kind apart, and how they are analysed."""
        runs = [self.described(*run) for run in self.runs_on(kind)]
        analysis = specification(self.section.analysis)
        if kind == "mixture":
            analysis.pop("learned", None)
            return canonical(
                {"runs": runs, "analysis": analysis, "expected": sorted(self.section.expected)}
            )
        return canonical({"runs": runs, "analysis": analysis})

    def described(self, name: str, seed: int) -> dict[str, Any]:
        """Return what the configuration says of a run and its results do not.

        ``setting`` is the name of all runs that differ in width and seed alone, ``family`` that of
        those among them with the same seed.
        """
        experiment = self.section.experiments[name]
        world = self._world_of(experiment)
        setting = setting_of(self.section.experiments)[name]
        return {
            "experiment": name,
            "seed": seed,
            "setting": setting,
            "family": f"{setting}, seed {seed}",
            "world": experiment.world,
            "width": experiment.network.width,
            "layers": experiment.network.layers,
            "steps": experiment.schedule.steps,
        } | ({"tasks": world.tasks, "alpha": world.alpha} if isinstance(world, Parity) else {})

    # What is asked for

    def joined(self) -> list[str]:
        """Return the names of the results of all runs."""
        kinds = [kind for kind in ("parity", "mixture") if self.runs_on(kind)]
        return [f"{kind}_scaling" for kind in kinds + ["published"] * bool(self.published())]

    def targets(self) -> list[str]:
        """Return the results that are asked for, apart from figures and claims."""
        return [self.result(name) for name in self.joined()]

    def subjects(self, level: str) -> list[Subject]:
        """Return all that figures of a level are drawn of."""
        return self._runs_with_figures() if level == "run" else self._study()

    def _words(self, experiment: Experiment) -> list[str]:
        world = self._world_of(experiment)
        return words(experiment.network, world.tasks if isinstance(world, Parity) else None)

    def _runs_with_figures(self) -> list[Subject]:
        return [
            Subject(
                wildcards={"experiment": name, "seed": str(seed)},
                title=titled(self._words(experiment), name, seed=seed),
                inputs={"world": self.world_file(experiment.world)}
                | {
                    result: self.files([(name, seed)], result)[0]
                    for result in RESULTS[self._world_of(experiment).kind]
                },
                facts=frozenset([self._world_of(experiment).kind]),
            )
            for name, experiment in self.section.experiments.items()
            for seed in self.seeds_with_figures(experiment)
        ]

    def _study(self) -> list[Subject]:
        joined = {name: self.result(name) for name in self.joined()}
        return [
            Subject(
                wildcards={},
                title="",
                inputs=joined | {"claims": [self.result(each.name) for each in self.claims()]},
                facts=facts_of_runs(self.section),
            )
        ]

    def given_paths(self) -> list[str]:
        """Return the paths of files that the configuration names."""
        return [path for world in self.section.worlds.values() for path in files_of(world)]

    def finding(self, read: Callable[[str], xr.Dataset]) -> str:
        """Return in one sentence what its runs show."""
        scaling = {name: read(self.result(name)) for name in self.joined()}
        return finding(scaling, learned=self.section.analysis.learned)


def _specification(world: World) -> Any:
    """Return what a world depends on: of its files the digests, of the library the Python."""
    digests = tuple(given_digest(path) for path in files_of(world))
    is_library = isinstance(world, Mixture) and not digests
    python = {"python": python_version()} if is_library else {}
    return canonical({"world": specification(with_files(world, digests))} | python)


STUDY = Study(
    name="surprise",
    title="Surprise",
    section=Surprise,
    resolve=resolve,
    plan=SurprisePlan,
    levels={"run": "figures/{experiment}/seed{seed}", "study": "figures"},
    facts={
        "run": ("parity", "mixture"),
        "study": (
            "parity-families",
            "parity-sizes",
            "mixture-families",
            "mixture-sizes",
            "mixture-records",
            "enough-runs",
        ),
    },
    figures=FIGURES,
    style=Style,
    dimensions=DIMENSIONS,
    claims=tuple(
        Claims(
            f"{kind}_claims",
            f"ontogeny.studies.surprise.claims.{kind}",
            f"{kind}_scaling",
            f"surprise, {kind}",
        )
        for kind in ("parity", "mixture", "published")
    ),
    results=RESULTS["mixture"],
    story=(
        "parity_abilities",
        "parity_order",
        "parity_laws",
        "parity_forecast",
        "mixture_abilities",
        "mixture_forecast",
        "metrics",
        "bias",
        "published",
        "learning",
    ),
    opened="ontogeny.studies.surprise.opened",
    wildcards={"world": "[a-z0-9-]+"},
    swept=SWEPT,
)
