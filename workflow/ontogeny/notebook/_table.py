"""A table of runs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from ontogeny.known_studies import NAMES, study_named
from ontogeny.notebook._runs import LARGE, told_by
from ontogeny.storage import StorageError, open_lazily

__all__ = ["runs"]

_SEED = re.compile(r"seed\d+")
_ABOVE = ("", "*/", "results/*/")
"""What is between a folder and the studies below it: a configuration, all, or a whole project."""


def runs(folder: str | Path = "results") -> pd.DataFrame:
    """Return a table of all runs of a folder, one row a run.

    Checkpoints are not read.

    Parameters
    ----------
    folder : path
        Of all results, or of those of a configuration, a study or an experiment, or a folder in
        which ``results`` is. No other folders below it are looked into.

    Returns
    -------
    DataFrame
        ``configuration``, ``study``, ``experiment``, ``seed``, ``network``, ``data``, the outcome
        in columns that depend on the study (``test_accuracy``, ``circuit_end``, ``learned``, ...),
        and ``path``, which `ontogeny.open_run` takes. Values that a run does not have are missing.
        ``damage`` is there where a file cannot be read, and says which and what to do.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as empty:
    ...     len(runs(empty))
    0
    """
    folder = Path(folder)
    if not folder.is_dir():
        msg = f"{folder}: there is no such folder"
        raise FileNotFoundError(msg)
    rows = [_row(*each) for each in _found(folder.resolve())]
    table = pd.DataFrame(rows)
    return table[[*(name for name in table if name != "path"), "path"]] if rows else table


def _found(folder: Path) -> Iterator[tuple[Path, Path, list[Path]]]:
    """Yield the folder of each run, that of its study, and its results other than checkpoints."""
    for root in _studies(folder):
        for run in sorted(root.rglob("seed*")):
            parts = run.relative_to(root).parts
            if not _SEED.fullmatch(run.name) or parts[0] == "figures" or not run.is_dir():
                continue
            if not run.is_relative_to(folder):
                continue
            files = _results(run, study_named(root.name).results)
            if files:
                yield run, root, files


def _studies(folder: Path) -> list[Path]:
    """Return the folders of studies below a folder, or that which it is in."""
    above = [each for each in (folder, *folder.parents) if each.name in NAMES]
    if above:
        return above[:1]
    places = (f"{above}{name}" for name in NAMES for above in _ABOVE)
    return sorted(each for place in places for each in folder.glob(place) if each.is_dir())


def _results(run: Path, order: Sequence[str]) -> list[Path]:
    files = [file for file in sorted(run.glob("*.nc")) if file.stem not in LARGE]
    return sorted(files, key=lambda file: [*order, file.stem].index(file.stem))


def _row(run: Path, root: Path, files: Sequence[Path]) -> dict[str, Any]:
    """Return the row of a run; of one with a damaged file, what its folder says and the damage."""
    row = {
        "configuration": root.parent.name,
        "study": root.name,
        "experiment": "/".join(run.relative_to(root).parts[:-1]),
        "seed": int(run.name.removeprefix("seed")),
    }
    results = _Results(files)
    try:
        about = results[files[0].stem].attrs
        row["experiment"] = about.get("experiment", row["experiment"])
        row |= {name: about.get(name, "") for name in ("network", "data")}
        row |= told_by(root.name).columns(results)
    except StorageError as error:
        row["damage"] = str(error)
    finally:
        results.close()
    return row | {"path": str(run)}


class _Results(Mapping[str, xr.Dataset]):
    """The results of a run by name, opened when they are asked for: most are not."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = {file.stem: file for file in files}
        self._opened: dict[str, xr.Dataset] = {}

    def __getitem__(self, name: str) -> xr.Dataset:
        if name not in self._opened:
            self._opened[name] = open_lazily(self._files[name])
        return self._opened[name]

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def close(self) -> None:
        """Close the files that were opened."""
        for each in self._opened.values():
            each.close()
