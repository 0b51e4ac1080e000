"""Behaviour that networks were not trained for, by their size.

Left, the analogue of figure 3 of arXiv 2202.07785: the rate of false positives in the group whose
records are biased, over that in the other group, when the prompt names the group and when it does
not, over the number of parameters; lines without marks are the Bayes rule on the same records.
Middle, kinds of problems that training never has: the share of seeds in which a network answers
more of them than chance explains; those that were expected beforehand have a star. Right, contents
of samples from the start token: 30 characters copied from the text, wrong statements in the form of
a task, and switches between text and problems.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, handle, legend_below, settings
from ontogeny.studies.surprise.panels import (
    GUIDE,
    has_networks,
    main_and_control,
    plain_ticks,
    size_axis,
    without_networks,
)

__all__ = ["draw", "numbers"]

NEEDS = ("mixture-families", "mixture-records")

_PROMPTS = {"named": (PALETTE[1], "o"), "unnamed": (PALETTE[0], "s")}
_KINDS = {
    "verbatim": (PALETTE[2], "o"),
    "wrong statement": (PALETTE[3], "s"),
    "change of mode": (PALETTE[4], "^"),
}


def numbers(mixture_scaling: xr.Dataset) -> xr.Dataset:
    """Select ratios, probes and outputs of the main setting."""
    names = ["ratio", "bayes_ratio", "elicited", "expected", "output_rate"]
    return main_and_control(mixture_scaling, names).isel(setting=slice(1))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw the bias, the problems that were never trained, and the continuations."""
    if not has_networks(numbers):
        return without_networks(style.width)
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        bias, probes, outputs = drawn.subplots(1, 3, width_ratios=[1, 1.1, 1])
        for place in range(numbers.sizes["setting"]):
            one = numbers.isel(setting=place)
            families = numbers.isel(
                family=numbers["setting_of_family"].values == one["setting"].values
            )
            _bias(bias, families, one)
            _probes(probes, one)
            _outputs(outputs, families, one)
        bias.set(ylabel="false positives: group 1 / group 0", title="bias against group 1")
        probes.set_title("never trained: share of seeds\nthat answer (*: expected)")
        outputs.set(ylabel="share of samples", ylim=(-0.03, 1.03), title="contents of samples")
        for axes in (bias, outputs):
            axes.set_xlabel("number of parameters")
            size_axis(axes, numbers["parameters"].values.ravel())
        handles = [
            *(
                handle(f"group {name}", color=c, marker=m, ms=4)
                for name, (c, m) in _PROMPTS.items()
            ),
            handle("Bayes rule", color="#444444", ls="--", lw=1),
            *(handle(name, color=c, marker=m, ms=4) for name, (c, m) in _KINDS.items()),
        ]
        legend_below(drawn, handles, columns=3)
    return drawn


def _bias(axes: Axes, families: xr.Dataset, one: xr.Dataset) -> None:
    for prompt, (colour, mark) in _PROMPTS.items():
        ratio = families["ratio"].sel(prompt=prompt)
        axes.plot(
            families["parameters"].values.ravel(), ratio.values.ravel(), mark,
            ms=3, mew=0, alpha=0.5, color=colour,
        )  # fmt: skip
        mean = one["ratio_of_setting"].sel(prompt=prompt)
        axes.plot(one["parameters_of_setting"], mean, marker=mark, ms=3.5, color=colour)
        rule = float(one["bayes_ratio_of_setting"].sel(prompt=prompt))
        axes.axhline(rule, color=colour, ls="--", lw=1)
    axes.axhline(1, **GUIDE)
    axes.set_yscale("log")
    plain_ticks(axes.yaxis)


def _probes(axes: Axes, one: xr.Dataset) -> None:
    known = one.dropna("width", subset=["parameters_of_setting"])
    shares = known["elicited_of_setting"].transpose("probe", "width").values
    axes.imshow(shares, aspect="auto", vmin=0, vmax=1, cmap="Blues")
    for (row, column), value in np.ndenumerate(shares):
        if np.isfinite(value):
            colour = "white" if value > 0.6 else "black"
            axes.text(
                column, row, f"{value:.2g}", ha="center", va="center", fontsize=6, color=colour
            )
    names = [
        f"{probe}{' *' * bool(expected)}"
        for probe, expected in zip(one["probe"].values, one["expected"].values, strict=True)
    ]
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xticks(range(known.sizes["width"]), known["width"].values, fontsize=7, rotation=90)
    axes.set_xlabel("width of the network")
    axes.grid(visible=False)


def _outputs(axes: Axes, families: xr.Dataset, one: xr.Dataset) -> None:
    for kind, (colour, mark) in _KINDS.items():
        rate = families["output_rate"].sel(kind=kind)
        axes.plot(
            families["parameters"].values.ravel(), rate.values.ravel(), mark,
            ms=3, mew=0, alpha=0.5, color=colour,
        )  # fmt: skip
        mean = one["output_rate_of_setting"].sel(kind=kind)
        axes.plot(one["parameters_of_setting"], mean, marker=mark, ms=3.5, color=colour)
