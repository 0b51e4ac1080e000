"""The package netCDF4, loaded so that HDF5 takes no file locks.

HDF5 decides whether it locks files when netCDF4 is loaded. A result is written beside its name and
moved into place, so no lock is needed, and some file systems have none.
"""

import os

_LOCKING = "HDF5_USE_FILE_LOCKING"
_before = os.environ.get(_LOCKING)
os.environ[_LOCKING] = "FALSE"
import netCDF4  # noqa: E402

if _before is None:
    del os.environ[_LOCKING]
else:
    os.environ[_LOCKING] = _before

__all__ = ["netCDF4"]
