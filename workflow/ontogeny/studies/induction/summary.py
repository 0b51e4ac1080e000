"""Which networks had a phase change, and when, in a few lines."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from ontogeny.workflow.summaries import study_lines

__all__ = ["summary"]


def summary(seeds: Mapping[str, Sequence[int]], comparison: xr.Dataset) -> list[str]:
    """Return how many networks had a phase change, and for each experiment its window.

    Parameters
    ----------
    seeds : mapping
        The seeds of each experiment of the configuration.
    comparison : Dataset
        All runs of the study.

    Returns
    -------
    list of str
        A headline and a line for each experiment; the ends of the window are medians over runs.
    """
    windows: dict[str, list[tuple[float, float]]] = {name: [] for name in seeds}
    names = (str(name) for name in comparison["experiment_of_run"].values)
    columns = (comparison[name].values for name in ("seed_of_run", "window_start", "window_end"))
    for name, seed, start, end in zip(names, *columns, strict=True):
        if int(seed) in seeds.get(name, ()) and np.isfinite(start):
            windows[name].append((float(start), float(end)))
    total = sum(map(len, seeds.values()))
    had = sum(map(len, windows.values()))
    headline = f"induction: {had} of {total} networks had a phase change, in which they learned "
    return study_lines(
        f"{headline}to use the context",
        [
            (name, f"{len(found)} of {len(seeds[name])}", _window(found))
            for name, found in windows.items()
        ],
    )


def _window(found: Sequence[tuple[float, float]]) -> str:
    if not found:
        return ""
    start, end = np.median(found, axis=0)
    text = f"from step {start:,.0f} to {end:,.0f}"
    return text if len(found) == 1 else f"{text} (medians)"
