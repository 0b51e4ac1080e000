"""Style, colours and panels of figures."""

from ontogeny.plotting._below import write_below
from ontogeny.plotting._panels import (
    block_lines,
    colour_bar,
    handle,
    heat_map,
    legend_below,
    note,
    phase_legend,
    phase_rows,
    phase_shades,
    step_axis,
)
from ontogeny.plotting._style import (
    PALETTE,
    SPLIT_COLOURS,
    Look,
    figure,
    irrep_looks,
    save,
    settings,
)
from ontogeny.plotting._verdicts import (
    VERDICT_COLOURS,
    runs_wanted,
    shown_verdicts,
    verdict_table,
)

__all__ = [
    "PALETTE",
    "SPLIT_COLOURS",
    "VERDICT_COLOURS",
    "Look",
    "block_lines",
    "colour_bar",
    "figure",
    "handle",
    "heat_map",
    "irrep_looks",
    "legend_below",
    "note",
    "phase_legend",
    "phase_rows",
    "phase_shades",
    "runs_wanted",
    "save",
    "settings",
    "shown_verdicts",
    "step_axis",
    "verdict_table",
    "write_below",
]
