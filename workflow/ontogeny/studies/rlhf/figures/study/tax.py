"""Loss on held-out sequences and score of policies of different sizes, along their training.

Left, the loss on held-out sequences of the world, which the start policy was trained to predict,
less that of the start policy: above 0 the policy pays a tax, below 0 it earns a bonus. Right, the
score gained by the preference model that is trained against; arXiv 2204.05862 finds that such lines
of different sizes run parallel. Both over the root of the KL divergence to the start policy. Thin
lines are policies, thick ones their means after equally many samples; the darker, the larger.
"""

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.labels import text
from ontogeny.plotting import figure, handle, legend_below, settings
from ontogeny.studies.rlhf.bases import size_family
from ontogeny.studies.rlhf.labels import size_name, variable
from ontogeny.studies.rlhf.panels import (
    GUIDE,
    means_of_settings,
    nothing,
    plot_known,
    size_colour,
)

__all__ = ["draw", "numbers"]

NEEDS = ("sizes",)

_PANELS = {
    "corpus_loss_rise": "rise of the loss on held-out sequences [nat]",
    "train_gain": "score gained [nat]",
}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select the rise of the loss and the gain of policies of several sizes."""
    family = size_family(comparison, least=2).sort_values(["d_model", "layers"], kind="stable")
    runs = comparison.isel(run=family["place"].to_numpy())
    sizes = zip(family["d_model"], family["layers"], strict=True)
    names_of_sizes = text(size_name(*each) for each in sizes)
    runs = runs.assign_coords(setting_of_run=variable("run", names_of_sizes, "size of the policy"))
    loss = runs["corpus_loss"]
    runs = runs[["root_kl"]].assign(
        corpus_loss_rise=(loss - loss.isel(step=0)).assign_attrs(loss.attrs),
        train_gain=runs["gain"].sel(role="train", drop=True),
    )
    names = ["root_kl", *_PANELS]
    means = means_of_settings(runs, names)
    return means.merge(runs.rename({name: f"{name}_of_run" for name in names}))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw the loss and the gain."""
    if not numbers.sizes["setting"]:
        return nothing(style.width, "no policies in sequences differ in size alone")
    sizes = numbers["setting"].values
    colours = [size_colour(place, len(sizes)) for place in range(len(sizes))]
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        for axes, (name, label) in zip(drawn.subplots(1, 2), _PANELS.items(), strict=True):
            for size, colour in zip(sizes, colours, strict=True):
                _lines(axes, numbers, name, size, colour)
            axes.axhline(0, **GUIDE)
            axes.set(xlabel="√KL [√nat]", ylabel=label)
        named = zip(sizes, colours, strict=True)
        legend_below(drawn, [handle(size, color=c, lw=2) for size, c in named], columns=3)
    return drawn


def _lines(axes: Axes, numbers: xr.Dataset, name: str, size: str, colour: str) -> None:
    runs = numbers.isel(run=numbers["setting_of_run"].values == size)
    for place in range(runs.sizes["run"]):
        one = runs.isel(run=place)
        plot_known(
            axes, one["root_kl_of_run"], one[f"{name}_of_run"], lw=0.7, alpha=0.4, color=colour
        )
    mean = numbers.sel(setting=size)
    plot_known(axes, mean["root_kl"], mean[name], lw=1.8, color=colour)
