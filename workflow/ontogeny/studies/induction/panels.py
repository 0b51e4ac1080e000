"""Parts that several figures share."""

from collections.abc import Iterator

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from ontogeny.plotting import PALETTE
from ontogeny.studies.induction.words import told_apart

__all__ = [
    "ABOUT_NETWORKS",
    "KIND_COLOURS",
    "KIND_NAMES",
    "SHADE",
    "attention_colours",
    "experiments",
    "head_names",
    "head_title",
    "kind_patches",
    "kinds_of",
    "legend",
    "names_of_networks",
    "shade",
]

KIND_NAMES = ("other heads", "previous-token heads", "induction heads")
KIND_COLOURS = ("#999999", PALETTE[2], PALETTE[6])
"""By `ontogeny.studies.induction.head_kinds.HEAD_KINDS`, in every figure of the study."""

ABOUT_NETWORKS = ("experiment_of_run", "layers_of_run", "mlp_of_run", "smeared_of_run")
"""What tells networks apart, of the comparison of all runs."""

_EXPERIMENT_COLOURS = ("#444444", PALETTE[3], PALETTE[4], PALETTE[5], "#8C564B", "#BCBD22")
SHADE = "#f3e6c8"
_SHOWN = {
    "previous token": ("previous-token head", "strongest attention on the token before"),
    "induction": ("induction head", "strongest prefix matching"),
}


def attention_colours(shown_head: str) -> LinearSegmentedColormap:
    """Return colours for the attention of a head: from white to the colour of its kind."""
    colour = KIND_COLOURS[1 + list(_SHOWN).index(shown_head)]
    return LinearSegmentedColormap.from_list(shown_head, ["white", colour])


def kinds_of(numbers: xr.Dataset) -> NDArray[np.int64]:
    """Return the kind of each head, (L, H); `other` where kinds are not known."""
    if "head_kind" in numbers:
        return np.nan_to_num(numbers["head_kind"].values).astype(np.int64)
    return np.zeros((numbers.sizes["layer"], numbers.sizes["head"]), dtype=np.int64)


def head_names(numbers: xr.Dataset) -> list[str]:
    """Return the name of every head, layer after layer: layer.head, both counted from 0."""
    return [
        f"{layer}.{head}"
        for layer in range(numbers.sizes["layer"])
        for head in range(numbers.sizes["head"])
    ]


def head_title(numbers: xr.Dataset, shown_head: str) -> str:
    """Return which head is shown, and whether it is of the kind that it is the strongest of."""
    layer, head = numbers["shown"].sel(shown_head=shown_head).values
    kind, strongest = _SHOWN[shown_head]
    if "head_kind" not in numbers:
        return f"head {layer}.{head}, {strongest}"
    if kinds_of(numbers)[layer, head] == 1 + list(_SHOWN).index(shown_head):
        return f"{kind} {layer}.{head}"
    article = "an" if kind[0] in "aeiou" else "a"
    return f"head {layer}.{head}, {strongest},\nnot {article} {kind}"


def kind_patches(numbers: xr.Dataset) -> list[Patch]:
    """Return what the colours of heads stand for, of the kinds that there are."""
    kinds = np.unique(kinds_of(numbers))
    return [Patch(color=KIND_COLOURS[kind], label=KIND_NAMES[kind]) for kind in kinds]


def shade(axes: Axes, start: float, end: float, colour: str = SHADE, alpha: float = 1.0) -> None:
    """Shade the window of a phase change behind the data, if there is one."""
    if np.isfinite([start, end]).all():
        axes.axvspan(start, end, color=colour, alpha=alpha, lw=0, zorder=0)


def experiments(numbers: xr.Dataset) -> Iterator[tuple[str | None, str, xr.Dataset]]:
    """Yield name, colour and runs of each experiment; a single one needs no name."""
    experiment = numbers["experiment_of_run"].values
    places = [np.flatnonzero(experiment == each) for each in dict.fromkeys(experiment)]
    names = names_of_networks(numbers.isel(run=[each[0] for each in places]))
    for place, (runs, name) in enumerate(zip(places, names, strict=True)):
        colour = _EXPERIMENT_COLOURS[place % len(_EXPERIMENT_COLOURS)]
        yield name if len(names) > 1 else None, colour, numbers.isel(run=runs)


def names_of_networks(numbers: xr.Dataset) -> list[str]:
    """Return what each network is, in words; where these do not tell all apart, its experiment."""
    names, *about = (numbers[name].values for name in ABOUT_NETWORKS)
    words = [
        ", ".join(told_apart(int(layers), has_mlps=bool(mlp), has_smeared_keys=bool(smeared)))
        for layers, mlp, smeared in zip(*about, strict=True)
    ]
    return words if len({*words}) == len(words) else [str(name) for name in names]


def legend(drawn: Figure, axes: Axes) -> None:
    """Name what the lines of a panel are, if any has a name, below the figure."""
    handles, names = axes.get_legend_handles_labels()
    if handles:
        drawn.legend(handles, names, loc="outside lower center", ncols=min(len(names), 4))
