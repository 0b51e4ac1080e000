"""All runs of an experiment together."""

from collections.abc import Sequence

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.labels import coordinate
from ontogeny.plotting import SPLIT_COLOURS, figure, settings, step_axis
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]


def numbers(histories: Sequence[xr.Dataset], seeds: Sequence[int]) -> xr.Dataset:
    """Join losses and accuracies along `seed`; steps that a run does not have are NaN."""
    chosen = [history[["loss", "accuracy"]] for history in histories]
    joined = xr.concat(chosen, "seed", join="outer", combine_attrs="override")
    return joined.assign_coords(seed=coordinate("seed", list(seeds)))


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw every seed thinly, training and test, loss above accuracy."""
    last = float(numbers["step"][-1])
    with settings():
        drawn = figure(width=style.width, height=0.75 * style.width)
        above, below = drawn.subplots(2, 1, sharex=True)
        for split in numbers["split"].values:
            for number, seed in enumerate(numbers["seed"].values):
                run = numbers.sel(seed=seed, split=split).dropna("step")
                look = {"color": SPLIT_COLOURS[split], "lw": 1.1, "alpha": 0.8}
                label = f"{split}, {numbers.sizes['seed']} seeds" if number == 0 else None
                above.plot(run["step"], run["loss"], label=label, **look)
                below.plot(run["step"], run["accuracy"], **look)
        above.set(yscale="log", ylabel="cross-entropy [nat]")
        below.set(ylabel="accuracy", ylim=(-0.03, 1.03))
        step_axis(below, last, logarithmic=style.log_steps)
        drawn.legend(*above.get_legend_handles_labels(), loc="outside right upper")
        drawn.suptitle(title, fontsize=10)
    return drawn
