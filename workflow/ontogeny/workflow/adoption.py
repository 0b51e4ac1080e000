"""Results that Snakemake has no record of are judged by the digests that they carry.

In a fresh clone, a copied folder or on a colleague's disk, Snakemake would take every result for
current, whatever made it. `adopt` gives it a record made of the provenance of the result, so that
it compares, and says why a job runs, as it does with records of its own. A result whose provenance
cannot be read is refused: nothing says that it is current.

Snakemake offers no other place for this. Its store of records is one of two classes that it chooses
itself, after the Snakefile is read and before any hook runs, and a plugin cannot replace it. So the
public methods of both classes that look up a record and the digests of inputs are extended, after
it has been checked that records still are what this relies on.
"""

import inspect
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from ontogeny.provenance import input_digests
from ontogeny.storage import LostError, StorageError, file_digest, read_provenance
from ontogeny.workflow.snakemake_parts import module, part, refuse_snakemake

__all__ = ["adopt"]

Lookup = Callable[[Any, Any], Any]
"""From Snakemake's store of records and a file to the record of the file, or None."""
Checksums = Callable[[Any, Any, Any], set[Any]]
"""From Snakemake's store of records, a job and an input to the digests that its results record."""

_HERE = f"{__name__.replace('.', '/')}.py"
_FORMAT = 6
"""The format of Snakemake's records in which parameters are a sorted list of their `repr`."""
_FIELDS = ("params", "input_checksums", "record_format_version")


class PresentDigests:
    """Digests of input files as they are now, for results whose inputs were not recorded.

    Parameters
    ----------
    stated : mapping of str
        Digests of the inputs that the result says it was made from, by name.
    """

    def __init__(self, stated: Mapping[str, str]) -> None:
        self._stated = stated
        self._same: dict[str, bool] = {}

    def get(self, path: str) -> str | None:
        """Return the digest of a file as Snakemake writes it; None when there is no such file."""
        return f"sha256:{file_digest(path)}" if Path(path).is_file() else None

    def are_of(self, path: str, inputs: Mapping[str, Any]) -> bool:
        """Return whether a file is, with those of the same name, what the result was made from.

        Parameters
        ----------
        path : str
        inputs : mapping of str to str or sequence of str
            All inputs of the job, by name.
        """
        return all(
            self._is_same(name, each) for name, each in inputs.items() if path in _each(each)
        )

    def _is_same(self, name: str, paths: Any) -> bool:
        if name not in self._same:  # an input with many files is asked for once for each of them
            self._same[name] = False
            with suppress(LostError):  # an input that is not there is made again
                self._same[name] = input_digests({name: paths}).items() <= self._stated.items()
        return self._same[name]


def _each(paths: Any) -> list[str]:
    return [paths] if isinstance(paths, str) else [*paths]


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
    checksums = part(store, "input_checksums", _HERE)
    if [*inspect.signature(checksums).parameters] != ["self", "job", "input_path"]:
        refuse_snakemake("has other parameters of `PersistenceBase.input_checksums`", _HERE)
    if not hasattr(recorded, "adopts"):
        store.metadata = with_own_records(recorded)
        store.input_checksums = with_own_inputs(checksums)


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
        path = Path(str(target))
        if record is None and path.parts[:1] == ("results",) and path.is_file():
            try:
                return own_record(path, path.stat().st_mtime_ns)
            except StorageError as error:
                sys.exit(str(error))
        return record

    metadata.adopts = True  # type: ignore[attr-defined]
    return metadata


def with_own_inputs(recorded: Checksums) -> Checksums:
    """Return Snakemake's look-up of the digests of inputs, extended by what results state.

    A result without a record says what it was made from. Where that is not what is there now, no
    digest is returned, and Snakemake makes the result again if the input is newer.
    """

    def input_checksums(self: Any, job: Any, input_path: Any) -> set[Any]:
        inputs = dict(part(job, "input", _HERE).items())
        for path in part(job, "output", _HERE):
            digests = getattr(self.metadata(path), "input_checksums", None)
            if isinstance(digests, PresentDigests) and not digests.are_of(input_path, inputs):
                return set()
        return recorded(self, job, input_path)

    return input_checksums


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
    for carrier in (path.with_suffix(".json"), path.with_suffix(".nc")):
        if carrier.is_file():
            provenance = read_provenance(carrier)
            break
    else:
        return None
    if "spec" not in provenance:
        return None
    params = (json.loads(str(provenance["spec"])), provenance["code_sha256"])
    record = module("snakemake.persistence", _HERE).MetadataRecord(
        params=sorted(map(repr, params)), record_format_version=_FORMAT
    )
    stated = json.loads(str(provenance.get("inputs", "{}")))
    record.input_checksums = PresentDigests(stated)  # after the model has checked its values
    return record
