"""How far imitation departs from the demonstrator, against how often the learner asks.

While the demonstrator is plausible, each query costs a conservative learner at most one nat (D11),
so that none of its filled marks is above the line. Of each run: the Kullback-Leibler divergence
from what happens when the demonstrator acts all the time, against the expected number of queries.
Filled: while the demonstrator is plausible. Of enumerated runs this is the exact left side of D11,
which may be negative, since the probabilities in it do not sum to 1 (a triangle that points
downwards); of simulated ones, the divergence of each step's action, summed up to the step that
leaves the demonstrator out. Open, at the end of the thin line: of all that happens, about which
nothing is proved; exact, or of simulated runs an upper bound. Beyond the ticks of numbers are runs
that never ask (0) and distances that are infinite, negative or less than 1e-6 nat. A run without a
filled mark does not have the demonstrator in its class.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from numpy.typing import NDArray

from ontogeny.config import Style
from ontogeny.plotting import figure, handle, settings
from ontogeny.studies.imitation.panels import BOUND, KINDS, MARKS

__all__ = ["draw", "numbers"]

_NEGATIVE = "v"
_LEAST = 1e-6
"""Distances [nat] below this are at the lower edge."""

_FEW = 30
"""With more runs, marks are smaller and fainter."""

Array = NDArray[np.float64]


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select queries, and both distances: exact of enumerated runs, of simulated ones by step."""
    exact = comparison["exact_of_run"].astype(bool)
    return comparison[["queries"]].assign(
        kept=comparison["kept_distance"].where(exact, comparison["kept_divergence"]),
        whole=comparison["distance"].where(exact, comparison["divergence"]),
    )


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw the two marks of each run, their colour by kind of class, their shape by learner."""
    kind, learner = numbers["kind_of_run"].values, numbers["learner_of_run"].values
    queries, kept, whole = (numbers[name].values for name in ("queries", "kept", "whole"))
    few = numbers.sizes["run"] <= _FEW
    size, alpha = (5.5, 0.9) if few else (3.5, 0.55)
    with settings():
        drawn = figure(width=style.width, height=0.68 * style.width)
        axes = drawn.subplots()
        axes.set(xscale="log", yscale="log")
        across = _edges(axes.xaxis, queries, ("0", "∞"))
        up = _edges(axes.yaxis, np.concatenate([kept, whole]), ("≤ 0", "∞"))
        axes.set(xlim=(across[0] / 1.4, 1.4 * across[1]), ylim=(up[0] / 1.4, 1.4 * up[1]))
        _line(axes)
        x, low, high = np.clip(queries, *across), np.clip(kept, *up), np.clip(whole, *up)
        for name, colour, mark, runs in _groups(kind, learner):
            look: dict[str, Any] = {"color": colour, "ls": "", "zorder": 3}
            axes.vlines(x[runs], low[runs], high[runs], color=colour, lw=0.6, alpha=0.6 * alpha)
            axes.plot(
                x[runs], high[runs], mark, ms=0.6 * size, mfc="none", mew=0.6, alpha=alpha,
                label=f"{name}, whole", **look,
            )  # fmt: skip
            negative = kept[runs] < 0
            for chosen, shape in ((runs[~negative], mark), (runs[negative], _NEGATIVE)):
                axes.plot(x[chosen], low[chosen], shape, ms=size, mew=0, alpha=alpha,
                          label=f"{name}, kept", **look)  # fmt: skip
        axes.set_xlabel("expected number of queries")
        axes.set_ylabel("distance from the demonstrator [nat]")
        _legend(drawn, numbers)
    return drawn


def _edges(axis: Axis, values: Array, said: tuple[str, str]) -> tuple[float, float]:
    """Return where values are drawn that are too small for a logarithm, and infinite ones.

    Ticks are between these places, which have the names that are given where they are needed.
    """
    inside = values[np.isfinite(values) & (values >= _LEAST)]
    least, most = (inside.min(), inside.max()) if inside.size else (0.1, 10.0)
    edges = least / 3, most * 3
    powers = np.arange(np.ceil(np.log10(least / 1.5)), np.floor(np.log10(most * 1.5)) + 1)
    numbers = 10.0**powers
    if powers.size < 2:
        finer = np.outer(10.0 ** np.arange(-7, 9), [1, 2, 5]).ravel()
        finer = finer[(finer > least / 1.5) & (finer < most * 1.5)]
        numbers = finer if finer.size > 1 else np.unique([least, most])
    ticks = [(number, f"{float(f'{number:.2g}'):g}") for number in numbers if inside.size]
    needed = (values < _LEAST).any(), np.isinf(values).any()
    ticks += [tick for tick, is_there in zip(zip(edges, said, strict=True), needed, strict=True)
              if is_there]  # fmt: skip
    axis.set_ticks(*zip(*ticks, strict=True)) if ticks else axis.set_ticks([])
    axis.set_minor_locator(NullLocator())
    return edges


def _line(axes: Axes) -> None:
    """Draw the line below which a query costs at most one nat."""
    limits = [*axes.get_xlim(), *axes.get_ylim()]
    ends = np.array([min(limits), max(limits)])
    axes.plot(ends, ends, **BOUND)
    axes.fill_between(ends, ends, ends[1], color="#444444", alpha=0.06, lw=0)
    axes.text(
        0.02, 0.98, "distance of more than one nat a query", transform=axes.transAxes, va="top",
        fontsize=8, color="#444444",
    )  # fmt: skip


def _groups(
    kind: NDArray[Any], learner: NDArray[Any]
) -> Iterator[tuple[str, str, str, NDArray[np.int64]]]:
    """Yield the name, colour and mark of each kind of class with a learner, and its runs."""
    for of_class, (colour, said) in KINDS.items():
        for actor, mark in MARKS.items():
            runs = np.flatnonzero((kind == of_class) & (learner == actor))
            if runs.size:
                yield f"{said}, {actor}", colour, mark, runs


def _legend(drawn: Figure, numbers: xr.Dataset) -> None:
    kinds, learners = (set(numbers[f"{name}_of_run"].values) for name in ("kind", "learner"))
    plain = {"color": "black", "ls": "", "ms": 5}
    handles = [
        handle("law D11: one nat a query,\nno filled circle above", **BOUND),
        handle("distance while the\ndemonstrator is plausible", marker="o", mew=0, **plain),
        handle("distance over all steps", marker="o", mfc="none", **plain | {"ms": 3.5}),
    ]
    if bool((numbers["kept"] < 0).any()):
        handles.append(handle("negative distance", marker=_NEGATIVE, mew=0, **plain))
    handles += [handle(f"class: {said}", color=each, lw=4) for name, (each, said) in KINDS.items()
                if name in kinds]  # fmt: skip
    handles += [handle(f"learner: {name}", marker=mark, **plain) for name, mark in MARKS.items()
                if name in learners]  # fmt: skip
    drawn.legend(handles=handles, loc="outside right upper")
