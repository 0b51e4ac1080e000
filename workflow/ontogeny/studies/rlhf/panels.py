"""What figures of the study share: looks of scores, and which runs are shown."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from textwrap import fill
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import EngFormatter
from numpy.typing import NDArray

from ontogeny.labels import text
from ontogeny.plotting import PALETTE, figure, handle, note
from ontogeny.studies.rlhf.bases import KINDS, base_swap
from ontogeny.studies.rlhf.config import GOLD
from ontogeny.studies.rlhf.labels import coordinate, variable

__all__ = [
    "COLOURS",
    "GUIDE",
    "WITHOUT_MODEL",
    "band",
    "best_of_runs",
    "count_name",
    "groups_of",
    "known_of_all",
    "means_of_settings",
    "nothing",
    "panel_title",
    "panels_of",
    "plot_known",
    "role_handles",
    "samples_axis",
    "shown_runs",
    "size_axis",
    "size_colour",
]

COLOURS: Mapping[str, str] = {"gold": PALETTE[4], "train": PALETTE[0], "test": PALETTE[2]}
"""By role of a score."""

GUIDE: Mapping[str, Any] = {"color": "#777777", "lw": 1.0, "ls": ":"}
"""How lines that guide the eye are drawn."""

WITHOUT_MODEL = "no policy is trained against a preference model"
"""Why nothing is shown of such policies."""

KIND_WORDS = {"enumerated": "enumerated world", "sequences": "world of sequences"}
"""Kinds of worlds in titles."""

_SIZE_COLOURS = ("#9ecae1", "#4292c6", "#2171b5", "#08519c", "#08306b")
"""By size of a network, the smallest first."""

_NAMES = {
    "train": "score by the preference model trained against",
    "test": "score by another preference model",
    "gold": "true score",
}
_ALIKE = (
    "world",
    "skew",
    "prompts",
    "policy",
    "kl_penalty",
    "d_model",
    "layers",
    "reward_d_model",
    "reward_layers",
    "reward_pairs",
    "conditions",
    "mixes_online",
)
"""Runs of one setting agree in these, and in the two scores without regard to their order."""

_LINE = 86
"""Characters of a line of titles, over all panels."""


def shown_runs(comparison: xr.Dataset, *, rewards: Iterable[str] = ("model", "gold")) -> xr.Dataset:
    """Return the runs of one setting for each kind of world and of reward.

    Runs of one setting agree in policy, networks and conditions; the preference model that is
    trained against and the other one may be exchanged. Where runs against preference models do
    exchange them, those of the `base_swap` are shown, which claims are about. Of other settings the
    usual one is taken: one kind of prompts, no skew, no data of trained policies, no unusual
    conditions, then most runs.

    Parameters
    ----------
    comparison : Dataset
    rewards : iterable of str
        Out of ``model``, a preference model, and ``gold``, the true score.

    Returns
    -------
    Dataset
        Along ``run``, with ``setting_of_run``, a name that says which runs belong together.
    """
    chosen: list[tuple[str, NDArray[np.int_]]] = []
    keys = _keys(comparison)
    for kind in KINDS:
        for reward in rewards:
            places = _shown(comparison, keys, kind, reward)
            if places.size:
                chosen.append((_said(comparison, places, kind, reward), places))
    places = np.concatenate([each for _, each in chosen]) if chosen else np.zeros(0, dtype=int)
    names = [name for name, each in chosen for _ in each]
    return comparison.isel(run=places).assign_coords(
        setting_of_run=variable("run", text(names), "runs that are shown together")
    )


def best_of_runs(runs: xr.Dataset) -> xr.Dataset:
    """Return the best of n samples of each run's start policy by the score it is trained against.

    Returns
    -------
    Dataset
        ``best_of_gain(run, role, samples_compared)`` and ``best_of_root_kl(run,
        samples_compared)``, NaN for runs without; coordinate ``root_log_samples``, the root of
        ln n. Nothing where no such samples were scored.
    """
    if "selection" not in runs.dims:
        return xr.Dataset()
    selections, wanted = (
        list(zip(*(runs[f"{name}_of_{dim}"].values.tolist() for name in names), strict=True))
        for dim, names in (
            ("selection", ("policy", "seed", "selector")),
            ("run", ("policy", "seed", "reward")),
        )
    )
    places = {selection: place for place, selection in enumerate(selections)}
    found = runs[["best_of_gain", "best_of_root_kl"]].isel(
        selection=variable("run", [places.get(each, 0) for each in wanted], "selection")
    )
    known = xr.DataArray([each in places for each in wanted], dims="run")
    return (
        found.where(known)
        .drop_vars(runs.coords.keys() - {"role", "samples_compared"}, errors="ignore")
        .assign_coords(root_log_samples=runs["log_samples"] ** 0.5)
    )


def size_colour(place: int, count: int) -> str:
    """Return the colour of one of several sizes, the smallest of which is the lightest."""
    return _SIZE_COLOURS[round(place * (len(_SIZE_COLOURS) - 1) / max(count - 1, 1))]


def means_of_settings(runs: xr.Dataset, names: Sequence[str]) -> xr.Dataset:
    """Return means over seeds, and the least and the greatest of a seed.

    Of each seed, runs whose two preference models are exchanged are averaged first.

    Parameters
    ----------
    runs : Dataset
        With ``setting_of_run``.
    names : sequence of str
        Of variables along ``run``.

    Returns
    -------
    Dataset
        By ``setting``: ``NAME``, ``NAME_least`` and ``NAME_greatest``.
    """
    settings = list(dict.fromkeys(runs["setting_of_run"].values))
    tables = []
    for setting in settings:
        of_setting = runs[list(names)].isel(run=runs["setting_of_run"].values == setting)
        by_seed = of_setting.groupby(of_setting["seed_of_run"]).mean("run", keep_attrs=True)
        table = by_seed.mean("seed_of_run", keep_attrs=True)
        for name, values in by_seed.items():
            table[f"{name}_least"] = values.min("seed_of_run", keep_attrs=True)
            table[f"{name}_greatest"] = values.max("seed_of_run", keep_attrs=True)
        tables.append(table)
    along = coordinate("setting", text(settings))
    return xr.concat(tables, along, join="outer") if tables else xr.Dataset({}, {"setting": along})


def known_of_all(runs: xr.Dataset, name: str) -> xr.DataArray:
    """Return a variable at the steps at which all runs of a setting that have the step know it.

    A mean over those that know it alone would be one of a selection.

    Parameters
    ----------
    runs : Dataset
        With ``setting_of_run``, and ``root_kl``, which is known at all steps of a run.
    name : str
        Of a variable along ``run`` and ``step``.
    """
    values = runs[name]
    lacks = (runs["root_kl"].notnull() & values.isnull()).groupby("setting_of_run").any("run")
    names = runs["setting_of_run"].values
    return values.where(
        ~lacks.sel(setting_of_run=names).rename(setting_of_run="run").drop_vars("run")
    )


def band(axes: Axes, x: xr.DataArray, one: xr.Dataset, name: str, **look: Any) -> None:
    """Draw the mean over seeds as a line, and from the least to the greatest seed as a band."""
    known = (one[name].notnull() & x.notnull()).values
    least, greatest = (one[f"{name}_{end}"].values[known] for end in ("least", "greatest"))
    axes.fill_between(x.values[known], least, greatest, color=look["color"], alpha=0.2, lw=0)
    axes.plot(x.values[known], one[name].values[known], **look)


def plot_known(axes: Axes, x: xr.DataArray, y: xr.DataArray, **look: Any) -> None:
    """Draw a line through the points with both numbers known."""
    known = (x.notnull() & y.notnull()).values
    axes.plot(x.values[known], y.values[known], **look)


def nothing(width: float, words: str) -> Figure:
    """Return a figure that says why nothing is shown."""
    drawn = figure(width=width, height=0.2 * width)
    axes = drawn.subplots()
    note(axes, words)
    axes.set_axis_off()
    return drawn


def panels_of(width: float, count: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with a panel for each of some settings, two in a row."""
    columns, rows = min(count, 2), -(-count // 2)
    drawn = figure(width=width, height=(0.15 + (0.6, 0.42)[columns - 1] * rows) * width)
    panels = list(drawn.subplots(rows, columns, squeeze=False).ravel())
    for axes in panels[count:]:
        axes.remove()
    return drawn, panels[:count]


def panel_title(setting: str, panels: int) -> str:
    """Return the name of a setting in lines that fit one of several panels."""
    return fill(setting, _LINE // panels)


def role_handles(numbers: xr.Dataset, name: str) -> list[Line2D]:
    """Return entries of a legend for the roles of scores that have a value."""
    has = numbers[name].notnull()
    known = has.any([dim for dim in has.dims if dim != "role"])
    return [
        handle(_NAMES[role], color=COLOURS[role], lw=2)
        for role in _NAMES
        if bool(known.sel(role=role))
    ]


def samples_axis(axes: Axes) -> None:
    """Make the horizontal axis one of responses that a policy was trained on."""
    axes.set_xlabel("responses trained on")
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))


def size_axis(axes: Axes, values: NDArray[Any]) -> None:
    """Make the horizontal axis logarithmic, with ticks at the values that there are."""
    axes.set_xscale("log")
    axes.set_xticks(values, [count_name(float(value)) for value in values])
    axes.minorticks_off()


def count_name(count: float) -> str:
    """Return a number of things in few characters."""
    return f"{count:,.0f}" if count < 10_000 else f"{count / 1000:.3g}k"


def groups_of(keys: Iterable[Hashable]) -> list[list[int]]:
    """Return the places of equal keys together, in the order of their first ones."""
    groups: dict[Hashable, list[int]] = {}
    for place, key in enumerate(keys):
        groups.setdefault(key, []).append(place)
    return list(groups.values())


def _keys(comparison: xr.Dataset) -> list[tuple[Any, ...]]:
    """Return what tells the settings of runs apart."""
    columns = [comparison[f"{name}_of_run"].values.tolist() for name in _ALIKE]
    rewards, judges = (comparison[f"{name}_of_run"].values for name in ("reward", "judge"))
    scores = [
        (GOLD,) if reward == GOLD else tuple(sorted((str(reward), str(judge))))
        for reward, judge in zip(rewards, judges, strict=True)
    ]
    return list(zip(*columns, scores, strict=True))


def _shown(
    comparison: xr.Dataset, keys: Sequence[tuple[Any, ...]], kind: str, reward: str
) -> NDArray[np.int_]:
    """Return the places of the runs that are shown of a kind of world and of reward."""
    swap = base_swap(comparison, kind) if reward == "model" else None
    if swap is not None:
        members = comparison["run_of_swap"].sel(swap=swap).values
        return np.sort(members[(members >= 0).all(axis=1)].ravel())
    is_gold = comparison["reward_of_run"].values == GOLD
    is_kind = comparison["kind_of_run"].values == kind
    among = np.flatnonzero(is_kind & (is_gold == (reward == GOLD)))
    groups = [among[each].tolist() for each in groups_of(keys[place] for place in among.tolist())]

    def unusual(places: list[int]) -> tuple[Any, ...]:
        one = comparison.isel(run=places[0])
        return (
            int(one["prompts_of_run"]) > 1,
            str(one["skew_of_run"].values) != "none",
            bool(one["mixes_online_of_run"]),
            bool(str(one["conditions_of_run"].values)),
            -len(places),
        )

    return np.array(min(groups, key=unusual, default=[]), dtype=np.int_)


def _said(comparison: xr.Dataset, places: NDArray[np.int_], kind: str, reward: str) -> str:
    one = comparison.isel(run=places[0])
    pairs = int(one["reward_pairs_of_run"])
    against = "the true score" if reward == GOLD else f"a preference model of {pairs:,} comparisons"
    count = f"{len(places)} {'policy' if len(places) == 1 else 'policies'}"
    return f"{KIND_WORDS[kind]}: {count} trained against {against}"
