"""A study as a value: its section of the configuration, its runs, and what is made of them.

The workflow knows of a study only what is defined here. A study gives one `Study`, which says how
its section is read and where its figures and claims are; the `Plan` that this makes of a
configuration says which files there will be. Every path of a result is built by `Places`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import xarray as xr

from ontogeny.config import (
    Section,
    Style,
    as_written,
    nearest,
    noted,
    refuse,
    short,
    shown_key,
    validate,
)
from ontogeny.provenance import spec_digest
from ontogeny.storage import file_digest

__all__ = [
    "RUN",
    "Claims",
    "Places",
    "Plan",
    "Stored",
    "Study",
    "Subject",
    "Summary",
    "any_of",
    "given_digest",
    "read_sections",
    "unique",
]

RUN = "{experiment}/seed{seed}"
"""The folder of the results of a run, with its wildcards."""


@dataclass(frozen=True)
class Places:
    """Where the results and logs of a configuration are stored.

    Attributes
    ----------
    configuration : str
        Name of the configuration. Two configurations share no file.
    """

    configuration: str

    def result(self, *parts: str, suffix: str = ".nc") -> str:
        """Return the path of a result; wildcards such as ``{seed}`` stay as they are."""
        return "/".join(("results", self.configuration, *parts)) + suffix

    def log(self, *parts: str) -> str:
        """Return the path of the log of a step."""
        return "/".join(("logs", self.configuration, *parts)) + ".log"

    def benchmark(self, *parts: str) -> str:
        """Return the path of the time and memory that a step took."""
        return "/".join(("logs", self.configuration, "benchmarks", *parts)) + ".tsv"


@dataclass(frozen=True)
class Claims:
    """Claims that are judged together.

    Attributes
    ----------
    name : str
        Of the file with their verdicts.
    module : str
        The module whose ``CLAIMS`` they are.
    joined : str
        Name of the result of all runs that they are judged by.
    study : str
        What they are about, in the page of all claims.
    """

    name: str
    module: str
    joined: str
    study: str

    def modules(self, wildcards: Any) -> list[str]:
        """Return the modules that the job that judges them imports by name."""
        del wildcards
        return [self.module]


@dataclass(frozen=True)
class Subject:
    """What a figure is drawn of: a run, an experiment, a corpus, all runs.

    Attributes
    ----------
    wildcards : mapping of str
        What tells it from others of its level, as in the paths of its figures.
    title : str
        Above its figures.
    inputs : mapping of str to str or sequence of str
        By the name that a figure asks for: the file of a result, or those of several runs.
    values : mapping of str
        By the name that a figure asks for: a plain JSON value that is not in any result.
    facts : frozenset of str
        What is true of it; a figure can need some.
    """

    wildcards: Mapping[str, str]
    title: str
    inputs: Mapping[str, str | Sequence[str]]
    values: Mapping[str, Any] = field(default_factory=dict)
    facts: frozenset[str] = frozenset()


class Summary(NamedTuple):
    """What the last lines of a run of the workflow say of a study; empty where it has nothing.

    Attributes
    ----------
    networks : str
        How many networks learned what they were trained for.
    circuits : str
        When their circuits formed.
    """

    networks: str = ""
    circuits: str = ""


class Stored:
    """Data that are stored under a name made from their specification, such as corpora.

    So data that are renamed in the configuration keep their file, and data of equal specification
    share one.

    Parameters
    ----------
    sections : mapping of str
        What the configuration says of each, by the name that it gives; all have a ``kind``.
    specify : callable
        From one of them to the plain JSON value that it depends on, without its name.
    wildcard : str
        What the name of the file is called in paths, for example ``corpus``.

    Attributes
    ----------
    specifications : dict of str
        By the name in the configuration.
    names : dict of str to str
        By the name in the configuration that of the file: the kind and the first 8 hexadecimal
        digits of the digest of the specification, for example ``phrases-0f3a91c2``.
    given : dict of str to list of str
        By the name of the file those in the configuration.

    Raises
    ------
    ontogeny.config.ConfigurationError
        If two specifications have the same name.
    """

    def __init__(
        self, sections: Mapping[str, Any], specify: Callable[[Any], Any], wildcard: str
    ) -> None:
        self._sections = sections
        self._wildcard = wildcard
        self.specifications = {name: specify(section) for name, section in sections.items()}
        self.names = {
            name: f"{section.kind}-{spec_digest(self.specifications[name])[:8]}"
            for name, section in sections.items()
        }
        self.given: dict[str, list[str]] = {}
        for name, stored in self.names.items():
            self.given.setdefault(stored, []).append(name)
        refuse(
            f"`{first}` and `{other}`: are a {wildcard} each, of different specifications that "
            f"lead to the same name of a file, {stored!r}; change a setting of one of them"
            for stored, (first, *others) in self.given.items()
            for other in others
            if self.specifications[first] != self.specifications[other]
        )

    def __format__(self, stored: str) -> str:
        """Return what messages call the data of a file: their names, and that of the file."""
        return f"{' and '.join(self.given[stored])} ({stored})"

    def named(self, name: str | None) -> str:
        """Return the name of the file of data that have a name; without one, the wildcard."""
        return f"{{{self._wildcard}}}" if name is None else self.names[name]

    def section(self, wildcards: Any) -> Any:
        """Return what the configuration says of the data of a job."""
        return self._sections[self._first(wildcards)]

    def specification(self, wildcards: Any) -> Any:
        """Return what the data of a job depend on."""
        return self.specifications[self._first(wildcards)]

    def _first(self, wildcards: Any) -> str:
        return self.given[getattr(wildcards, self._wildcard)][0]

    def any_of(self, chosen: Callable[[Any], bool] = lambda _: True) -> str:
        """Return a regular expression: the names of the files of some of them, or of all."""
        return any_of({self.names[n] for n, section in self._sections.items() if chosen(section)})


@dataclass(frozen=True, eq=False)
class Study:
    """A phenomenon with its own data, networks, measures, figures and claims.

    Attributes
    ----------
    name : str
        Of its section, the folder of its results, and the beginning of the names of its rules.
    title : str
        In the report.
    section : type of Section
        The model of its section, with ``experiments`` that have ``seeds``, ``figures`` from
        `ontogeny.figures.section_of`, ``own_figures`` by level, ``run_figures`` where single runs
        have figures, and ``own_measures`` where `asked` names something.
    resolve : callable
        From the raw section, and the shared sections by keyword, to the section with all defaults.
    plan : callable
        From the study, its resolved section and the places, and the shared sections by keyword, to
        the `Plan`.
    levels : mapping of str
        What figures can be of, and the folder of the figures of one, with its wildcards.
    facts : mapping of str to sequence of str
        By level: what can be true of what its figures are drawn of.
    figures : mapping of str
        Packages in which the figures are, in a folder for each level, with their category in the
        report.
    style : type of Style
        Of its figures.
    dimensions : mapping of str
        Every dimension of its datasets, with its meaning.
    claims : tuple of Claims
    results : tuple of str
        Names of the results that a run may have.
    story : tuple of str
        Names of its figures in the order in which they are to be looked at; others follow.
    snapshots : str
        The module whose function ``snapshots`` gives the checkpoints of a run to measures of the
        user's own.
    opened : str
        The module that says what a run is when it is opened in a notebook: functions ``data``,
        ``title``, ``columns``, ``words``, ``phases`` and ``facts``, and ``network`` where runs have
        networks.
    asked : tuple of str
        What of a checkpoint such a measure can ask for.
    wildcards : mapping of str
        Regular expressions of wildcards in the paths of its results, beside ``experiment`` and
        ``seed``.
    swept : tuple of type
        Models whose fields may be lists: sweeps.
    shared : mapping of str to type of Section
        Further sections of the configuration that it reads; each is a model with one field, which
        has the name of the section.
    specified : tuple of str
        Modules of the study that are not part of the digest of a step's code, since all that they
        do is in its specification.
    """

    name: str
    title: str
    section: type[Section]
    resolve: Callable[..., Any]
    plan: Callable[..., "Plan"]
    levels: Mapping[str, str]
    facts: Mapping[str, Sequence[str]]
    figures: Mapping[str, str]
    style: type[Style]
    dimensions: Mapping[str, str]
    claims: tuple[Claims, ...] = ()
    results: tuple[str, ...] = ()
    story: tuple[str, ...] = ()
    snapshots: str = ""
    opened: str = ""
    asked: tuple[str, ...] = ()
    wildcards: Mapping[str, str] = field(default_factory=dict)
    swept: tuple[type[Section], ...] = ()
    shared: Mapping[str, type[Section]] = field(default_factory=dict)
    specified: tuple[str, ...] = ("config", "facts", "labels", "study", "titles")

    def outside_code(self) -> frozenset[str]:
        """Return the names of the modules in `specified`, as they are imported."""
        return frozenset(f"ontogeny.studies.{self.name}.{module}" for module in self.specified)


class Plan(ABC):
    """What the workflow makes of a study in one configuration.

    Attributes
    ----------
    study : Study
    places : Places
    section : Section
        With all defaults.
    own : dict of str
        By name the files with measures of the user's own, which follow each run.
    """

    def __init__(self, study: Study, section: Any, places: Places) -> None:
        self.study = study
        self.section = section
        self.places = places
        own = section.own_measures if study.asked else ()
        self.own = {PurePosixPath(path).stem: path for path in own}

    def experiments(self) -> dict[str, tuple[int, ...]]:
        """Return the seeds of each experiment."""
        return {name: each.seeds for name, each in self.section.experiments.items()}

    def experiment(self, wildcards: Any) -> Any:
        """Return the experiment that a job belongs to."""
        return self.section.experiments[wildcards.experiment]

    def runs(self, chosen: Callable[[Any], bool] = lambda _: True) -> list[tuple[str, int]]:
        """Return experiment and seed of the runs of some experiments, of all unless it is said."""
        return [
            (name, seed)
            for name, experiment in sorted(self.section.experiments.items())
            if chosen(experiment)
            for seed in sorted(experiment.seeds)
        ]

    def seeds_with_figures(self, experiment: Any) -> tuple[int, ...]:
        """Return the seeds of the runs of an experiment that have figures of their own."""
        seeds: tuple[int, ...] = experiment.seeds
        return {"all": seeds, "first": seeds[:1], "none": ()}[self.section.run_figures]

    @abstractmethod
    def targets(self) -> list[str]:
        """Return the results that are asked for, apart from figures and claims."""

    def first(self) -> list[str]:
        """Return the data that several runs read: a file that stays the same stops what follows."""
        return []

    @abstractmethod
    def subjects(self, level: str) -> list[Subject]:
        """Return all that figures of a level are drawn of."""

    @abstractmethod
    def joined(self) -> Sequence[str]:
        """Return the names of the results of all runs, of which claims are judged."""

    def summary(self, read: Callable[[str], xr.Dataset]) -> Summary:
        """Return what the last lines of a run say of the study, with `read` to open results."""
        del read
        return Summary()

    def finding(self, read: Callable[[str], xr.Dataset]) -> str:
        """Return in one sentence what its runs show, with `read` to open results."""
        del read
        return ""

    def own_figures(self, level: str) -> Sequence[str]:
        """Return the files of the user's own figures of a level."""
        return self.section.own_figures.get(level, ())

    def own_file(self, name: str = "{measures}", run: str = RUN) -> str:
        """Return the path of measures of the user's own of a run."""
        return self.result(run, "own", name)

    def own_files(self, runs: Iterable[tuple[str, int]]) -> dict[str, list[str]]:
        """Return for all measures of the user's own their files of some runs."""
        folders = [RUN.format(experiment=name, seed=seed) for name, seed in runs]
        return {name: [self.own_file(name, folder) for folder in folders] for name in self.own}

    def own_specification(self, wildcards: Any) -> dict[str, str]:
        """Return what measures of the user's own depend on, apart from what is in their file."""
        return {"file": self.own[wildcards.measures], "snapshots": self.study.snapshots}

    def own_modules(self, wildcards: Any) -> list[str]:
        """Return the modules that a job for measures of the user's own imports by name."""
        del wildcards
        return [self.study.snapshots]

    def given_paths(self) -> list[str]:
        """Return the paths of files that the configuration names."""
        return []

    def claims(self) -> list[Claims]:
        """Return the claims that can be judged, since there are runs that they are about."""
        return [each for each in self.study.claims if each.joined in self.joined()]

    def result(self, *parts: str, suffix: str = ".nc") -> str:
        """Return the path of a result of the study."""
        return self.places.result(self.study.name, *parts, suffix=suffix)

    def run_file(self, name: str) -> str:
        """Return the path of a result of a run, with its wildcards."""
        return self.result(RUN, name)

    def files(self, runs: Iterable[tuple[str, int]], name: str) -> list[str]:
        """Return the paths of a result of each of some runs, by experiment and seed."""
        return [
            self.result(RUN.format(experiment=experiment, seed=seed), name)
            for experiment, seed in runs
        ]

    def run_log(self, stage: str) -> str:
        """Return the path of the log of a stage of a run, with its wildcards."""
        return self.log(RUN, stage)

    def run_benchmark(self, rule: str) -> str:
        """Return the path of the time and memory that a stage of a run took."""
        return self.benchmark(RUN, rule)

    def log(self, *parts: str) -> str:
        """Return the path of the log of a step of the study."""
        return self.places.log(self.study.name, *parts)

    def benchmark(self, *parts: str) -> str:
        """Return the path of the time and memory that a step of the study took."""
        return self.places.benchmark(self.study.name, *parts)


def given_digest(path: str) -> str:
    """Return the SHA-256 of a file that the configuration names, in hexadecimal.

    It is in the specification of the step that reads the file, so that another content is seen
    whatever the time of the file. An unchanged file is read once in a process.

    Raises
    ------
    ontogeny.storage.StorageError
        If the file is missing or cannot be read.
    """
    if not Path(path).is_file():
        return file_digest(path)  # which says what is wrong
    status = Path(path).stat()
    return _digest(path, status.st_size, status.st_mtime_ns, status.st_ino)


@cache
def _digest(path: str, size: int, mtime_ns: int, inode: int) -> str:
    del size, mtime_ns, inode
    return file_digest(path)


def any_of(names: Iterable[str]) -> str:
    """Return a regular expression that matches each of some names; of none, one without a match."""
    return "|".join(sorted(names)) or "(?!)"


def unique(files: Iterable[str]) -> list[str]:
    """Return each of some files once, in their order: data of equal specification share one."""
    return list(dict.fromkeys(files))


def read_sections(
    raw: Mapping[str, Any], studies: Iterable[Study]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return every section of a whole configuration.

    Parameters
    ----------
    raw : mapping
        What the configuration files hold; the name of the configuration is not a section.
    studies : iterable of Study
        All there are. Those whose section is absent have no runs; one must be there.

    Returns
    -------
    sections : dict
        The resolved section of each study that the configuration has.
    shared : dict
        The shared sections, by name; an absent one is empty.

    Raises
    ------
    ontogeny.config.ConfigurationError
        One message with the problems of all sections.
    """
    by_name = {study.name: study for study in studies}
    models = {name: model for study in by_name.values() for name, model in study.shared.items()}
    known = [*models, *by_name]
    unknown: list[str] = []
    problems: list[str] = []
    found = {}
    spelt: dict[str, str] = {}
    for key, value in raw.items():
        if key in {*known, "name"}:
            found[key] = value
            continue
        near = nearest(key, [*known, "name"])
        hint = f"did you mean `{near}`?" if near else f"known are {', '.join(known)}"
        unknown.append(f"`{shown_key(key)}` = {short(value)}: unknown section; {hint}")
        if near is None or near in {"name", *raw, *found}:
            continue
        if isinstance(value, Mapping) and value:  # it is read as what was meant
            found[near] = value
            spelt[near] = shown_key(key)
    if not unknown and not any(name in found for name in by_name):
        problems.append(
            f"the configuration has no section of a study; add one of {', '.join(by_name)}"
        )
    sections: dict[str, Any] = {}
    shared: dict[str, Any] = {}
    for name, model in models.items():
        written = {} if found.get(name) is None else found[name]
        # What is refused has no value, but names that other sections may use.
        shared[name] = dict.fromkeys(map(str, written)) if isinstance(written, Mapping) else {}
        with noted(problems):
            shared[name] = getattr(validate({name: written}, model), name)
    for name in (name for name in by_name if name in found):
        study = by_name[name]
        with noted(problems):
            own = {key: shared[key] for key in study.shared}
            sections[name] = study.resolve(found[name], **own)
    refuse(unknown + [as_written(problem, spelt) for problem in problems])
    return sections, shared
