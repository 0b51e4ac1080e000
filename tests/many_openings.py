"""Opening results again and again, in a process of its own, since the fault ends the process."""

import subprocess
import sys

SCRIPT = """
import sys

import netCDF4
import xarray as xr

from ontogeny.storage import read, read_provenance

ROUNDS = 17


def opened(path):
    with xr.open_dataset(path) as dataset:
        return dataset.load()


for path in sys.argv[1:]:
    with netCDF4.Dataset(path) as stored:
        assert str not in {each.dtype for each in stored.variables.values()}, path
    first = read(path)
    for hold in (False, True):
        held = [xr.open_dataset(path)] if hold else []
        for way in (opened, xr.load_dataset, read):
            for _ in range(ROUNDS):
                found = way(path)
                for dataset in held:
                    dataset.load()
            xr.testing.assert_identical(found, first)
        read_provenance(path)
print("opened", len(sys.argv) - 1)
"""
"""Each file is opened 102 times, in three ways, with and without a handle that stays open.

None may have text of variable length, which some versions of netCDF4 cannot open twice.
"""


def assert_opened_many_times(paths):
    """Assert that every way to open these results works a hundred times in one process."""
    paths = [str(path) for path in paths]
    assert paths
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout == f"opened {len(paths)}\n"
