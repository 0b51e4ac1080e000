"""A copy of the workflow in a folder of its own, in which the real Snakemake plans and runs."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import netCDF4
import xarray as xr

import forks
from ontogeny.config import configuration_name, parse_yaml
from ontogeny.figures import drawn_together
from ontogeny.known_studies import STUDIES
from ontogeny.study import Places, read_sections

ROOT = Path(__file__).parents[1]
FOLDERS = ("workflow", "config", "profiles", "atlas")
FILES = ("Snakefile", "environment.yml", "Makefile", "requirements.lock", "pyproject.toml")
CODE = "workflow/ontogeny"
STUDY = f"{CODE}/studies/composition"


PAGE = "page of all results"
COLLECTING = frozenset({"all results", "what is made first", PAGE})
NOT_SHOWN = frozenset({"tables of all runs"})
"""Jobs whose results are not on the page."""


class Project:
    """The workflow with its package, configuration and results, in a folder.

    Attributes
    ----------
    folder : Path
    configuration : str
        The file that Snakemake is given, relative to the folder.
    """

    def __init__(self, folder, configuration="config/config.yaml"):
        self.folder = Path(folder)
        self.configuration = configuration

    @classmethod
    def made(cls, folder, configuration="config/config.yaml", text=None):
        """Return a copy of the workflow of this repository; `text` replaces its configuration."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in FOLDERS:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.egg-info"))
        for name in FILES:
            shutil.copy2(ROOT / name, folder / name)
        project = cls(folder, configuration)
        if text is not None:
            project.write(configuration, text)
        return project

    def copied(self, folder, *, without=()):
        """Return a copy, whose results may be replaced without any harm to these."""
        shutil.copytree(self.folder, folder, symlinks=True, ignore=shutil.ignore_patterns(*without))
        return Project(folder, self.configuration)

    def linked(self, folder):
        """Return a copy that is planned only: its results are hard links to these."""
        project = self.copied(folder, without=("results",))
        shutil.copytree(self.folder / "results", folder / "results", copy_function=os.link)
        return project

    @property
    def name(self):
        """Return the name of the configuration, which results and logs stand below."""
        return configuration_name(self._raw(), [self.configuration])

    @property
    def results(self):
        """Return the folder of the results."""
        return self.folder / "results" / self.name

    @property
    def logs(self):
        """Return the folder of the logs."""
        return self.folder / "logs" / self.name

    def opened(self, path):
        """Return a dataset, by its path below the results without suffix."""
        return xr.load_dataset(self.results / f"{path}.nc")

    def plans(self):
        """Return the plan of each study in the configuration, by name."""
        raw = self._raw()
        places = Places(configuration_name(raw, [self.configuration]))
        with contextlib.chdir(self.folder):
            raw = {key: value for key, value in raw.items() if key != "name"}
            sections, shared = read_sections(raw, STUDIES)
            return {
                study.name: study.plan(
                    study, sections[study.name], places, **{k: shared[k] for k in study.shared}
                )
                for study in STUDIES
                if study.name in sections
            }

    def stored(self, study):
        """Return the names under which data of a study are stored, by those that it gives."""
        with contextlib.chdir(self.folder):
            plan = self.plans()[study]
            parts = [getattr(plan, name) for name in dir(plan) if name.startswith("stored_")]
            return {name: stored for part in parts for name, stored in part.names.items()}

    def figures(self):
        """Return the paths of all figures, as SVG."""
        with contextlib.chdir(self.folder):
            return {
                file
                for plan in self.plans().values()
                for together in drawn_together(plan)
                for file in together.files(plan)
            }

    def _raw(self):
        return parse_yaml((self.folder / self.configuration).read_text(encoding="utf-8"))

    def started(
        self, *arguments, python=sys.executable, configuration=None, stdout=subprocess.PIPE
    ):
        """Start Snakemake; its output and errors come together."""
        return subprocess.Popen(
            self._command(python, configuration, arguments), cwd=self.folder,
            env=self.environment(), stdout=stdout, stderr=subprocess.STDOUT,
            text=True, start_new_session=True,
        )  # fmt: skip

    def tried(self, *arguments, python=None, configuration=None):
        """Run Snakemake to its end, whatever that is; return status and output.

        Snakemake and its jobs are forks of a process with all libraries, unless the path of a
        Python is given, which then starts each of them.
        """
        command = self._command(python, configuration, arguments)
        if python is None:
            return forks.run(command[1:], folder=self.folder, environment=self.environment())
        return subprocess.run(
            command, cwd=self.folder, env=self.environment(), capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    def _command(self, python, configuration, arguments):
        file = configuration or self.configuration
        given = [] if "--configfile" in arguments else ["--configfile", file]
        return [python or sys.executable, "-m", "snakemake", *given, *arguments]

    def environment(self):
        """Return the environment of commands in this project."""
        return os.environ | {
            "PYTHONPATH": str(self.folder / "workflow"),
            "XDG_CACHE_HOME": str(self.folder / ".cache"),
        }

    def snakemake(self, *arguments, python=None, configuration=None):
        """Run Snakemake, which succeeds; return what it says."""
        run = self.tried(*arguments, python=python, configuration=configuration)
        assert run.returncode == 0, output_of(run)
        return output_of(run)

    def run(self, *targets, cores=2):
        """Make results, all if no target is given; return what Snakemake says."""
        return self.snakemake("--cores", str(cores), "--", *targets)

    def plan(self, *targets, configuration=None):
        """Return what each planned job says that it does, without rules that collect results.

        The page is planned whenever something is that it shows, and is named only if it alone is.
        """
        said = self.snakemake("--dry-run", "--", *targets, configuration=configuration)
        jobs = messages(said)
        assert jobs or "Nothing to be done" in said
        assert len(jobs) == len(set(jobs)), sorted(jobs)
        made = set(jobs) - COLLECTING
        assert targets or not made - NOT_SHOWN or PAGE in jobs, made
        return made or {PAGE} & {*jobs}

    def named(self, study, jobs):
        """Return what jobs do, with the user's names of data in the place of their stored names."""
        given = {stored: name for name, stored in self.stored(study).items()}
        stored = re.compile("|".join(given) or "(?!)")
        without = {re.sub(rf" \(({stored.pattern})\)", "", job) for job in jobs}
        return {stored.sub(lambda found: given[found[0]], job) for job in without}

    def write(self, path, text):
        """Write a file, in place of one that may have further links."""
        file = self.folder / path
        file.unlink(missing_ok=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def edit(self, path, old, new):
        """Replace the first occurrence of a text in a file."""
        text = (self.folder / path).read_text(encoding="utf-8")
        assert old in text, (path, old)
        self.write(path, text.replace(old, new, 1))

    def edit_all(self, edits):
        """Make several edits, each a path, an old and a new text; the path may be the key."""
        for path, edit in edits.items():
            self.edit(*(edit if len(edit) == 3 else (path, *edit)))

    def edit_unseen(self, path, old, new):
        """Replace a text in a file, whose time stays as it was: `cp -p`, `rsync -t` and `tar`."""
        status = (self.folder / path).stat()
        self.edit(path, old, new)
        os.utime(self.folder / path, ns=(status.st_atime_ns, status.st_mtime_ns))

    def rename(self, study, below, by, names):
        """Give data of a study other names in the configuration.

        Parameters
        ----------
        study, below : str
            The section, and the key in it below which the data are.
        by : str
            The key whose value names one of them.
        names : dict of str to str
            New names by old ones.
        """

        def renamed(value, key=None):
            if isinstance(value, dict):
                return {name: renamed(each, name) for name, each in value.items()}
            if isinstance(value, list):
                return [renamed(each, key) for each in value]
            return names.get(value, value) if key == by else value

        raw = self._raw()
        section = renamed(raw[study])
        section[below] = {names.get(name, name): each for name, each in section[below].items()}
        self.write(self.configuration, json.dumps(raw | {study: section}))

    def planned_unseen(self, folder, study, renames, edit, *, has_records):
        """Return what is planned after data have other names and a file another content.

        Parameters
        ----------
        folder : Path
            Of the copy that is changed.
        renames : list of tuple
            As for `rename`.
        edit : tuple of str
            As for `edit_unseen`.
        has_records : bool
            Whether the copy keeps the records of Snakemake.
        """
        other = self.linked(folder)
        for rename in renames:
            other.rename(study, *rename)
        other.edit_unseen(*edit)
        if not has_records:
            other.forget()
        return other.named(study, other.plan())

    def forget(self):
        """Remove the records of Snakemake."""
        shutil.rmtree(self.folder / ".snakemake")

    def append(self, path, text):
        """Append a text to a file."""
        self.write(path, (self.folder / path).read_text(encoding="utf-8") + text)

    def digests(self, pattern="results/**/*"):
        """Return the SHA-256 of files, by path."""
        return digests(self.folder, pattern)


def output_of(run):
    """Return all that a command has said."""
    return run.stdout + run.stderr


def messages(said):
    """Return what the jobs that Snakemake lists say that they do."""
    return re.findall(r"^ *Job \d+: (.*?)(?: \(progress in .*\))?$", said, re.MULTILINE)


def digests(folder, pattern):
    """Return the SHA-256 of the files below a folder that fit a pattern, by path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in Path(folder).glob(pattern)
        if path.is_file()
    }


PLUMBING = {
    "a dimension of all studies": (
        f"{CODE}/labels.py", "DIMENSIONS = {", 'DIMENSIONS = {\n    "novelty": "what is new",'
    ),
    **{
        f"a dimension of {study}": (
            f"{CODE}/studies/{study}/labels.py",
            "DIMENSIONS = labels.DIMENSIONS | {",
            'DIMENSIONS = labels.DIMENSIONS | {\n    "novelty": "what is new",',
        )
        for study in ("composition", "induction", "imitation", "surprise", "noisy_labels", "rlhf")
    },
    "the wording of progress": (f"{CODE}/training/_progress.py", "step %d of %d", "%d of %d steps"),
    "a reader": (
        f"{CODE}/storage/_datasets.py", "\ndef read(", "\ndef novelty():\n    pass\n\n\ndef read("
    ),
    "the format of logs": (f"{CODE}/joblog.py", "%(asctime)s %(message)s", "%(message)s"),
    "the wording of resumed runs": (f"{CODE}/resume.py", "continues from step", "goes on at step"),
    "the version": (f"{CODE}/__init__.py", '__version__ = "', '__version__ = "9.'),
    "the version that is installed": ("pyproject.toml", '\nversion = "', '\nversion = "9.'),
}  # fmt: skip
"""Edits of what finds, names, stores and reports numbers, and changes none of them."""

ABOUT = {"experiment", "seed", "network", "data", "steps", "configuration"}
"""Attributes by which every file of a run says what it is, in every study."""


def assert_one_core_gives_the_same_bytes(project, folder):
    """Assert that one job of each stage makes its files again, byte by byte.

    Nothing else may run at the same time, trainings do not continue from a stored state, and every
    job is a new process of Python.
    """
    other = project.copied(folder, without=(".state",))
    stages = {stage_of(path): path for path in sorted(other.results.rglob("*.nc"))}
    assert len(stages) > 5
    paths = [str(path.relative_to(other.folder)) for path in stages.values()]
    before = {path: (other.folder / path).stat().st_mtime_ns for path in paths}
    other.snakemake("--cores", "1", "--force", "--", *paths, python=sys.executable)
    assert all((other.folder / path).stat().st_mtime_ns > before[path] for path in paths)
    after, expected = other.digests(), project.digests()
    assert after == {path: expected[path] for path in after}
    assert {path for path in expected if "/.state/" not in path} <= after.keys()


def stage_of(path):
    """Return the stage that made a result."""
    with netCDF4.Dataset(path) as file:
        if "stage" in file.ncattrs():
            return file.stage
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["stage"]


def assert_results_say_what_made_them(project):
    """Assert that every result has its provenance, and every variable its meaning and unit."""
    needed = {"stage", "spec", "spec_sha256", "code_sha256", "ontogeny_version"}
    paths = [path for path in sorted(project.results.rglob("*.nc")) if ".state" not in path.parts]
    assert len(paths) > 5
    for path in paths:
        dataset = xr.load_dataset(path)
        beside = path.with_suffix(".json")
        about = json.loads(beside.read_text()) if beside.exists() else dataset.attrs
        assert needed <= set(about), path
        for name, values in dataset.variables.items():
            assert {"long_name", "units"} <= set(values.attrs), (path, name)


def assert_files_of_a_run_say_what_they_are(project, study, experiment, seed, *, of, training):
    """Assert that results, own measures and numbers of figures have the same attributes.

    Parameters
    ----------
    of : dict
        Further attributes with their values: the group or the corpus.
    training : type of Section
        What the run depends on in the configuration.
    """
    run = f"{experiment}/seed{seed}"
    folders = [project.results / study / run, project.results / study / "figures" / run]
    paths = [path for folder in folders for path in sorted(folder.rglob("*.nc"))]
    paths = [path for path in paths if ".state" not in path.parts]
    assert len(paths) > 5
    assert any("own" in path.parts for path in paths)
    of = of | {"experiment": experiment, "seed": seed}
    first = None
    for path in paths:
        attributes = xr.load_dataset(path).attrs
        found = {name: attributes.get(name) for name in ABOUT | set(of)}
        assert {name: found[name] for name in of} == of, path
        first = first or found
        assert found == first, path
    assert first["steps"] == int(project.opened(f"{study}/{run}/history")["step"][-1])
    assert len(first["network"].split()) > 1
    assert len(first["data"].split()) > 1
    written = json.loads(first["configuration"])
    for section in ("optimiser", "schedule"):
        defaults = training.model_fields[section].annotation.model_fields
        assert set(written[section]) == set(defaults)
