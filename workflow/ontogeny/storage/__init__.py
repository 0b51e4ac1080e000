"""The only package that opens result files.

Datasets are netCDF-4 files with a checksum (Fletcher-32) on every chunk. Two lines are appended,
which other readers ignore: the identity of the result (`ontogeny.provenance.identity`), where it
has one, and a SHA-256 of all that comes before it. That is verified here before HDF5 sees the file,
since damage inside HDF5's structure can make it return wrong numbers, or not return at all. Files
are written beside their name and moved into place when complete, and hold no time, host or path:
the same dataset gives the same bytes. docs/files.md says more.
"""

from ontogeny.storage._arrays import read_arrays, write_arrays
from ontogeny.storage._beside import read_provenance, write_provenance
from ontogeny.storage._contents import content_of, file_digest, read_given, read_texts
from ontogeny.storage._datasets import read, write
from ontogeny.storage._errors import LostError, StorageError, refused
from ontogeny.storage._moving import copy, keep, remove, write_bytes, write_text
from ontogeny.storage._opening import open_lazily
from ontogeny.storage._seals import Seal, content_digest, require_whole, seal

__all__ = [
    "LostError",
    "Seal",
    "StorageError",
    "content_digest",
    "content_of",
    "copy",
    "file_digest",
    "keep",
    "open_lazily",
    "read",
    "read_arrays",
    "read_given",
    "read_provenance",
    "read_texts",
    "refused",
    "remove",
    "require_whole",
    "seal",
    "write",
    "write_arrays",
    "write_bytes",
    "write_provenance",
    "write_text",
]
