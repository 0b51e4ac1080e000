"""When the learned irreps can be predicted, and when test accuracy rises.

All runs of the experiment. The horizontal axis is the step divided by the step at which test
accuracy 0.99 is reached (by the last step if it is never reached). It is always logarithmic, since
the outcome is decided early; 0 is the initial network. Where all pairs are trained on, accuracy and
similarity are those of all pairs.

An irrep is strong, that is, the network uses it, if its logit similarity at the final checkpoint
exceeds 0.1. Power is that of the inputs and outputs of neurons, per matrix entry of the irrep: the
power of random functions grows with the number of entries. It is the score of this figure because
every network has it at every checkpoint, so that figures of different groups and architectures can
be compared; the claims about strong irreps use others, which may predict more.

a: In the final network many neurons serve one irrep each, their winner. The AUC of neurons is the
probability that the winner of a neuron has more power in its weights than another irrep that is
drawn at random. 1: the winner always ranks first; 0.5 is chance. The null, in grey, is the same
with the winners of other neurons of the same network. Irreps that the whole network favours raise
the null as well, so only the distance between the two curves is information about single neurons.
The AUC of the strong irreps is the probability that one of them scores higher than an irrep which
is not strong. The score is the power in all neurons of the initial network (circle), and afterwards
the logit similarity on test pairs (line). A neuron is settled when the largest share of its power
is that of its winner. Thick curves are means over seeds, thin ones single seeds. The training pairs
are memorised at training accuracy 0.99: the shaded range goes from the first to the last run, the
line is their mean. Where a coloured curve is near 1 and the dashed one is still low, the outcome is
decided before the accuracy rises.

b: The irreps of each run are divided into fifths by their power in its initial network. Bars show
the share of each fifth that becomes strong, with the counts above. The dotted line is the share of
all irreps. If all bars were as high as this line, the initial power would predict nothing.

c: The share that each irrep has of the power of one neuron. It is the example neuron of the first
seed whose winner took the lead last; the others settle earlier. The vertical line is the first
checkpoint from which on the winner leads.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ontogeny.plotting import figure, irrep_looks, legend_below, note, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.labels import coordinate, variable
from ontogeny.studies.composition.prediction.courses import (
    at_moments,
    common_moments,
    fifth_counts,
    lead,
    mean_of_known,
)

__all__ = ["draw", "numbers"]

NEEDS = ("initial", "steps")

Array = NDArray[np.float64]

_STRONG = "#8C510A"
"""Colour of strong irreps. Colours of `PALETTE` are those of single irreps, in panel c."""

_CURVES = {
    "neurons": ("AUC of the winner of a neuron, by power", "#1B3B6F", "-"),
    "null": ("AUC with winners exchanged (null)", "#999999", "-"),
    "strong": ("AUC of strong irreps, by logit similarity", _STRONG, "-"),
    "settled": ("share of settled neurons", "#7B8F3A", "-"),
    "accuracy": ("{split} accuracy", "#222222", (0, (4, 2))),
}
"""Label, colour and dash of each curve."""

_SCORE = "power"
"""Score by which irreps are ordered: in neurons, and in the initial network."""

_MOMENTS = 200
"""Points of the curves after the initial network."""

_NO_WINNER = "no neuron has a winner"


def numbers(
    prediction: Sequence[xr.Dataset], history: Sequence[xr.Dataset], seeds: Sequence[int]
) -> xr.Dataset:
    """Select the curves of all seeds, the irreps that become strong, and one neuron.

    Parameters
    ----------
    prediction, history : sequence of Dataset
        One for each seed.
    seeds : sequence of int
    """
    split = _split(history)
    target = np.array([_target(run) for run in prediction])
    moments = common_moments(
        [run["step"].values / t for run, t in zip(prediction, target, strict=True)], points=_MOMENTS
    )
    curves = np.stack([
        _curves(run, past["accuracy"].sel(split=split), t, moments)
        for run, past, t in zip(prediction, history, target, strict=True)
    ])  # fmt: skip
    steps = [float(run["knowledge_step"].sel(knowledge="memorised")) for run in prediction]
    memorised = np.array(steps) / target
    variables = {
        "curves": variable(("seed", "curve", "moment"), curves, "AUC, share or accuracy"),
        "mean_curves": variable(
            ("curve", "moment"), mean_of_known(curves), "mean of the curves of runs"
        ),
        "memorised": variable("seed", memorised, "moment of training accuracy 0.99"),
        "mean_memorised": variable((), mean_of_known(memorised), "mean of these moments"),
        "target_reached": variable(
            "seed", [bool(run["target_reached"]) for run in prediction], "accuracy 0.99 is reached"
        ),
        "accuracy_split": variable((), split, "pairs whose accuracy is shown"),
    }
    coordinates = {
        "seed": coordinate("seed", list(seeds)),
        "curve": coordinate("curve", list(_CURVES)),
        "moment": coordinate("moment", moments),
        "fifth": coordinate("fifth", np.arange(1, 6)),
    }
    return xr.Dataset(variables | _fifths(prediction) | _race(prediction, seeds), coordinates)


def _split(history: Sequence[xr.Dataset]) -> str:
    """Return the pairs whose accuracy counts: test pairs if there are any."""
    for split in ("test", "train"):
        if all(split in run["split"] for run in history) and any(
            run["accuracy"].sel(split=split).notnull().any() for run in history
        ):
            return split
    return "all"


def _curves(run: xr.Dataset, accuracy: xr.DataArray, target: float, moments: Array) -> Array:
    """Return the curves of a run, in the order of `_CURVES`, at the given moments."""
    strong = run["set_auc"].sel(score="similarity").values.copy()
    strong[0] = run["set_auc"].sel(score=_SCORE)[0]
    values = {
        "neurons": run["neuron_auc"].sel(score=_SCORE).values,
        "null": run["neuron_auc_null"].sel(score=_SCORE).values,
        "settled": run["settled"].values,
        "strong": strong,
    }
    known = run["step"].values / target
    found = {name: at_moments(moments, known, each) for name, each in values.items()}
    known = accuracy["step"].values / target
    found["accuracy"] = at_moments(moments, known, accuracy.values)
    return np.stack([found[name] for name in _CURVES])


def _fifths(prediction: Sequence[xr.Dataset]) -> dict[str, xr.Variable]:
    """Return how many irreps of all runs each fifth has, and how many of these become strong."""
    count, strong = fifth_counts(
        [run["power_fifth"].values for run in prediction],
        [run["strong"].values for run in prediction],
    )
    share = np.where(count > 0, strong / np.maximum(count, 1), np.nan)
    base_rate = strong.sum() / max(count.sum(), 1)
    return {
        "irreps": variable("fifth", count, "number of irreps"),
        "strong_irreps": variable("fifth", strong, "number of irreps that become strong"),
        "strong_share": variable("fifth", share, "share of strong irreps"),
        "base_rate": variable((), base_rate, "share of all irreps that become strong"),
    }


def _race(prediction: Sequence[xr.Dataset], seeds: Sequence[int]) -> dict[str, xr.Variable]:
    """Return the shares of irreps in one neuron, or nothing if no example has a winner.

    It is of the first seed with such an example: that whose winner took the lead last.
    """
    for run, seed in zip(prediction, seeds, strict=True):
        irreps = [str(name) for name in run["irrep"].values]
        neurons = run["example"].values
        winners = [str(name) for name in run["winner"].sel(neuron=neurons).values]
        shares = run["neuron_share"].transpose("example", "step", "irrep").values
        leads = {
            example: lead(shares[example], irreps.index(winner))
            for example, winner in enumerate(winners)
            if winner in irreps
        }
        if leads:
            last = max(leads, key=lambda example: leads[example])
            moment = run["step"].values / _target(run)
            return {
                "irrep": coordinate("irrep", run["irrep"].values),
                "step": coordinate("step", run["step"].values),
                "race_share": variable(("step", "irrep"), shares[last], "share of the power"),
                "race_moment": variable("step", moment, "step over the target step"),
                "race_lead": variable((), moment[leads[last]], "moment when the winner leads"),
                "race_winner": variable((), winners[last], "winner of the neuron"),
                "race_neuron": variable((), int(neurons[last]), "number of the neuron"),
                "race_seed": variable((), seed, "seed of the run of the neuron"),
            }
    return {}


def _target(run: xr.Dataset) -> float:
    """Return the target step, at least 1: on a tiny group chance can reach it at step 0."""
    return max(float(run["target_step"]), 1.0)


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the curves along training, the bars of the fifths, and the neuron."""
    with settings():
        drawn = figure(width=1.75 * style.width, height=0.65 * style.width)
        along, fifths, neuron = drawn.subplots(1, 3, width_ratios=[1.55, 0.9, 1.2])
        _along(along, numbers)
        _bars(fifths, numbers)
        _competition(neuron, numbers)
        for axes in (along, neuron):
            _moment_axis(axes, numbers)
        panels = (along, fifths, neuron)
        entries = [entry for axes in panels for entry in axes.get_legend_handles_labels()[0]]
        legend_below(drawn, entries, columns=3)
        drawn.suptitle(title, fontsize=10)
    return drawn


def _along(axes: Axes, numbers: xr.Dataset) -> None:
    """Draw the curves: each seed thinly, and their mean."""
    moment = numbers["moment"].values
    for name, (label, colour, dash) in _CURVES.items():
        mean = numbers["mean_curves"].sel(curve=name).values
        if np.isnan(mean).all():
            continue
        start = 1 if name == "strong" else 0
        if name != "null" and numbers.sizes["seed"] > 1:
            for curve in numbers["curves"].sel(curve=name).values:
                axes.plot(moment[start:], curve[start:], color=colour, ls=dash, lw=0.5, alpha=0.4)
        axes.plot(moment[start:], mean[start:], color=colour, ls=dash, lw=2, zorder=4,
                  label=label.format(split=_pairs(numbers)))  # fmt: skip
        if name == "strong":
            axes.plot(0, mean[0], "o", color=colour, mfc="white", ms=6, mew=1.6, zorder=5,
                      clip_on=False, label="AUC of strong irreps at step 0, by power")  # fmt: skip
    if np.isfinite(numbers["mean_memorised"]):
        of_runs, middle = numbers["memorised"], float(numbers["mean_memorised"])
        axes.axvspan(float(of_runs.min()), float(of_runs.max()), color="#f3e6c8", lw=0, zorder=0)
        _mark(axes, middle, "training pairs memorised", color="#c9a227", lw=1.5, zorder=1)
    axes.set(ylim=(-0.03, 1.03), yticks=np.linspace(0, 1, 5), ylabel="AUC, share or accuracy")
    unknown = numbers["mean_curves"].sel(curve="neurons").isnull().all()
    why = _NO_WINNER if "race_share" not in numbers else "nothing competes"
    _head(axes, "a   When the outcome is known" + (f"; {why}" if unknown else ""))


def _bars(axes: Axes, numbers: xr.Dataset) -> None:
    """Draw the share of strong irreps in each fifth that has irreps, with the counts above."""
    shown = numbers.isel(fifth=np.flatnonzero(numbers["irreps"]))
    fifth, base = shown["fifth"].values, float(numbers["base_rate"])
    axes.bar(fifth, shown["strong_share"], width=0.72, color=_STRONG, alpha=0.8)
    for place, strong, of in zip(fifth, shown["strong_irreps"], shown["irreps"], strict=True):
        _above(axes, float(place), f"{int(strong)}/{int(of)}")
    axes.axhline(base, color="#222222", lw=1.2, ls=":", label="share among all irreps")
    axes.set(ylim=(0, 1.03), yticks=np.linspace(0, 1, 5), ylabel="share of strong irreps")
    axes.set(xticks=fifth, xlabel="fifth of the irreps,\nfrom least to most initial power")
    axes.grid(visible=False, axis="x")
    _head(axes, "b   Which irreps become strong")


def _competition(axes: Axes, numbers: xr.Dataset) -> None:
    """Draw the shares of irreps in one neuron, the winner in its colour."""
    axes.set(ylim=(-0.03, 1.03), yticks=np.linspace(0, 1, 5))
    axes.set_ylabel("share of the neuron's power")
    if "race_share" not in numbers:
        _head(axes, "c   Competition in a neuron")
        note(axes, _NO_WINNER)
        return
    irreps = [str(name) for name in numbers["irrep"].values]
    winner, share = str(numbers["race_winner"].item()), numbers["race_share"]
    colour = irrep_looks(irreps)[winner].colour
    look: dict[str, Any] = {"color": colour, "lw": 2.2, "zorder": 3}
    axes.plot(numbers["race_moment"], share.sel(irrep=winner), label=f"{winner}, winner", **look)
    others = [irrep for irrep in irreps[1:] if irrep != winner]
    for place, irrep in enumerate(others):
        label = "other irreps" if place == 0 else None
        axes.plot(numbers["race_moment"], share.sel(irrep=irrep), color="#aaaaaa", lw=0.7,
                  label=label)  # fmt: skip
    _mark(axes, float(numbers["race_lead"]), "the winner leads", color="#444444", lw=1, ls=":")
    neuron, seed = int(numbers["race_neuron"]), int(numbers["race_seed"])
    _head(axes, f"c   Competition in neuron {neuron} of seed {seed}")


def _head(axes: Axes, title: str) -> None:
    """Set a title that leaves a line for words above the axes."""
    axes.set_title(title, loc="left", pad=18)


def _mark(axes: Axes, moment: float, words: str, **look: Any) -> None:
    """Draw a vertical line, with words above it."""
    axes.axvline(moment, **look)
    _above(axes, moment, words)


def _above(axes: Axes, place: float, words: str) -> None:
    axes.text(place, 1.015, words, transform=axes.get_xaxis_transform(), ha="center", fontsize=7.5)


def _moment_axis(axes: Axes, numbers: xr.Dataset) -> None:
    """Make the horizontal axis one of steps over the target step, with 0 at the left edge."""
    first, last = numbers["moment"].values[[1, -1]]
    axes.set_xscale("symlog", linthresh=first, linscale=0.6)
    decades = 10.0 ** np.arange(np.ceil(np.log10(first)), np.floor(np.log10(last)) + 1)
    axes.set_xticks([0, *decades], ["0", *(f"{each:g}" for each in decades)])
    axes.minorticks_off()
    axes.set_xlim(0, last)
    label = f"step / step of {_pairs(numbers)} accuracy 0.99"
    reached, of = int(numbers["target_reached"].sum()), numbers.sizes["seed"]
    if reached < of:
        label += f"\n(reached by {reached} of {of} seeds; otherwise / last step)"
    axes.set_xlabel(label)


def _pairs(numbers: xr.Dataset) -> str:
    split = str(numbers["accuracy_split"].item())
    return "training" if split == "train" else split
