import errno
import os

import matplotlib as mpl
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ontogeny.plotting import (
    SPLIT_COLOURS,
    figure,
    heat_map,
    irrep_looks,
    phase_rows,
    phase_shades,
    save,
    settings,
    step_axis,
)
from ontogeny.storage import StorageError


def test_up_to_72_irreps_look_different():
    names = ["trivial", *(f"freq_{k}" for k in range(1, 73))]
    looks = irrep_looks(names)
    assert len({(look.colour, str(look.dash)) for look in looks.values()}) == 73
    assert len({(look.colour, look.hatch) for look in looks.values()}) == 73


def test_the_look_of_an_irrep_depends_on_the_group_alone():
    names = ["trivial", "sign", "standard"]
    assert irrep_looks(names) == irrep_looks(names)
    assert irrep_looks(names)["sign"] == irrep_looks([*names, "another"])["sign"]


def deuteranope(colour):
    """How a reader without green cones sees a colour (Vienot, Brettel and Mollon 1999)."""
    red, green, blue = mpl.colors.to_rgb(colour)
    mixed = 0.29275 * red + 0.70725 * green
    return np.array([mixed, mixed, -0.02234 * red + 0.02234 * green + blue])


def test_colours_differ_without_green_cones():
    looks = irrep_looks(["trivial", *"abcdefgh"])
    seen = [deuteranope(look.colour) for name, look in looks.items() if name != "trivial"]
    distances = [
        np.linalg.norm(first - second) for i, first in enumerate(seen) for second in seen[:i]
    ]
    assert min(distances) > 0.08


def draw():
    with settings():
        drawn = figure(width=4.0, height=3.0)
        left, right = drawn.subplots(1, 2)
        left.plot([0, 1, 10, 100], [1, 2, 3, 4])
        step_axis(left, 100.0, logarithmic=True)
        phase_shades(left, np.array([5.0, 20.0, np.nan]), 100.0)
        heat_map(right, np.eye(3), "identity")
    return drawn


def test_the_same_figure_gives_the_same_bytes(tmp_path):
    for name in "ab":
        save(draw(), svg=tmp_path / f"{name}.svg", png=tmp_path / f"{name}.png", resolution=50)
    for ending in ("svg", "png"):
        first, second = (tmp_path / f"{name}.{ending}" for name in "ab")
        assert first.read_bytes() == second.read_bytes()


def test_a_figure_that_finds_no_space_leaves_what_was_there(tmp_path, monkeypatch):
    def refuses(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    files = {ending: tmp_path / f"a.{ending}" for ending in ("svg", "png")}
    files["svg"].write_text("before")
    monkeypatch.setattr(os, "fsync", refuses)
    with pytest.raises(StorageError, match=r"a\.svg: cannot be written: no space is left"):
        save(draw(), **files, resolution=50)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["before"]


def test_positions_have_no_last_bits_that_the_solver_of_the_layout_may_change(tmp_path):
    with settings():
        drawn = figure(width=4.0, height=3.0)
        drawn.subplots(1, 2, width_ratios=[1.5, 1])
    save(drawn, svg=tmp_path / "a.svg", png=tmp_path / "a.png", resolution=50)
    for axes in drawn.axes:
        place = axes.get_position(original=True).extents
        assert_array_equal(place, np.round(place, 6))
        assert 0 < place[0] < place[2] < 1


@pytest.mark.parametrize("key", ["axes.grid", "svg.hashsalt", "font.size"])
def test_the_settings_of_the_user_come_back(key):
    before = mpl.rcParams[key]
    with settings():
        assert mpl.rcParams["svg.hashsalt"] == "ontogeny"
    assert mpl.rcParams[key] == before


def test_shades_end_where_a_phase_does_not():
    axes = figure(width=3.0, height=2.0).subplots()
    phase_shades(axes, np.array([10.0, np.nan, np.nan]), 50.0)
    edges = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in axes.patches]
    assert edges[0] == (0.0, 10.0)
    assert edges[1] == (10.0, 50.0)
    assert edges[2] == (50.0, 50.0)


def test_a_phase_whose_end_is_unknown_is_shaded_up_to_the_next():
    axes = figure(width=3.0, height=2.0).subplots()
    phase_shades(axes, np.array([np.nan, 20.0, np.nan]), 50.0)
    edges = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in axes.patches]
    assert edges == [(0.0, 20.0), (20.0, 20.0), (20.0, 50.0)]


def test_each_run_has_its_phases_in_a_row():
    axes = figure(width=3.0, height=2.0).subplots()
    ends = np.array([[10.0, 20.0, 30.0], [5.0, np.nan, np.nan]])
    phase_rows(axes, ends, np.array([50.0, 25.0]), ["3", "7"])
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]
    assert bars == [(0, 10), (10, 20), (20, 30), (0, 5), (5, 25), (25, 25)]
    rows = [bar.get_y() + bar.get_height() / 2 for bar in axes.patches]
    assert rows == pytest.approx([0, 0, 0, 1, 1, 1])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["3", "7"]
    assert axes.get_ylim() == (1.5, -0.5)


def test_no_irrep_has_a_colour_of_training_or_test_pairs():
    looks = irrep_looks(["trivial", *map(str, range(72))])
    assert not {look.colour for look in looks.values()} & set(SPLIT_COLOURS.values())
