"""The study as the workflow reads it: which results and figures its runs have."""

from collections.abc import Callable, Sequence
from platform import python_version
from typing import Any

import xarray as xr

from ontogeny.config import Style, canonical, specification
from ontogeny.studies.surprise.checks import resolve
from ontogeny.studies.surprise.config import FIGURES, SWEPT, Experiment, Mixture, Surprise, World
from ontogeny.studies.surprise.labels import DIMENSIONS
from ontogeny.studies.surprise.memory import run_memory, world_memory
from ontogeny.study import Plan, Study, Subject

__all__ = ["STUDY", "SurprisePlan"]


class SurprisePlan(Plan):
    """What the workflow makes of the study in one configuration."""

    # Worlds

    def world_file(self, name: str = "{world}") -> str:
        """Return the file of a world."""
        return self.result("worlds", name)

    def worlds_of(self, kind: str) -> str:
        """Return a regular expression: the names of the worlds of a kind."""
        return _either(name for name, world in self.section.worlds.items() if world.kind == kind)

    def world_of_run(self, wildcards: Any) -> str:
        """Return the file of the world of a run."""
        return self.world_file(self.experiment(wildcards).world)

    def text_files(self, wildcards: Any) -> Sequence[str]:
        """Return the text files of a world; nothing for one without."""
        return _files(self.section.worlds[wildcards.world])

    def world_specification(self, wildcards: Any) -> Any:
        """Return what a world depends on; the standard library goes with the Python."""
        world = self.section.worlds[wildcards.world]
        is_library = isinstance(world, Mixture) and not world.files
        python = {"python": python_version()} if is_library else {}
        return canonical({"world": specification(world)} | python)

    def world_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that making a world may take."""
        return attempt * world_memory(self.section.worlds[wildcards.world])

    def _world_of(self, experiment: Experiment) -> World:
        return self.section.worlds[experiment.world]

    # Runs

    def experiments_on(self, kind: str) -> str:
        """Return a regular expression: the names of the experiments on worlds of a kind."""
        return _either(
            name
            for name, experiment in self.section.experiments.items()
            if self._world_of(experiment).kind == kind
        )

    def training(self, wildcards: Any) -> Any:
        """Return what the training of a run depends on, with its world."""
        experiment = self.experiment(wildcards)
        world = self._world_of(experiment)
        return canonical(
            {
                "training": specification(experiment.training(int(wildcards.seed), world)),
                "world": specification(world),
            }
        )

    def run_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that training or evaluating a run may take."""
        experiment = self.experiment(wildcards)
        return attempt * run_memory(experiment, self._world_of(experiment))

    # What is asked for

    def joined(self) -> list[str]:
        """Return the names of the results of all runs."""
        return []

    def targets(self) -> list[str]:
        """Return the results that are asked for, apart from figures and claims."""
        return [file for name in STUDY.results for file in self.files(self.runs(), name)]

    def subjects(self, level: str) -> list[Subject]:
        """Return all that figures of a level are drawn of."""
        return []

    def given_paths(self) -> list[str]:
        """Return the paths of files that the configuration names."""
        return [path for world in self.section.worlds.values() for path in _files(world)]

    def summary(self, read: Callable[[str], xr.Dataset]) -> list[str]:
        """Return the last lines of a run of the workflow."""
        return []


def _files(world: World) -> Sequence[str]:
    """Return the text files of a world."""
    return getattr(world, "files", ())


def _either(names: Any) -> str:
    """Return a regular expression that is any of some names; of none, one that is nothing."""
    return "|".join(sorted(names)) or "(?!)"


STUDY = Study(
    name="surprise",
    title="Surprise",
    section=Surprise,
    resolve=resolve,
    plan=SurprisePlan,
    levels={"run": "figures/{experiment}/seed{seed}", "study": "figures"},
    facts={},
    figures=FIGURES,
    style=Style,
    dimensions=DIMENSIONS,
    results=("checkpoints", "history"),
    wildcards={"world": "[a-z0-9-]+"},
    swept=SWEPT,
)
