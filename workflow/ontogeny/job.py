"""A job of the workflow: reads its inputs, and writes its outputs with their provenance.

A script of the workflow makes a `Job` of the object that Snakemake gives it, calls one function of
the library, and hands the result over. What a result says of its run (experiment, seed, network,
data, configuration) is written by the stage that trains and carried along by all later ones.
"""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xarray as xr

from ontogeny.joblog import start, tell_memory
from ontogeny.joins import Run
from ontogeny.machine import machine
from ontogeny.provenance import attributes, identity, input_digests
from ontogeny.storage import read, write, write_provenance, write_text

__all__ = ["PROVENANCE", "Job"]

PROVENANCE = (
    "title",
    "warnings",
    "absent",
    "stage",
    "ontogeny_version",
    "spec",
    "spec_sha256",
    "code_sha256",
    "inputs",
)
"""Attributes that are of a single result. All others say what it is of; later stages keep them."""


class Job:
    """A job of the workflow.

    Parameters
    ----------
    snakemake : object
        What Snakemake gives to a script: inputs, outputs, parameters, wildcards, log.

    Attributes
    ----------
    spec : plain JSON value
        What the stage depends on in the configuration.
    logger : logging.Logger
        Writes to the log of the job.
    stage : str
        What the results say that made them: the rule, unless the script sets another name.
    """

    def __init__(self, snakemake: Any) -> None:
        self._job = snakemake
        self.logger: logging.Logger = start(snakemake.log[0])
        tell_memory(self.logger, snakemake)
        self.spec: Any = snakemake.params.spec
        self.stage = str(snakemake.rule)
        self._runs: list[dict[str, Any]] = []
        self._is_machine_noted = False
        self._inputs = input_digests(dict(snakemake.input.items()))

    @property
    def code(self) -> str:
        """Digest of the code of the stage."""
        return str(self._job.params.code)

    def wildcard(self, name: str) -> str:
        """Return the value of a wildcard in the paths of the outputs."""
        return str(getattr(self._job.wildcards, name))

    def path(self, name: str) -> Any:
        """Return the path of an input, or a list of several."""
        return getattr(self._job.input, name)

    def output(self, name: str) -> Any:
        """Return the path of an output, or a list of several."""
        return getattr(self._job.output, name)

    def read(self, name: str) -> Any:
        """Return the dataset of an input, or a list of those of several files."""
        path = self.path(name)
        if not isinstance(path, str):
            return [self._read(each) for each in path]
        return self._read(path)

    def _read(self, path: str) -> xr.Dataset:
        found = read(path)
        if "configuration" in found.attrs:  # of a run, and not of its group or corpus
            of = {key: value for key, value in found.attrs.items() if key not in PROVENANCE}
            self._runs.append(of)
        return found

    def inputs(self) -> dict[str, Any]:
        """Return all inputs by name, read."""
        return {name: self.read(name) for name in self._names()}

    def runs(self, *names: str) -> list[Run]:
        """Return the runs that the specification lists, with their results.

        Parameters
        ----------
        *names : str
            The inputs that hold one file of each run, in the order of the runs; all inputs, if none
            is named.
        """
        results = {name: self.read(name) for name in names or self._names()}
        rows = zip(*results.values(), strict=True)
        return [
            Run(about, dict(zip(results, row, strict=True)))
            for about, row in zip(self.spec["runs"], rows, strict=True)
        ]

    def _names(self) -> list[str]:
        return list(self._job.input.keys())

    def use_threads(self) -> None:
        """Let PyTorch use as many threads as the rule asks for."""
        import torch  # a job without a network starts without it

        torch.set_num_threads(self._job.threads)

    def write(
        self,
        dataset: xr.Dataset,
        output: str,
        *,
        about: Mapping[str, Any] | None = None,
        beside: str = "",
    ) -> None:
        """Write a dataset with its provenance, and with what it is of.

        Parameters
        ----------
        dataset : Dataset
        output : str
            Name of the output.
        about : mapping, optional
            Of what it is, for a stage whose inputs do not say so: see `PROVENANCE`.
        beside : str
            Name of the output that the provenance is written to, for a dataset whose bytes must not
            change when only the code that made it did.
        """
        self.write_to(dataset, self.output(output), about=about, beside=beside)

    def write_to(
        self,
        dataset: xr.Dataset,
        path: str | Path,
        *,
        about: Mapping[str, Any] | None = None,
        beside: str = "",
    ) -> None:
        """Write a dataset to a path of its own; see `write`."""
        self._note_machine(Path(path))
        if beside:
            write(dataset, path)
            self.write_provenance([path], self.output(beside))
        else:
            known = {key for run in self._runs for key in run}
            kept = {key: value for key, value in dataset.attrs.items() if key not in known}
            write(
                dataset.drop_attrs(deep=False).assign_attrs(kept),
                path,
                self._of(about or {}) | self.provenance(),
                identity=self._identity(path),
            )

    def write_provenance(self, files: Iterable[str | Path], path: str | Path) -> None:
        """Write the provenance of files that do not carry it as a JSON file beside them."""
        write_provenance(self.provenance(), path, files, identity=self._identity(path))

    def provenance(self) -> dict[str, str]:
        """Return the attributes that say what a result depends on."""
        return attributes(self.stage, self.spec, self.code, self._inputs)

    def _note_machine(self, path: Path) -> None:
        """Say on what machine the job runs, in a hidden folder beside its first result.

        Not in the result itself: results of two machines that agree are equal to the byte.
        """
        if not self._is_machine_noted:
            noted = path.parent / ".made_on" / f"{self.stage}-{path.stem}.json"
            write_text(json.dumps(machine(), indent=1) + "\n", noted)
            self._is_machine_noted = True

    def _identity(self, path: str | Path) -> str:
        return identity(Path(path).stem, self.spec, self._inputs)

    def _of(self, about: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a result is of: what all runs that it was made from have in common.

        Of several runs it names the experiments and seeds, and the configuration is that of all of
        them, without a seed.
        """
        labels = {
            name: int(value) if name == "seed" else value
            for name, value in self._job.wildcards.items()
        }
        return _common(self._runs) | dict(about) | labels


def _common(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    if not runs:
        return {}
    seeds = {(run.get("experiment"), run.get("seed")) for run in runs}
    if len(seeds) > 1:
        runs = [{**run, "configuration": _without_seed(run["configuration"])} for run in runs]
    common = {k: v for k, v in runs[0].items() if all(run.get(k) == v for run in runs)}
    for name in ("experiment", "seed"):
        values = list(dict.fromkeys(run[name] for run in runs if name in run))
        if len(values) > 1:
            common[f"{name}s"] = ", ".join(map(str, values))
    return common


def _without_seed(configuration: str) -> str:
    plain = json.loads(configuration)
    return json.dumps({key: value for key, value in plain.items() if key != "seed"})
