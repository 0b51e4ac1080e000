"""What figures share: families and their names, means over seeds, and ticks."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.plotting import figure
from ontogeny.studies.surprise.panels import (
    main_and_control,
    of_setting,
    plain_ticks,
    setting_words,
    size_axis,
)
from parity_runs import WIDTHS, family, scaling
from surprise_runs import mixture_family, mixture_run, scaling_of


@pytest.fixture(scope="module")
def many():
    """Return three settings on one world of parity."""
    return scaling(
        family(seed=0),
        family(seed=1),
        family("long", steps=16000, widths=WIDTHS[::2]),
        family("few", widths=WIDTHS[:2]),
    )


def test_a_setting_has_its_families_and_widths_alone(many):
    long = of_setting(many, "long")
    assert long["width"].values.tolist() == list(WIDTHS[::2])
    assert long["setting"].values.tolist() == ["long"]
    assert long.sizes["family"] == 1


def test_words_tell_setting_apart(many):
    words = setting_words(many)
    assert len(set(words.values())) == many.sizes["setting"]
    assert words["long"] == "64 tasks, α = 0.4, 16,000 updates"
    assert words["few"] == "64 tasks, α = 0.4, 4,000 updates (few)"


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((900, 30_000), ["1k", "2k", "5k", "10k", "20k"]),
        ((900, 200_000), ["1k", "10k", "100k"]),
        ((0.12, 0.45), ["0.15", "0.2", "0.3", "0.4"]),
        ((0.093, 0.12), ["0.095", "0.1", "0.105", "0.11", "0.115", "0.12"]),
    ],
)
def test_ticks_are_plain_numbers_within_the_limits(limits, expected):
    axes = figure(width=3.0, height=2.0).subplots()
    axes.set(xscale="log", xlim=limits)
    plain_ticks(axes.xaxis)
    assert [label.get_text() for label in axes.get_xticklabels()] == expected
    assert axes.get_xlim() == limits


def test_the_main_setting_stands_beside_its_control_with_means_over_seeds():
    runs = [run for seed in range(2) for run in mixture_family(seed, widths=(16, 32, 48, 64))]
    runs += mixture_family(widths=(16, 32), experiment="long", steps=12_000)
    runs += mixture_family(widths=(16, 32), experiment="deep", layers=4)
    results = scaling_of(runs)
    found = main_and_control(results, ["loss", "law_of_setting"])
    assert found["setting"].values.tolist() == ["mixture", "long"]
    assert found["family"].values.tolist() == ["mixture, seed 0", "mixture, seed 1", "long, seed 0"]
    both = results["loss"].isel(family=slice(2)).mean("family")
    assert_allclose(found["loss_of_setting"].sel(setting="mixture"), both)
    assert_array_equal(
        found["law_of_setting"], results["law_of_setting"].sel(setting=["mixture", "long"])
    )


def test_there_is_nothing_to_show_of_a_single_network():
    found = main_and_control(scaling_of([mixture_run(32)]), ["loss"])
    assert not found.sizes["family"]
    assert not found.sizes["setting"]


def test_an_axis_of_sizes_has_room_beside_what_is_known():
    axes = figure(width=3.0, height=2.0).subplots()
    size_axis(axes, np.array([np.nan, 1000.0, 8000.0]))
    low, high = axes.get_xlim()
    assert low < 1000 < 8000 < high
    size_axis(axes, np.array([np.nan]))
    assert axes.get_xlim() == (low, high)
