"""What figures over training steps share: the axis, and the phases behind the lines."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.plotting import phase_legend, phase_shades, step_axis
from ontogeny.studies.composition.config import Style

__all__ = ["over_steps", "shown_phases"]


def shown_phases(found: xr.DataArray, style: Style) -> xr.DataArray:
    """Return the phases that a figure shows: those of its style, or else those found.

    Parameters
    ----------
    found : DataArray
        `phase_boundary`: the end of each phase [step], along `boundary` and any other dimension.
    style : Style

    Returns
    -------
    DataArray
        Like `found`.
    """
    if style.phases is None:
        return found
    found = found.transpose(..., "boundary")
    return found.copy(data=np.broadcast_to(np.array(style.phases, dtype=float), found.shape))


def over_steps(
    drawn: Figure, panels: Sequence[Axes], numbers: xr.Dataset, style: Style, *, last_row: int
) -> None:
    """Give panels an axis of steps, with the phases of training shaded and named if there are any.

    Parameters
    ----------
    drawn : Figure
    panels : sequence of Axes
    numbers : Dataset
        With `step`, and `phase_boundary` where phases are shaded.
    style : Style
    last_row : int
        Number of panels, from the end, that name the axis.
    """
    last = float(numbers["step"][-1])
    for axes in panels:
        step_axis(axes, last, logarithmic=style.log_steps)
    for axes in panels[: len(panels) - last_row]:
        axes.set_xlabel("")
    if "phase_boundary" in numbers:
        boundary = shown_phases(numbers["phase_boundary"], style)
        for axes in panels:
            phase_shades(axes, boundary.values, last)
        phase_legend(
            drawn,
            [str(name) for name in boundary["boundary"].values],
            unfinished=bool(boundary.isel(boundary=-1).isnull()),
        )
