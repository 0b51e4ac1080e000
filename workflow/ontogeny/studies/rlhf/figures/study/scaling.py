"""Accuracy of preference models by their size and by the number of comparisons.

On fresh pairs of samples of the start policy. Left, a line for each size of the network, over the
number of comparisons that it was fitted to; right, the same models, a line for each number of
comparisons, over the number of parameters. Marks are seeds, lines go through their means; the
darker, the larger or the more. The dotted line is the accuracy of the true score, from which
preferences are drawn at random: no preference model can be expected to exceed it.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ontogeny.config import Style
from ontogeny.plotting import figure, handle, legend_below, settings
from ontogeny.studies.rlhf.panels import GUIDE, grid_models, size_colour, size_name

__all__ = ["draw", "numbers"]

NEEDS = ("scaling",)
