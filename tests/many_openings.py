"""Opening results again and again, in a process of its own, since the fault ends the process."""

import math
import subprocess
import sys

SCRIPT = """
import sys

import netCDF4
import xarray as xr

from ontogeny.storage import read, read_provenance

rounds, *paths = sys.argv[1:]


def opened(path):
    with xr.open_dataset(path) as dataset:
        return dataset.load()


for path in paths:
    with netCDF4.Dataset(path) as stored:
        assert str not in {each.dtype for each in stored.variables.values()}, path
    first = read(path)
    for hold in (False, True):
        held = [xr.open_dataset(path)] if hold else []
        for way in (opened, xr.load_dataset, read):
            for _ in range(int(rounds)):
                found = way(path)
                for dataset in held:
                    dataset.load()
            xr.testing.assert_identical(found, first)
        read_provenance(path)
print("opened", len(paths))
"""
"""In each round a file is opened in three ways, with and without a handle that stays open.

None may have text of variable length, which some versions of netCDF4 cannot open twice.
"""
ROUNDS = 17


def assert_opened_many_times(paths):
    """Assert that every way to open these results works again and again in one process.

    They are opened a hundred times together, and each of them twelve times or more.
    """
    paths = [str(path) for path in paths]
    assert paths
    rounds = max(2, math.ceil(ROUNDS / len(paths)))
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, str(rounds), *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout == f"opened {len(paths)}\n"
