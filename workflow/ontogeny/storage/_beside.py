"""The provenance of results, in the file itself or in a JSON file beside it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ontogeny.storage._contents import content_of
from ontogeny.storage._datasets import unreadable
from ontogeny.storage._errors import DELETE_IT, LostError
from ontogeny.storage._moving import write_text
from ontogeny.storage._seals import content_digest, refuse_damage
from ontogeny.unlocked import netCDF4

__all__ = ["read_provenance", "write_provenance"]


def write_provenance(
    attributes: Mapping[str, str],
    path: str | Path,
    files: Iterable[str | Path] = (),
    *,
    identity: str = "",
) -> None:
    """Write the provenance of files that do not carry it themselves as a JSON file beside them.

    For datasets whose bytes must not change when only the code that made them did, and for tables
    that other programs read.

    Parameters
    ----------
    attributes : mapping of str
        From `ontogeny.provenance.attributes`.
    path : path
    files : iterable of path
        What it is the provenance of, in the same folder. Their digests are stored with it.
    identity : str
        Of these results, in hexadecimal.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    digests = {Path(each).name: content_digest(each) for each in files}
    about = {**attributes, "identity": identity, "files": digests}
    write_text(json.dumps(about | {"sha256": _checksum(about)}, indent=1) + "\n", path)


def _checksum(about: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()


def read_provenance(path: str | Path) -> dict[str, Any]:
    """Return the attributes of a stored result.

    Parameters
    ----------
    path : path
        A netCDF file of `write`, or a JSON file of `write_provenance`.

    Raises
    ------
    LostError
        If the file is missing or damaged.
    StorageError
        If it may be whole but cannot be read.
    """
    path = Path(path)
    content = content_of(path)
    if path.suffix == ".json":
        return _json_provenance(content, path)
    refuse_damage(content, path)
    try:
        with netCDF4.Dataset(path.name, memory=content) as stored:
            return {name: stored.getncattr(name) for name in stored.ncattrs()}
    except Exception as error:
        raise unreadable(path, error) from error


_EARLIER = {"stage", "ontogeny_version", "spec", "spec_sha256", "code_sha256"}
"""All that provenance beside files had in version 0.1.0 before it had a checksum."""


def _json_provenance(content: bytes, path: Path) -> dict[str, Any]:
    try:
        about = dict(json.loads(content))
    except (ValueError, TypeError):
        about = {}
    if about.keys() != _EARLIER and about.pop("sha256", None) != _checksum(about):
        msg = f"{path}: is damaged, its content differs from its digest; {DELETE_IT}"
        raise LostError(msg)
    return about
