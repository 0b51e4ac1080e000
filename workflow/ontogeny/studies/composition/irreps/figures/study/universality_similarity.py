"""The strongest irreps of each run over training.

Cosine between the logits and the character of an irrep on test pairs along training: one thin line
for each of the strongest irreps of each run, in the colour of its rank at the end of the run. Runs
differ in the irreps that they choose, so that lines of one colour may be of different irreps; the
legends say which. Equal colours close together mean that all seeds end with the same balance of
irreps, whichever these are.
"""

from collections import Counter

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings, step_axis
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.panels import irrep_label
from ontogeny.wording import plural

__all__ = ["draw", "numbers"]

NEEDS = ("steps", "test-pairs")

_COLUMNS = 2
_WORDS = ("strongest", "second", "third", "fourth", "fifth", "sixth")
_NAMED = 4


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select the similarities of the strongest irreps of each run that has test pairs."""
    chosen = comparison[["ranked_similarity", "ranked_irrep"]]
    followed = chosen["ranked_similarity"].notnull().any(("step", "strength")).values
    return chosen.isel(run=np.flatnonzero(followed))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw one panel for each experiment."""
    experiments = list(dict.fromkeys(map(str, numbers["experiment_of_run"].values)))
    rows = -(-max(len(experiments), 1) // _COLUMNS)
    with settings():
        drawn = figure(width=1.4 * style.width, height=0.45 * rows * style.width)
        places = drawn.subplots(rows, _COLUMNS, squeeze=False).ravel()
        for axes in places[len(experiments) :]:
            axes.remove()
        if not experiments:
            drawn.suptitle("No run has test pairs.", fontsize=10)
        for axes, experiment in zip(places, experiments, strict=False):
            member = numbers["experiment_of_run"].values == experiment
            _experiment(axes, numbers.isel(run=np.flatnonzero(member)), style)
            axes.set_title(f"{experiment}, {plural(int(member.sum()), 'run')}")
    return drawn


def _experiment(axes: Axes, runs: xr.Dataset, style: Style) -> None:
    """Draw a line for each rank of each run."""
    shades = mpl.colormaps["viridis"](np.linspace(0, 0.95, runs.sizes["strength"]))
    last = 1.0
    for rank, (shade, word) in enumerate(zip(shades, _WORDS, strict=True)):
        those = runs.isel(strength=rank)
        names = [str(name) for name in those["ranked_irrep"].values if str(name)]
        label = f"{word}: {_plural(names)}" if names else None
        for _, one in those.groupby("run"):
            line = one["ranked_similarity"].squeeze("run").dropna("step")
            axes.plot(line["step"], line, color=shade, lw=0.8, label=label)
            label = None
            last = max(last, float(line["step"].max())) if line.size else last
    axes.axhline(0, color="#444444", lw=0.6)
    axes.set_ylabel("logit similarity on test pairs")
    step_axis(axes, last, logarithmic=style.log_steps)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), borderaxespad=0.2, fontsize=7)


def _plural(names: list[str]) -> str:
    """Return irreps in words, those of several runs with their number."""
    counted = Counter(map(irrep_label, names)).most_common()
    words = [name if times == 1 else f"{name} × {times}" for name, times in counted[:_NAMED]]
    return ", ".join(words) + ", …" * (len(counted) > _NAMED)
