"""Results that Snakemake has no record of are judged by the digests that they carry.

In a fresh clone, a copied folder or on a colleague's disk, Snakemake would take every result for
current, whatever made it. `adopt` gives it a record made of the provenance of the result, so that
it compares, and says why a job runs, as it does with records of its own. A result whose provenance
cannot be read is refused: nothing says that it is current.

Snakemake offers no other place for this. Its store of records is one of two classes that it chooses
itself, after the Snakefile is read and before any hook runs, and a plugin cannot replace it. So the
public method of both classes that looks a record up is extended, after it has been checked that
records still are what this relies on.
"""

import inspect
import json
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from ontogeny.provenance import Digests
from ontogeny.storage import StorageError, content_digest, file_digest, read_provenance
from ontogeny.workflow.snakemake_parts import module, part, refuse_snakemake

__all__ = ["adopt"]

Lookup = Callable[[Any, Any], Any]
"""From Snakemake's store of records and a file to the record of the file, or None."""

_HERE = f"{__name__.replace('.', '/')}.py"
_FORMAT = 6
"""The format of Snakemake's records in which parameters are a sorted list of their `repr`."""
_FIELDS = ("params", "input_checksums", "record_format_version")


class RecordedDigests:
    """Digests of the inputs of a result, as Snakemake asks for them, from what the result states.

    Parameters
    ----------
    inputs : mapping of str
        From `ontogeny.provenance.input_digests`, when the result was made.
    """

    def __init__(self, inputs: Digests) -> None:
        lists = [[each] if isinstance(each, str) else each for each in inputs.values()]
        self._contents = frozenset(digest for each in lists for digest in each)

    def get(self, path: str) -> str | None:
        """Return the digest of a file if the result was made from it, else one of no file.

        The digest of a file that the user gives is in the specification, so it counts as the same.
        There is none of a file that is not there.
        """
        if not Path(path).is_file():
            return None
        if path.startswith("results/") and content_digest(path) not in self._contents:
            return f"sha256:{'0' * 64}"
        return f"sha256:{file_digest(path)}"


def adopt() -> None:
    """Let Snakemake use the provenance of results that it has no record of.

    Raises
    ------
    SnakemakeChangedError
        If this Snakemake keeps its records in another way than the tested one.
    """
    persistence = module("snakemake.persistence", _HERE)
    store = part(persistence, "PersistenceBase", _HERE)
    recorded = part(store, "metadata", _HERE)
    _check(persistence, recorded)
    if not hasattr(recorded, "adopts"):
        store.metadata = with_own_records(recorded)


def _check(persistence: ModuleType, recorded: Lookup) -> None:
    if [*inspect.signature(recorded).parameters] != ["self", "target"]:
        refuse_snakemake("has other parameters of `PersistenceBase.metadata`", _HERE)
    fields = part(part(persistence, "MetadataRecord", _HERE), "model_fields", _HERE)
    for name in _FIELDS:
        if name not in fields:
            refuse_snakemake(f"has no `MetadataRecord.{name}`", _HERE)
    found = part(persistence, "RECORD_FORMAT_VERSION", _HERE)
    if found != _FORMAT:
        refuse_snakemake(f"has format {found}, not {_FORMAT}, of `MetadataRecord`", _HERE)


def with_own_records(recorded: Lookup) -> Lookup:
    """Return Snakemake's look-up of records, extended by those that results carry themselves."""

    def metadata(self: Any, target: Any) -> Any:
        record = recorded(self, target)
        if record is not None:
            return record
        path = _path(str(target))
        status = _status_of_file(path) if path.parts[:1] == ("results",) else None
        if status is None:
            return None
        try:
            return own_record(path, status.st_mtime_ns)
        except StorageError as error:
            sys.exit(str(error))

    metadata.adopts = True  # type: ignore[attr-defined]
    return metadata


_path = cache(Path)
"""From a text to its path: Snakemake looks the record of each file up many times."""


def _status_of_file(path: Path) -> os.stat_result | None:
    """Return what the system says of a file; None where there is none."""
    return path.stat() if path.is_file() else None


@cache
def own_record(path: Path, mtime_ns: int) -> Any:
    """Return the record that the provenance of a result makes; None where it carries none.

    The provenance of a figure is in its numbers, that of the files of a group in the JSON file
    beside them.

    Parameters
    ----------
    path : Path
    mtime_ns : int
        When the file was changed [ns], so that an edited file is read again within one process.
    """
    for suffix in (".json", ".nc"):
        carrier = path.with_suffix(suffix)
        status = _status_of_file(carrier)
        if status is not None:
            return _carried_record(carrier, status.st_mtime_ns, status.st_ino)
    return None


@cache
def _carried_record(carrier: Path, mtime_ns: int, inode: int) -> Any:
    """Return the record that a file with provenance makes; None where it has none.

    The file is read once for all that it carries the provenance of.
    """
    del mtime_ns, inode
    provenance = read_provenance(carrier)
    if "spec" not in provenance:
        return None
    params = (json.loads(str(provenance["spec"])), provenance["code_sha256"])
    record = module("snakemake.persistence", _HERE).MetadataRecord(
        params=sorted(map(repr, params)), record_format_version=_FORMAT
    )
    record.input_checksums = RecordedDigests(
        json.loads(str(provenance.get("inputs", "{}")))
    )  # after the model has checked its values
    return record
