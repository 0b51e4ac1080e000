"""What the rules of all studies share."""

import re
import shlex
import sys
from functools import lru_cache
from pathlib import Path

from snakemake.exceptions import WorkflowError

from ontogeny.config import (
    ConfigurationError,
    canonical,
    read_sections,
    specification,
)
from ontogeny.configuration_files import problem_of_configuration
from ontogeny.provenance import code_digest
from ontogeny.storage import file_digest

CLAIMS = []
"""The files of claims in `results`, without suffix; each study adds its own."""

MISREAD = set("{}\\")
"""Characters of paths: Snakemake sees wildcards in braces, netCDF a separator in a backslash."""

GIVEN_PATHS = []
"""Paths of files that the configuration names; each study adds its own."""

if Path(sys.executable).is_file():
    # Snakemake puts this path into the shell line of every job without quotes (its issue 2645).
    sys.executable = shlex.quote(sys.executable)


wildcard_constraints:
    group=r"[A-Za-z0-9-]+",
    seed=r"\d+",


def require_plain_folders():
    """Refuse folders in whose path Snakemake sees wildcards or netCDF a separator."""
    for what, folder in (
        ("project", workflow.basedir),
        ("working directory", Path.cwd()),
    ):
        found = sorted(set(str(folder)) & MISREAD)
        if found:
            raise WorkflowError(
                f"The {what} is in a folder whose path has {' and '.join(found)} ({folder}), "
                "which no job could use; rename that folder or move the project."
            )


def require_configuration(name):
    """Refuse a configuration file that cannot be read, is not YAML, or has a key twice."""
    problem = problem_of_configuration(name)
    if problem:
        sys.exit(problem)


def read_configuration(**readers):
    """Return all sections of the configuration, or refuse it before any job starts."""
    for name in workflow.configfiles:
        require_configuration(name)
    try:
        return read_sections(config, readers)
    except ConfigurationError as error:
        names = ", ".join(map(str, workflow.configfiles))
        sys.exit(f"The configuration {names} is refused:\n{error}")


def script_digest(name, without=()):
    """Return the digest of a script of this workflow and of all that it imports."""
    script = Path(workflow.basedir, "workflow", "scripts", f"{name}.py")
    return code_digest(script, without=without)


def figure_files(name, **report_settings):
    """Return the three files of a figure: SVG, PNG, and its numbers."""
    return {
        "svg": report(f"{name}.svg", **report_settings),
        "png": f"{name}.png",
        "numbers": f"{name}.nc",
    }


@lru_cache(maxsize=None)
def given_file(path):
    """Return how the inputs of a rule name a file that the configuration names.

    A path with a character of `MISREAD` stands for a copy, which is named by its content.
    """
    if not MISREAD & set(path) or not Path(path).is_file():
        return str(Path(path))
    name = re.sub(r"[{}\\]", "_", Path(path).name)
    return f"results/given/{file_digest(path)[:16]}/{name}"


def table_file(wildcards):
    """Return the file of a group that is given by its table; nothing for any other."""
    given = sections["groups"].get(wildcards.group)
    return given_file(given.table) if given and given.table else []


def generators_file(wildcards):
    """Return the file of a group that is given by generators in one; nothing for any other."""
    given = sections["groups"].get(wildcards.group)
    return given_file(given.file) if given and given.file and not given.table else []
