"""From which files the results in a folder were made: two configurations never share one."""

import os
from collections.abc import Sequence
from pathlib import Path

from ontogeny.config import ConfigurationError
from ontogeny.storage import write_text

__all__ = ["note_origin", "require_origin"]

_NAME = "configuration.txt"


def require_origin(folder: str | Path, files: Sequence[str | Path]) -> None:
    """Refuse a folder of results that was made from other configuration files.

    Parameters
    ----------
    folder : path
        Of the results of the configuration.
    files : sequence of path
        The configuration files.

    Raises
    ------
    ConfigurationError
        It names both, and what to do.
    """
    noted = Path(folder, _NAME)
    if not noted.is_file():
        return
    before, now = noted.read_text(encoding="utf-8").strip(), _listed(files)
    if before != now:
        msg = (
            f"{folder} holds the results of {before}, and this is {now}; give this configuration a "
            f"`name` of its own, or delete {noted} if both are the same configuration"
        )
        raise ConfigurationError(msg)


def note_origin(folder: str | Path, files: Sequence[str | Path]) -> None:
    """Write down from which configuration files the results in a folder are made."""
    noted, text = Path(folder, _NAME), _listed(files) + "\n"
    if not noted.is_file() or noted.read_text(encoding="utf-8") != text:
        write_text(text, noted)


def _listed(files: Sequence[str | Path]) -> str:
    """Return the files as they are named from the working directory, which may move with them."""
    return ", ".join(os.path.relpath(Path(file).resolve(), Path.cwd()) for file in files)
