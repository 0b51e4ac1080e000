"""Figures of modular-addition runs drawn for tests."""

from functools import cache
from importlib import import_module

import matplotlib.colors
import xarray as xr

from ontogeny.plotting import irrep_looks
from ontogeny.studies.composition.config import Style
from studies.composition.addition.runs import right, trained

FIGURES = "ontogeny.studies.composition.addition.figures.run"
OVER_STEPS = [
    "progress",
    "measures",
    "key_losses",
    "norms",
    "followups",
]
OF_LAST = [
    "spectra",
    "attention",
    "neurons",
    "logits",
    "readout",
    "ablations",
    "removal",
    "algorithms",
    "circles",
]
FILES = {"circles": "embedding_circles"}


@cache
def run(name):
    """A run by name; `right` knows its final checkpoint and has key frequencies."""
    return right() if name == "right" else trained(name)


def dataset_for(name, of):
    """What a figure is drawn from."""
    return getattr(run(of), "evaluation" if name in OVER_STEPS else "analysis")


def file_of(name):
    return FILES.get(name, f"addition_{name}")


def module(name):
    return import_module(f"{FIGURES}.{file_of(name)}")


def looks_of(given):
    """The look of each frequency: that of its irrep of the cyclic group."""
    frequencies = given["frequency"].values.tolist()
    looks = irrep_looks(["trivial", *(f"freq_{k}" for k in frequencies)])
    return {k: looks[f"freq_{k}"] for k in frequencies}


def legends(axes):
    """The names in the legend of a panel."""
    return [text.get_text() for text in axes.get_legend().get_texts()]


def drawn(name, given, **style):
    """A figure, drawn as when it is saved, and its numbers."""
    figure = module(name)
    numbers = figure.numbers(given)
    before = numbers.copy(deep=True)
    made = figure.draw(numbers, Style(**style), "a title")
    made.canvas.draw()
    xr.testing.assert_identical(numbers, before)
    return made, numbers


def lines(axes):
    """The lines of a panel, by label."""
    return {line.get_label(): line.get_xydata() for line in axes.get_lines()}


def shades(axes):
    """Beginning and end of each shade of a panel."""
    return [(x.get_x(), x.get_x() + x.get_width()) for x in axes.patches]


def colours_of(artists):
    return [matplotlib.colors.to_hex(artist.get_facecolor()) for artist in artists]
