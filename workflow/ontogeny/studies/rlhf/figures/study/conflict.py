"""One preference model for two kinds of prompts that ask for opposite things.

Helpful responses are those with content; harmless prompts are best answered by refusals. Left, how
often preference models are right on pairs of responses to either kind of prompts, by the share of
harmless ones among equally many comparisons that they are fitted to; the darker, the larger the
network. A model of one kind alone is wrong about the other kind more often than not if its line
falls below one half. Middle, the weight of the comparisons of the last set, of which there are
fewer, in the loss; the dotted line is the mean of both kinds. Right, where policies are trained:
the refusal tokens in a response to a helpful prompt along training, by the preference model that
they are trained against. Lines go through means over seeds, bars and bands from the least to the
greatest seed.
"""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ontogeny.config import Style
from ontogeny.labels import text
from ontogeny.plotting import PALETTE, figure, handle, legend_below, note, settings
from ontogeny.studies.rlhf.labels import dataset, variable
from ontogeny.studies.rlhf.panels import (
    GUIDE,
    band,
    groups_of,
    means_of_settings,
    plot_known,
    size_colour,
    size_name,
)

__all__ = ["draw", "numbers"]

NEEDS = ("conflict",)

_PROMPTS = {"helpful": ("-", "o"), "harmless": ("--", "s")}
_ABOUT = ("d_model", "layers", "last_weight", "pairs", "policy", "preference")


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
    plain = models.isel(preference_model=models["weight"].values == 1)
    of_share = _widest(plain, "share", ("policy", "pairs"))
    of_weight = _widest(models, "weight", ("policy", "pairs", "share"))
    by_size = np.argsort(models["order"].values, kind="stable")
    sizes = list(dict.fromkeys(models["size"].values[by_size].tolist()))
    tables = [_table(of_share, "share", sizes), _table(of_weight, "weight", sizes)]
    return xr.merge([*tables, _refusals(comparison, models)], combine_attrs="drop")


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw the accuracy by share and by weight, and the refusals where there are any."""
    sizes = numbers["size"].values.tolist()
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
        handles.append(handle(f"policies against {reward}", color=colour, lw=1.4))
    axes.set(xlabel="√KL [√nat]", ylabel="refusal tokens, helpful prompts")
    return handles


def _of_both_prompts(comparison: xr.Dataset) -> xr.Dataset:
    """Return the models of helpful and harmless comparisons alone, with share, weight and size."""
    pairs = comparison["pairs_of_prompt"]
    both = pairs.sel(prompt=list(_PROMPTS)).sum("prompt")
    total = pairs.sum("prompt")
    share = (pairs.sel(prompt="harmless") / both.where(both > 0)).round(6)
    about = {name: comparison[f"{name}_of_preference_model"] for name in _ABOUT}
    sizes = zip(about["d_model"].values.tolist(), about["layers"].values.tolist(), strict=True)
    found = comparison[["accuracy_of_prompt"]].sel(prompt=list(_PROMPTS))
    found = found.reset_coords(drop=True).assign(
        share=share.drop_vars("prompt"),
        weight=about["last_weight"],
        pairs=about["pairs"],
        policy=about["policy"],
        preference=about["preference"],
        order=about["d_model"] * 1000 + about["layers"],
        size=("preference_model", text(size_name(*each) for each in sizes)),
    )
    known = found["accuracy_of_prompt"].notnull().all("prompt") & (both > 0) & (both == total)
    return found.isel(preference_model=known.values)


def _widest(models: xr.Dataset, along: str, by: Sequence[str]) -> xr.Dataset:
    """Return the models that agree in some things and have most values of another."""
    keys = zip(*(models[name].values.tolist() for name in by), strict=True)
    values = models[along].values
    groups = groups_of(keys)
    widest = max(groups, key=lambda each: len(set(values[each])), default=[])
    return models.isel(preference_model=widest)


def _table(models: xr.Dataset, along: str, sizes: Sequence[str]) -> xr.Dataset:
    """Return the accuracy by size, by another property and by prompt, over seeds."""
    labels = np.unique(models[along].values)
    shape = (len(sizes), len(labels), len(_PROMPTS))
    mean, least, greatest = (np.full(shape, np.nan) for _ in range(3))
    for row, size in enumerate(sizes):
        for column, label in enumerate(labels):
            alike = (models["size"].values == size) & (models[along].values == label)
            if alike.any():
                of_seeds = models["accuracy_of_prompt"].values[alike]
                mean[row, column] = of_seeds.mean(axis=0)
                least[row, column] = of_seeds.min(axis=0)
                greatest[row, column] = of_seeds.max(axis=0)
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


def _refusals(comparison: xr.Dataset, models: xr.Dataset) -> xr.Dataset:
    """Return refusals by the preference model trained against, the smallest share first."""
    shares = dict(
        zip(models["preference"].values.tolist(), models["share"].values.tolist(), strict=True)
    )
    if "cautious" not in comparison:
        return xr.Dataset()
    rewards = comparison["reward_of_run"].values
    known = comparison["cautious"].notnull().any("step").values & np.isin(rewards, list(shares))
    runs = comparison.isel(run=np.flatnonzero(known))
    runs = runs.isel(run=np.argsort([shares[each] for each in runs["reward_of_run"].values]))
    if not runs.sizes["run"]:
        return xr.Dataset()
    runs = runs.assign_coords(setting_of_run=runs["reward_of_run"])
    return means_of_settings(runs, ["cautious", "root_kl"])
