"""Results that Snakemake has no record of are judged by the digests that they carry.

A fresh clone, a copied folder, a colleague's disk: where Snakemake would take every file as current,
it is given a record made of the result's own provenance, and then compares and says why as ever.
"""

import json
from functools import lru_cache

from snakemake.exceptions import WorkflowError
from snakemake.persistence import RECORD_FORMAT_VERSION, MetadataRecord, PersistenceBase

from ontogeny.storage import StorageError, file_digest, read_provenance


class PresentDigests:
    """Digests of input files as they are now, for results whose inputs were not recorded."""

    def get(self, path):
        return f"sha256:{file_digest(path)}" if Path(path).is_file() else None


@lru_cache(maxsize=None)
def own_record(path, modified):
    """Return the record that a result's own provenance makes; nothing where there is none.

    A figure's provenance is in its numbers, that of a group's files in the JSON file beside them.
    """
    for carrier in (path.with_suffix(".json"), path.with_suffix(".nc")):
        attributes = read_provenance(carrier) if carrier.is_file() else {}
        if "spec" in attributes:
            params = (json.loads(attributes["spec"]), attributes["code_sha256"])
            return MetadataRecord.model_construct(
                params=sorted(map(repr, params)),
                record_format_version=RECORD_FORMAT_VERSION,
                input_checksums=PresentDigests(),
            )
    return None


def with_own_records(recorded):
    """Return Snakemake's look-up of records, extended by those that results carry themselves."""

    def metadata(persistence, target):
        record = recorded(persistence, target)
        path = Path(str(target))
        if record is None and path.parts[:1] == ("results",) and path.is_file():
            try:
                return own_record(path, path.stat().st_mtime_ns)
            except StorageError as error:
                raise WorkflowError(str(error)) from None
        return record

    metadata.extended = True
    return metadata


if not hasattr(PersistenceBase.metadata, "extended"):
    PersistenceBase.metadata = with_own_records(PersistenceBase.metadata)
