"""What the rules of all studies share."""

from pathlib import Path

from snakemake.exceptions import WorkflowError

from ontogeny.config import ConfigurationError, canonical, parse_yaml, read_sections
from ontogeny.provenance import code_digest


wildcard_constraints:
    group=r"[A-Za-z0-9-]+",
    experiment=r"[a-z0-9-]+",
    seed=r"\d+",


def read_configuration(**readers):
    """Return all sections of the configuration, or refuse it before any job starts."""
    files = [Path(name) for name in workflow.configfiles]
    try:
        for file in files:
            parse_yaml(file.read_text(encoding="utf-8"))
        return read_sections(config, readers)
    except ConfigurationError as error:
        names = ", ".join(map(str, files))
        raise WorkflowError(f"The configuration ({names}) is refused:\n{error}") from None


def script_digest(name):
    """Return the digest of a script of this workflow and of all that it imports."""
    return code_digest(Path(workflow.basedir, "workflow", "scripts", f"{name}.py"))


def figure_files(name, **report_settings):
    """Return the three files of a figure: SVG, PNG, and its numbers."""
    return {
        "svg": report(f"{name}.svg", **report_settings),
        "png": f"{name}.png",
        "numbers": f"{name}.nc",
    }
