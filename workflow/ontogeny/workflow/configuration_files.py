"""Configuration files as the user names them on the command line."""

import argparse
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from ontogeny.config import ConfigurationError, parse_yaml
from ontogeny.given_files import decoded, problem_of

__all__ = [
    "is_dry_run",
    "problem_of_command",
    "problem_of_configuration",
    "refuse",
]

_SUFFIXES = (".yaml", ".yml", ".json")


def problem_of_configuration(name: str | Path) -> str | None:
    """Return what is wrong with a configuration file, as one sentence; None when nothing is.

    Parameters
    ----------
    name : path
        A YAML or JSON file.

    Returns
    -------
    str or None
        Also for a key that is there twice. Sections and keys are checked later.
    """
    problem = problem_of(name, start="the folder in which you are")
    if problem:
        return f"The configuration {name} {problem}."
    try:
        with Path(name).open("rb") as file:
            text = decoded(file.read())
    except ValueError as error:
        return f"The configuration {name} {error}."
    try:
        parse_yaml(text)
    except ConfigurationError as error:
        start = "\n" if "\n" in str(error) else " "
        return f"The configuration {name} is refused:{start}{error}"
    return None


def problem_of_command(arguments: Sequence[str]) -> str | None:
    """Return what is wrong with the configuration files that a command line of Snakemake names.

    Parameters
    ----------
    arguments : sequence of str
        Those of ``snakemake``.

    Returns
    -------
    str or None
        One sentence, or None when nothing is wrong.

    Examples
    --------
    >>> print(problem_of_command(["--configfile", "a.yaml", "results/index.html"]))
    `results/index.html` is read as a second configuration file, because it follows \
`--configfile`; put `--` before it: snakemake --configfile a.yaml -- results/index.html
    """
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    parser.add_argument("--configfile", "--configfiles", nargs="+", default=[])
    try:
        names = parser.parse_known_args([*arguments])[0].configfile
    except argparse.ArgumentError:
        return None  # Snakemake says what is wrong with its own options
    targets = [
        name
        for name in names[1:]
        if not name.endswith(_SUFFIXES) or Path(name).parts[0] in {"results", "logs"}
    ]
    if targets:
        files = [name for name in names if name not in targets]
        return (
            f"`{targets[0]}` is read as a second configuration file, because it follows "
            "`--configfile`; put `--` before it: "
            f"snakemake --configfile {shlex.join(files)} -- {shlex.join(targets)}"
        )
    problems = [problem for name in names if (problem := problem_of_configuration(name))]
    return "\n".join(problems) or None


def is_dry_run(arguments: Sequence[str]) -> bool:
    """Return whether a command line of Snakemake only asks what would run.

    Examples
    --------
    >>> is_dry_run(["-np"]), is_dry_run(["--dry-run"]), is_dry_run(["--cores", "2", "all"])
    (True, True, False)
    """
    return any(re.match("-[A-Za-z]*n|--dry", each) for each in arguments)


def refuse() -> None:
    """End the running Snakemake with one sentence if its configuration files cannot be read."""
    problem = problem_of_command(sys.argv[1:])
    if problem:
        sys.exit(problem)
