"""What the rules of all studies share."""

import re
import shlex
import sys
from functools import lru_cache
from pathlib import Path

from snakemake.exceptions import WorkflowError

from ontogeny.config import ConfigurationError, configuration_name, specification
from ontogeny.workflow.configuration_files import problem_of_configuration
from ontogeny.known_studies import studies_of
from ontogeny.page.outline import modules_of_words
from ontogeny.plans import plans_of
from ontogeny.provenance import code_digest, spec_digest
from ontogeny.storage import file_digest
from ontogeny.study import Places
from ontogeny.workflow.origin import require_origin
from ontogeny.workflow.remembered import remember

MISREAD = set("{}\\")
"""Characters of paths: Snakemake sees wildcards in braces, netCDF a separator in a backslash."""

if Path(sys.executable).is_file():
    # Snakemake puts this path into the shell line of every job without quotes (its issue 2645).
    sys.executable = shlex.quote(sys.executable)

remember()


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


def read_plans():
    """Return where results are stored and the plan of each study, or refuse the configuration."""
    for name in workflow.configfiles:
        require_configuration(name)
    try:
        places = Places(configuration_name(config, workflow.configfiles))
        if "name" not in config:
            require_origin(places.result(suffix=""), workflow.configfiles)
        plans = plans_of(config, studies_of(config), places)
    except ConfigurationError as error:
        names = ", ".join(map(str, workflow.configfiles))
        sys.exit(f"The configuration {names} is refused:\n{error}")
    return places, plans


def constraints(plans):
    """Return what wildcards may be, as regular expressions: those of all studies."""
    names = {name for plan in plans for name in plan.experiments()}
    found = {"experiment": "|".join(sorted(names)) or "(?!)", "seed": r"\d+"}
    for plan in plans:
        found |= plan.study.wildcards
    return found


def needs(memory, minutes):
    """Return the resources of a rule: memory [MB] and time [min], more at each attempt.

    `memory` may be a function of wildcards and attempt.
    """

    def mem_mb(wildcards, attempt):
        return memory(wildcards, attempt) if callable(memory) else memory * attempt

    return {"mem_mb": mem_mb, "runtime": lambda wildcards, attempt: minutes * attempt}


@lru_cache(maxsize=None)
def script_digest(name, study=None, also=()):
    """Return the digest of a script of this workflow and of all that it imports."""
    script = Path(workflow.basedir, "workflow", "scripts", f"{name}.py")
    outside = study.outside_code() if study else ()
    return code_digest(script, outside=outside, also=also)


def code_of(name, study=None, also=lambda wildcards: ()):
    """Return a function: the digest of a script, which only jobs that are planned wait for.

    `also` gives the modules that a job imports by their names.
    """
    return lambda wildcards: script_digest(name, study, tuple(also(wildcards)))


def own_digest(script_of, plan):
    """Return a function: the digest of measures of the user's own, and of what runs them.

    `script_of` gives that of the script from the wildcards of a job.
    """
    return lambda wildcards: spec_digest(
        [script_of(wildcards), code_digest(plan.own[wildcards.measures])]
    )


@lru_cache(maxsize=None)
def digest_of_page(plans):
    """Return the digest of what makes the page, and of what studies say of their runs."""
    studies = [plan.study for plan in plans]
    return code_digest(
        Path(workflow.basedir, "workflow", "scripts", "page.py"),
        outside=frozenset().union(*(study.outside_code() for study in studies)),
        also=[module for study in studies for module in modules_of_words(study)],
    )


def given_file(path):
    """Return how the inputs of a rule name a file that the configuration names.

    A path with a character of `MISREAD` stands for a copy, which is named by its content.
    """
    if not MISREAD & set(path) or not Path(path).is_file():
        return str(Path(path))
    name = re.sub(r"[{}\\]", "_", Path(path).name)
    return PLACES.result("given", file_digest(path)[:16], name, suffix="")


def given(paths):
    """Return an input function: the files that a function of the wildcards gives."""
    return lambda wildcards: [given_file(path) for path in paths(wildcards)]


def given_files():
    """Return the paths of all files that the configuration names, by how inputs name them."""
    paths = [path for plan in PLANS.values() for path in plan.given_paths()]
    return {given_file(path): path for path in paths}
