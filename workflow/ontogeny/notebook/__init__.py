"""Results in a notebook: runs opened, listed and drawn, and networks at their steps.

A run is an `xarray.DataTree` with one child for each result, named as its file. The attributes of
its root say in words what it is. PyTorch and matplotlib are imported when they are needed.
"""

from ontogeny.notebook._drawing import draw, draw_phases
from ontogeny.notebook._networks import network_at
from ontogeny.notebook._opening import described_run, open_run
from ontogeny.notebook._runs import LARGE
from ontogeny.notebook._table import runs

__all__ = ["LARGE", "described_run", "draw", "draw_phases", "network_at", "open_run", "runs"]
