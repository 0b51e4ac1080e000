"""The name of a configuration, which keeps its results apart from those of others."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ontogeny.config._faults import validate
from ontogeny.config._messages import ConfigurationError
from ontogeny.config._sections import NAME_PATTERN, Name

__all__ = ["NAME_OF_CONFIGURATION", "configuration_name"]

NAME_OF_CONFIGURATION = (
    "Name of the configuration and of the folder of its results; without it, they are named after "
    "the file."
)
"""What the key ``name`` means."""


def configuration_name(raw: Mapping[str, Any], files: Sequence[str | Path]) -> str:
    """Return the name of a configuration.

    Parameters
    ----------
    raw : mapping
        What the configuration files hold.
    files : sequence of path
        The configuration files; where `raw` has no ``name``, they give it together.

    Returns
    -------
    str
        The names of the files in lower case, with a hyphen between them and for each run of other
        characters than letters and digits.

    Raises
    ------
    ConfigurationError
        If the key ``name`` is not a name, or if there is neither that key nor a file from whose
        name one can be made.

    Examples
    --------
    >>> configuration_name({}, ["config/Five_seeds.yaml"])
    'five-seeds'
    >>> configuration_name({}, ["atlas.yaml", "longer.yaml"])
    'atlas-longer'
    >>> configuration_name({"name": "mine"}, ["config/Five_seeds.yaml"])
    'mine'
    """
    if raw.get("name") is not None:
        name: str = validate(raw["name"], Name, at="name")
        return name
    remedy = "add a line such as `name: my-name` to the configuration"
    if not files:
        msg = f"`name`: is missing, and there is no configuration file to name it after; {remedy}"
        raise ConfigurationError(msg)
    stem = "-".join(Path(file).stem for file in files)
    found = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")
    if not re.fullmatch(NAME_PATTERN, found):
        msg = (
            f"`name`: is missing, and the name of the file {str(files[0])!r} cannot be used "
            f"for it, since a name begins with a letter from a to z; {remedy}, or rename the file"
        )
        raise ConfigurationError(msg)
    return found
