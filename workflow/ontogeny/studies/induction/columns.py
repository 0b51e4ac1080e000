"""Runs beside each other: a column of panels for each."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, settings
from ontogeny.studies.induction.labels import coordinate
from ontogeny.studies.induction.run_panels import CLASSES, by_head

__all__ = ["Row", "beside", "columns", "heads", "selected"]

Row = tuple[str, Callable[[Axes, xr.Dataset], None]]
"""The label of a row, and what draws it of one run."""

_NARROWEST = 2.4
"""Width of a column [inch] below which labels touch."""

_ALWAYS = ("window_start", "window_end", "moment_step", "head_kind")
_NUMBER_OF_CLASSES = 3


def selected(evaluation: xr.Dataset, analysis: xr.Dataset, *names: str) -> xr.Dataset:
    """Select what panels of one run show.

    Parameters
    ----------
    evaluation, analysis : Dataset
    *names : str
        Measures of either.

    Returns
    -------
    Dataset
        With the window of the phase change and the kinds of heads, where they are known. Of
        ``matching`` prefix matching; of losses by class those of the classes that are drawn;
        without a head, those with all attention patterns kept.
    """
    there = [name for name in CLASSES if name in evaluation["token_kind"].values]
    choice = {
        "offset": 1,
        "token_kind": there[:_NUMBER_OF_CLASSES],
        "ablation": "pattern-preserving",
    }
    found = evaluation[[name for name in names if name in evaluation]]
    found = found.sel({dim: value for dim, value in choice.items() if dim in found.dims})
    measured = [name for name in names if name not in evaluation]
    measured += [name for name in _ALWAYS if name in analysis]
    return found.merge(analysis[measured])


def beside(
    evaluation: Sequence[xr.Dataset],
    analysis: Sequence[xr.Dataset],
    *names: str,
    **labels: Sequence[str | int],
) -> xr.Dataset:
    """Select what panels of several runs show, along a new dimension.

    Parameters
    ----------
    evaluation, analysis : sequence of Dataset
        Of each run.
    *names : str
        Measures, as for `selected`.
    **labels : sequence of str or int
        Of the runs, by the name of the new dimension.

    Returns
    -------
    Dataset
        NaN where a run has no such head.
    """
    ((dim, of_runs),) = labels.items()
    runs = [selected(*run, *names) for run in zip(evaluation, analysis, strict=True)]
    numbered = [
        run.assign_coords({name: np.arange(run.sizes[name]) for name in ("layer", "head")})
        for run in runs
    ]
    joined = xr.concat(numbered, dim, join="outer", combine_attrs="override")
    joined = joined.assign_coords({dim: coordinate(dim, list(of_runs))})
    for name in ("layer", "head"):
        joined[name] = coordinate(name, joined[name].values)
    return joined


def heads(name: str, label: str, *, logarithmic: bool) -> Row:
    """Return the row of a measure of every head."""
    return label, partial(by_head, name=name, logarithmic=logarithmic)


def columns(
    numbers: xr.Dataset,
    dim: str,
    rows: Sequence[Row],
    style: Style,
    title: str,
    *,
    handles: Sequence[Any],
    titles: Sequence[str] = (),
) -> Figure:
    """Draw a column a run and a row a measure.

    Parameters
    ----------
    numbers : Dataset
        From `beside`.
    dim : str
    rows : sequence of Row
    style : Style
    title : str
        Of the figure.
    handles : sequence
        Entries of the legend.
    titles : sequence of str
        Of the columns; else the dimension with its values.
    """
    count = numbers.sizes[dim]
    titles = titles or [f"{dim} {value}" for value in numbers[dim].values]
    with settings():
        drawn = figure(width=max(style.width, _NARROWEST * count), height=1.75 * len(rows) + 0.8)
        grid = drawn.subplots(len(rows), count, squeeze=False, sharey="row")
        for column, of_run in enumerate(titles):
            run = numbers.isel({dim: column})
            grid[0, column].set_title(of_run)
            for axes, (_, draw) in zip(grid[:, column], rows, strict=True):
                draw(axes, run)
        for axes, (label, _) in zip(grid[:, 0], rows, strict=True):
            axes.set_ylabel(label)
        for above, below in zip(grid[:-1].ravel(), grid[1:].ravel(), strict=True):
            if above.get_xlabel() == below.get_xlabel():
                above.set_xlabel("")
        drawn.align_ylabels(grid[:, 0])
        drawn.legend(handles=list(handles), loc="outside lower center", ncols=3)
        drawn.suptitle(title, fontsize=10)
    return drawn
