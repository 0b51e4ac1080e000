"""One preference model for two kinds of prompts that ask for opposite things.

Helpful responses are those with content; harmless prompts are best answered by refusals. Left, how
often preference models are right on pairs of responses to either kind of prompts, by the share of
harmless ones among equally many comparisons that they are fitted to; the darker, the larger the
network. Below one half, a model is more often wrong than right: what it learned of one kind of
prompts misleads it on the other. Middle, the weight in the loss of the harmless comparisons, of
which there are few; the dotted line is the mean of both kinds. Right, where policies are trained:
the refusal tokens in a response to a helpful prompt along training, by the share and the size of
the preference model that they are trained against. Lines go through means over seeds; bars and
bands go from the least to the greatest seed.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ontogeny.config import Style
from ontogeny.labels import text
from ontogeny.plotting import PALETTE, figure, handle, legend_below, note, settings
from ontogeny.studies.rlhf.bases import largest_group, models_of
from ontogeny.studies.rlhf.labels import dataset, variable
from ontogeny.studies.rlhf.panels import (
    GUIDE,
    band,
    means_of_settings,
    nothing,
    plot_known,
    size_colour,
    size_name,
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
        each with its least and greatest seed; ``cautious(setting, step)`` and ``root_kl`` by what
        policies are trained against, where there are some.
    """
    models = _of_both_prompts(comparison)
    alike = ["policy", "epochs", "pairs"]
    of_share = largest_group(
        models[models["last_weight"] == 1], alike, lambda each: -each["share"].nunique()
    )
    of_weight = largest_group(
        models, [*alike, "tranches", "share"], lambda each: -each["last_weight"].nunique()
    )
    in_order = models.sort_values(["d_model", "layers"], kind="stable")
    sizes = list(in_order["size"].unique())
    accuracy = comparison["accuracy_of_prompt"].reindex(prompt=list(_PROMPTS))
    tables = [
        _table(of_share, "share", sizes, accuracy),
        _table(of_weight.rename(columns={"last_weight": "weight"}), "weight", sizes, accuracy),
    ]
    return xr.merge([*tables, _refusals(comparison, models)], combine_attrs="drop")


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw the accuracy by share and by weight, and the refusals where there are any."""
    sizes = numbers["size"].values.tolist()
    if not sizes:
        return nothing(style.width, "no preference models of helpful or harmless comparisons")
    has_policies = "cautious" in numbers
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
            handle("mean of both", color="#444444", ls=":"),
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
        band(axes, one["root_kl"], one, "cautious", color=colour, lw=1.4)
        handles.append(handle(str(reward), color=colour, lw=1.4))
    axes.set(xlabel="√KL [√nat]", ylabel="refusal tokens, helpful prompts")
    return handles


def _of_both_prompts(comparison: xr.Dataset) -> pd.DataFrame:
    """Return the models of helpful or harmless comparisons, with their share and size."""
    models = models_of(comparison)
    both = models["helpful_pairs"] + models["harmless_pairs"]
    found = models.assign(
        share=(models["harmless_pairs"] / both.where(both > 0)).round(6),
        size=[size_name(*each) for each in zip(models["d_model"], models["layers"], strict=True)],
    )
    return found[(models["prompts"] > 1) & (both > 0) & (models["skill_pairs"] == 0)]


def _table(
    models: pd.DataFrame, along: str, sizes: Sequence[str], accuracy: xr.DataArray
) -> xr.Dataset:
    """Return the accuracy by size, by another property and by prompt, over seeds."""
    labels = np.unique(models[along].to_numpy(dtype=np.float64))
    shape = (len(sizes), len(labels), len(_PROMPTS))
    mean, least, greatest = (np.full(shape, np.nan) for _ in range(3))
    for (size, label), alike in models.groupby(["size", along]):
        of_seeds = accuracy.values[alike["place"].to_numpy()]
        place = sizes.index(size), int(np.searchsorted(labels, label))
        mean[place] = of_seeds.mean(axis=0)
        least[place], greatest[place] = of_seeds.min(axis=0), of_seeds.max(axis=0)
    dims, about = ("size", along, "prompt"), "accuracy on pairs of a prompt"
    return dataset(
        {
            f"accuracy_by_{along}": variable(dims, mean, about),
            f"accuracy_by_{along}_least": variable(dims, least, f"{about}, least seed"),
            f"accuracy_by_{along}_greatest": variable(dims, greatest, f"{about}, greatest seed"),
            f"both_by_{along}": variable(dims[:2], mean.mean(axis=2), f"{about}, mean of both"),
        },
        {"size": text(sizes), along: labels, "prompt": text(_PROMPTS)},
        title=f"Accuracy by {along}",
    )


def _refusals(comparison: xr.Dataset, models: pd.DataFrame) -> xr.Dataset:
    """Return refusals by the preference model trained against, the smallest share first."""
    if "cautious" not in comparison:
        return xr.Dataset()
    known = models.drop_duplicates("preference").set_index("preference")
    shares = known["share"].to_dict()
    rewards = comparison["reward_of_run"].values.tolist()
    has = comparison["cautious"].notnull().any("step").values
    places = [place for place, reward in enumerate(rewards) if reward in shares and has[place]]
    runs = comparison.isel(run=sorted(places, key=lambda place: shares[rewards[place]]))
    if not places:
        return xr.Dataset()
    names = text(
        f"policies, share {shares[reward]:g}, {known['size'][reward]}"
        for reward in runs["reward_of_run"].values
    )
    runs = runs.assign_coords(setting_of_run=variable("run", names, "preference model"))
    return means_of_settings(runs, ["cautious", "root_kl"])
