"""The story of a run in one picture.

Top left, training and test loss, with the phases of training shaded and named: a network that groks
fits its training pairs first and the test pairs much later. Top right, the irreps that it learns
meanwhile: cosine between the logits and the character of each irrep on test pairs. Bottom left, the
activation of one neuron on all pairs (a, b) at the final checkpoint: the strongest neuron of the
largest cluster, with factors sorted by cosets (for a frequency k of residues, by ka and kb). Bottom
right, the logits: their mean, standard deviation and range by the conjugacy class of abc⁻¹ (on a
cyclic group by a + b − c). The right answer is black.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.plotting import (
    SPLIT_COLOURS,
    figure,
    note,
    settings,
)
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.figures.run.activations import (
    draw_neuron,
    factor_label,
    sorted_examples,
)
from ontogeny.studies.composition.irreps.figures.run.logits import draw_class_logits
from ontogeny.studies.composition.irreps.panels import (
    class_axis,
    class_order,
    irrep_label,
    irrep_lines,
)
from ontogeny.studies.composition.looks import SPLIT_NAMES
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]

NEEDS = ("split", "steps")

_QUESTIONS = (
    "When does it generalise?",
    "What does it learn, and when?",
    "What does one neuron see?",
    "What do the logits say?",
)


def numbers(history: xr.Dataset, evaluation: xr.Dataset, analysis: xr.Dataset) -> xr.Dataset:
    """Select losses, similarities, the strongest neuron of the largest cluster, and the logits.

    Without the neuron where the hidden layer is not known.
    """
    found = xr.Dataset(
        {
            "loss": history["loss"].rename(step="loss_step"),
            **evaluation[["test_logit_similarity", "key", "phase_boundary"]],
        }
    )
    logits = [f"class_logit_{name}" for name in ("mean", "deviation", "least", "most")]
    found = found.merge(class_order(analysis[logits]))
    if analysis.sizes.get("example", 0) == 0:
        return found
    examples = sorted_examples(analysis)
    largest = analysis["irrep"].values[analysis["cluster_size"].values.argmax()]
    first = np.flatnonzero(examples["example_irrep"].values == largest)[0]
    return found.merge(examples.isel(example=first))


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the four panels."""
    with settings():
        drawn = figure(width=1.5 * style.width, height=1.05 * style.width)
        losses, irreps, neuron, logits = drawn.subplots(2, 2).ravel()
        for split in numbers["split"].values:
            line = numbers["loss"].sel(split=split)
            losses.plot(
                line["loss_step"],
                line,
                color=SPLIT_COLOURS[split],
                label=f"loss, {SPLIT_NAMES[split]}",
            )
        losses.set(yscale="log", ylabel="cross-entropy [nat]")
        losses.legend(loc="upper right")
        irrep_lines(irreps, numbers["test_logit_similarity"], numbers["key"])
        irreps.set_ylabel("logit similarity on test pairs")
        irreps.legend(title="irrep", loc="upper left", bbox_to_anchor=(1, 1), borderaxespad=0.2)
        over_steps(drawn, [losses, irreps], numbers, style, last_row=2)
        _neuron(neuron, numbers)
        draw_class_logits(logits, numbers)
        class_axis(logits, numbers)
        logits.set_ylabel("logit minus mean over c")
        for axes, question in zip((losses, irreps, neuron, logits), _QUESTIONS, strict=True):
            axes.set_title(question, loc="left", fontweight="bold")
        drawn.suptitle(title, fontsize=11)
    return drawn


def _neuron(axes: Axes, numbers: xr.Dataset) -> None:
    if "example_activation" in numbers:
        irrep = irrep_label(numbers["example_irrep"].item())
        name = f"neuron {int(numbers['example'])} ({irrep})"
        draw_neuron(axes, numbers, label=f"activation of {name}")
        axes.set(
            title="", xlabel=factor_label(numbers, "right"), ylabel=factor_label(numbers, "left")
        )
        axes.set_aspect("auto")
    else:
        note(axes, "The hidden layer is not known.")
        axes.set_axis_off()
