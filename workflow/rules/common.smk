"""What the rules of all studies share."""

from pathlib import Path

from snakemake.exceptions import WorkflowError

from ontogeny.config import (
    ConfigurationError,
    canonical,
    parse_yaml,
    read_sections,
    specification,
)
from ontogeny.provenance import code_digest

CLAIMS = []
"""The files of claims in `results`, without suffix; each study adds its own."""


wildcard_constraints:
    group=r"[A-Za-z0-9-]+",
    experiment=r"[a-z0-9-]+",
    seed=r"\d+",


def require_yaml(name):
    """Refuse a configuration file that is no YAML, or says a key twice."""
    try:
        parse_yaml(Path(name).read_text(encoding="utf-8"))
    except ConfigurationError as error:
        raise WorkflowError(f"The configuration {name} is refused:\n{error}") from None


def read_configuration(**readers):
    """Return all sections of the configuration, or refuse it before any job starts."""
    for name in workflow.configfiles:
        require_yaml(name)
    try:
        return read_sections(config, readers)
    except ConfigurationError as error:
        names = ", ".join(map(str, workflow.configfiles))
        raise WorkflowError(f"The configuration {names} is refused:\n{error}") from None


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


def table_file(wildcards):
    """Return the file of a group that is given by its table; nothing for any other."""
    given = sections["groups"].get(wildcards.group)
    return given.table if given and given.table else []


def generators_file(wildcards):
    """Return the file of a group that is given by generators in one; nothing for any other."""
    given = sections["groups"].get(wildcards.group)
    return given.file if given and given.file and not given.table else []
