"""Preference models for two kinds of prompts that ask for opposite things, and their policies.

Helpful responses are those with content; harmless prompts are best answered by refusals. Left, how
often preference models are right on pairs of responses to either kind of prompts, by the share of
harmless ones among equally many comparisons that they are fitted to; the darker, the larger the
network. Below one half, a model is more often wrong than right: what it learned of one kind of
prompts misleads it on the other. Middle, the weight in the loss of the harmless comparisons, of
which there are few; the dotted line is the mean of both kinds. Right, where policies are trained:
the refusal tokens in a response to a helpful prompt over the root of the KL divergence to the
start policy; a line for each preference model trained against, with its share and size. Lines go
through means over seeds; bars and bands go from the least to the greatest seed.
"""

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ontogeny.config import Style
from ontogeny.labels import text
from ontogeny.plotting import PALETTE, figure, handle, legend_below, note, settings
from ontogeny.studies.rlhf.bases import models_of
from ontogeny.studies.rlhf.labels import size_name, variable
from ontogeny.studies.rlhf.panels import (
    GUIDE,
    band,
    means_of_settings,
    nothing,
    plot_known,
    size_colour,
)

__all__ = ["draw", "numbers"]

NEEDS = ("conflict",)

_PROMPTS = {"helpful": ("-", "o"), "harmless": ("--", "s")}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select accuracies by share and by weight of harmless comparisons, and refusals.

    Returns
    -------
    Dataset
        ``accuracy_by_share(size, share, prompt)`` and ``accuracy_by_weight(size, weight, prompt)``,
        each with its least and greatest seed; ``refusals_on_helpful(setting, step)``
        and ``root_kl`` by what policies are trained against, where there are some.
    """
    ends = ("", "_least", "_greatest")
    names = [f"accuracy_by_{along}{end}" for along in ("share", "weight") for end in ends]
    shown = comparison[[*names, "both_by_weight"]]
    sides = shown.sel(prompt=[name for name in _PROMPTS if name in shown["prompt"]])
    return xr.merge([sides, _refusals(comparison)], combine_attrs="override")


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw the accuracy by share and by weight, and the refusals where there are any."""
    sizes = numbers["size"].values.tolist()
    if not sizes:
        return nothing(style.width, "no preference models of helpful or harmless comparisons")
    has_policies = "refusals_on_helpful" in numbers
    with settings():
        drawn = figure(width=(1.2 if has_policies else 1) * style.width, height=0.5 * style.width)
        panels = drawn.subplots(1, 2 + has_policies)
        for axes, along in zip(panels, ("share", "weight"), strict=False):
            _accuracy(axes, numbers, along, sizes)
        panels[0].set(xlabel="share of harmless comparisons", ylabel="accuracy")
        panels[1].set_xlabel("weight of harmless comparisons")
        handles = [
            *(handle(each, color=size_colour(n, len(sizes)), lw=2) for n, each in enumerate(sizes)),
            *(
                handle(f"on {prompt} prompts", color="#444444", ls=dash, marker=mark, ms=4)
                for prompt, (dash, mark) in _PROMPTS.items()
            ),
            handle("mean of both prompts", color="#444444", ls=":"),
        ]
        if has_policies:
            handles += _courses(panels[2], numbers)
        legend_below(drawn, handles, columns=3)
    return drawn


def _accuracy(axes: Axes, numbers: xr.Dataset, along: str, sizes: list[str]) -> None:
    name = f"accuracy_by_{along}"
    for place, size in enumerate(sizes):
        colour = size_colour(place, len(sizes))
        one = numbers.sel(size=size)
        for prompt, (dash, mark) in _PROMPTS.items():
            of_prompt = one.sel(prompt=prompt)
            least, greatest = (of_prompt[f"{name}_{end}"] for end in ("least", "greatest"))
            axes.vlines(of_prompt[along], least, greatest, color=colour, lw=1)
            look = {"ls": dash, "marker": mark, "ms": 4, "color": colour}
            plot_known(axes, of_prompt[along], of_prompt[name], **look)
        if along == "weight":
            plot_known(axes, one[along], one["both_by_weight"], ls=":", color=colour)
    axes.axhline(0.5, **GUIDE)
    if numbers.sizes[along] < 2:
        note(axes, f"one {along} alone")


def _courses(axes: Axes, numbers: xr.Dataset) -> list[Line2D]:
    """Draw refusals along training, and return the entries of the legend."""
    rewards = numbers["setting"].values.tolist()
    handles = []
    for place, reward in enumerate(rewards):
        one, colour = numbers.sel(setting=reward), PALETTE[place % len(PALETTE)]
        band(axes, one["root_kl"], one, "refusals_on_helpful", color=colour, lw=1.4)
        handles.append(handle(str(reward), color=colour, lw=1.4))
    axes.set(xlabel="√KL [√nat]", ylabel="refusal tokens in responses\nto helpful prompts")
    return handles


def _refusals(comparison: xr.Dataset) -> xr.Dataset:
    """Return refusals by the preference model trained against, the smallest share first."""
    models = models_of(comparison)
    of_both = models[models["harmless_share"].notna() & (models["skill_pairs"] == 0)]
    known = of_both.drop_duplicates("preference").set_index("preference")
    rewards = comparison["reward_of_run"].values.tolist()
    has = comparison["refusals_on_helpful"].notnull().any("step").values
    places = [place for place, reward in enumerate(rewards) if reward in known.index and has[place]]
    if not places:
        return xr.Dataset()
    share = known["harmless_share"]
    runs = comparison.isel(run=sorted(places, key=lambda place: share[rewards[place]]))
    size = {name: size_name(*known.loc[name, ["d_model", "layers"]]) for name in known.index}
    names = text(
        f"policies against share {share[reward]:g}, {size[reward]}"
        for reward in runs["reward_of_run"].values
    )
    runs = runs.assign_coords(setting_of_run=variable("run", names, "preference model"))
    return means_of_settings(runs, ["refusals_on_helpful", "root_kl"])
