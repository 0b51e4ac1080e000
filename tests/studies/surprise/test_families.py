"""Families of networks: which of them count, and how far those of a setting differ."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ontogeny.studies.surprise.families import (
    control_of,
    counted,
    families_of,
    main_setting,
    spread_of_crossing,
)
from parity_runs import WIDTHS, family, scaling
from surprise_runs import mixture_family, mixture_run, scaling_of


@pytest.fixture(scope="module")
def joined():
    """Return three seeds, a control of one, and another depth."""
    runs = [run for seed in range(3) for run in mixture_family(seed, widths=(8, 16, 32, 64))]
    runs += mixture_family(widths=(16, 32), experiment="long", steps=12_000)
    runs += mixture_family(widths=(16, 32), experiment="longest", steps=24_000)
    return scaling_of([*runs, mixture_run(32, experiment="deep", layers=4)])


@pytest.fixture(scope="module")
def worlds():
    """Return two worlds of parity, each with two lengths of training."""
    ways = {
        f"{world}, {steps}": {"world": world, "alpha": alpha, "steps": steps, "widths": WIDTHS[:4]}
        for world, alpha in (("flat", 0.2), ("steep", 0.8))
        for steps in (4000, 16_000)
    }
    return scaling(*(family(name, seed, **way) for name, way in ways.items() for seed in range(2)))


def settings_that_count(results):
    return counted(results)["setting_of_family"].values.tolist()


def test_in_each_world_one_setting_counts(worlds):
    assert settings_that_count(worlds) == ["flat, 16000"] * 2 + ["steep, 16000"] * 2


def test_of_equal_settings_the_longest_training_counts_but_more_networks_come_first(worlds):
    """Without one of its families a setting has fewer networks."""
    is_kept = worlds["family"].values != "flat, 16000, seed 1"
    fewer = worlds.isel(family=is_kept)
    assert settings_that_count(fewer) == ["flat, 4000"] * 2 + ["steep, 16000"] * 2


def test_which_setting_counts_does_not_depend_on_what_diverged():
    short = [family("short", seed, steps=4000, widths=WIDTHS[:4]) for seed in range(2)]
    long = [
        family("long", seed, steps=16_000, widths=WIDTHS[:4], diverged=WIDTHS[:1])
        for seed in range(2)
    ]
    assert settings_that_count(scaling(*short, *long)) == ["long"] * 2


def test_the_order_of_families_does_not_matter(worlds):
    turned = worlds.isel(family=slice(None, None, -1))
    assert set(counted(turned)["family"].values) == set(counted(worlds)["family"].values)


def test_the_main_setting_is_the_one_with_most_networks():
    many = family("many", widths=WIDTHS[:5], world="other")
    assert main_setting(scaling(family(widths=WIDTHS[:4]), many)) == "many"


def test_families_of_one_size_are_left_out(joined):
    assert main_setting(joined) == "mixture"
    assert families_of(joined, "mixture").sizes["family"] == 3
    assert not families_of(joined, "deep").sizes["family"]
    assert settings_that_count(joined) == ["mixture"] * 3


def test_a_single_network_is_no_family_that_counts():
    single = scaling_of([mixture_run(32)])
    assert not settings_that_count(single)
    assert not families_of(single, main_setting(single)).sizes["family"]


def test_the_control_has_four_times_the_training_and_nothing_else_differs(joined):
    assert control_of(joined, "mixture") == "long"
    assert control_of(joined, "long") is None
    assert control_of(joined, "deep") is None


def test_the_spread_is_that_of_each_setting():
    crossings = np.array([[4.0, np.nan], [4.5, 5.0], [9.0, 9.0]])
    found = spread_of_crossing(crossings, ["a", "a", "b"])
    assert_allclose(found.values, [[np.std([4, 4.5], ddof=1), np.nan], [np.nan, np.nan]])
