"""A run as a tree of its results, with words on what it is."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import xarray as xr

from ontogeny.caveats import of_all
from ontogeny.job import PROVENANCE
from ontogeny.known_studies import NAMES, study_named
from ontogeny.notebook._runs import LARGE, told_by
from ontogeny.storage import open_lazily

__all__ = ["about_folder", "described", "described_run", "open_run", "opened_results"]

_ABOUT = ("experiment", "policy", "preference", "seed", "network", "data", "steps")
"""Attributes of results that the root of a run repeats, in this order."""


def open_run(path: str | Path) -> xr.DataTree:
    """Open the results of a run.

    Each file is compared with its digest; values are read when they are used, and without PyTorch.

    Parameters
    ----------
    path : path
        Folder of the run: ``results/<configuration>/<study>/<experiment>/seed<n>``.

    Returns
    -------
    DataTree
        A child for each result, named as its file, and for the data that the run is of: ``table``
        and ``irreps`` of a group, ``corpus``, ``world`` or ``policy_class``. Attributes of the root
        say what the run is, its outcome, when its circuit formed and what it learned.

    Raises
    ------
    FileNotFoundError
        If the folder has no results.
    ontogeny.storage.StorageError
        If a file is damaged or cannot be read: its name, and what to do.
    """
    folder = Path(path)
    study, _ = about_folder(folder)
    results = opened_results(folder, study)
    tree = xr.DataTree.from_dict({f"/{name}": each for name, each in results.items()})
    tree.attrs = described(study, results) | {"path": str(folder.resolve())}
    return tree


def described_run(path: str | Path) -> dict[str, Any]:
    """Return the attributes of the root of a run, without opening its checkpoints.

    Parameters
    ----------
    path : path
        Folder of the run.

    Raises
    ------
    FileNotFoundError, ontogeny.storage.StorageError
        As `open_run`.
    """
    folder = Path(path)
    study, _ = about_folder(folder)
    results = opened_results(folder, study, without=LARGE)
    try:
        return described(study, results)
    finally:
        for each in results.values():
            each.close()


def about_folder(folder: Path) -> tuple[str, Path]:
    """Return the study of the folder of a run, and the folder of all results of the study.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or it is below no study.
    """
    for parent in folder.resolve().parents:
        if parent.name in NAMES and folder.is_dir():
            return parent.name, parent
    where = "results/<configuration>/<study>/<experiment>/seed<n>"
    msg = f"{folder} is not the folder of a run; runs are in {where}"
    raise FileNotFoundError(msg)


def opened_results(
    folder: Path, study: str, *, without: Collection[str] = ()
) -> dict[str, xr.Dataset]:
    """Return the results in the folder of a run, and the data that it is of, by name.

    Parameters
    ----------
    folder : Path
    study : str
    without : collection of str
        Results that are not opened.

    Raises
    ------
    FileNotFoundError
        If there are none.
    """
    order = study_named(study).results
    files = {file.stem: file for file in sorted(folder.glob("*.nc")) if file.stem not in without}
    files = {name: files[name] for name in order if name in files} | files
    files |= {file.stem: file for file in sorted(folder.glob("own/*.nc"))}
    if not files:
        runs = sorted(each.name for each in folder.glob("seed*") if each.is_dir())
        remedy = "run the workflow with the configuration it belongs to"
        if runs:
            remedy = f"open one of the runs in it, {', '.join(runs)}"
        msg = f"{folder} has no results; {remedy}"
        raise FileNotFoundError(msg)
    results = {name: open_lazily(file) for name, file in files.items()}
    about = next(iter(results.values())).attrs
    _, root = about_folder(folder)
    given = {name: root / file for name, file in told_by(study).data(about).items()}
    return results | {name: open_lazily(file) for name, file in given.items() if file.is_file()}


def described(study: str, results: Mapping[str, xr.Dataset]) -> dict[str, Any]:
    """Return the attributes of the root of a run: what it is, in words.

    Parameters
    ----------
    study : str
    results : mapping of str to Dataset
        By name; the first says what the run is.
    """
    about = next(iter(results.values())).attrs
    found: dict[str, Any] = {"study": study}
    found |= {name: about[name] for name in _ABOUT if name in about and name not in PROVENANCE}
    return found | told_by(study).words(results) | of_all(results.values())
