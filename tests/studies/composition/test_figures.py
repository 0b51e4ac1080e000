"""Figures of runs on any group: their phases, and all seeds of an experiment together."""

from functools import cache
from importlib import import_module

import numpy as np
import pytest
import xarray as xr

import composition_trained
from composition_runs import catalogue
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.figures.experiment import seeds
from ontogeny.studies.composition.irreps.stages import analysis, evaluation
from studies.composition.addition.runs import trained

FOUND, GIVEN = [10.0, np.nan, 40.0], (5, 20, 50)
SHADES = {
    "found": [(0.0, 10.0), (10.0, 40.0), (40.0, 40.0)],
    "given": [(0.0, 5.0), (5.0, 20.0), (20.0, 50.0)],
}


@cache
def results():
    """History and progress of a run of 60 steps, with phases of its own."""
    run = trained("mlp")
    given = (run.table, catalogue("C7"), run.checkpoints, run.history)
    found = evaluation(*given, analysis(*given, key_similarity=0.005))
    boundary = found["phase_boundary"].copy(data=FOUND)
    return {"history": run.history, "progress": found.assign(phase_boundary=boundary)}


def shades(axes):
    """Beginning and end of each shade of a panel."""
    return [(x.get_x(), x.get_x() + x.get_width()) for x in axes.patches]


def drawn(figure, numbers, **style):
    before = numbers.copy(deep=True)
    made = figure.draw(numbers, Style(**style), "a title")
    made.canvas.draw()
    xr.testing.assert_identical(numbers, before)
    return made


@pytest.mark.parametrize(
    ("name", "drawn_from", "panels"),
    [
        ("learning", ["history", "progress"], 2),
        ("progress", ["progress"], 4),
        ("losses", ["progress"], 4),
        ("irreps", ["progress"], 4),
        ("hidden", ["progress"], 4),
    ],
)
@pytest.mark.parametrize(("phases", "shown"), [(None, "found"), (GIVEN, "given")])
def test_phases_found_or_given_are_shaded_in_every_panel(name, drawn_from, panels, phases, shown):
    figure = import_module(f"ontogeny.studies.composition.irreps.figures.run.{name}")
    numbers = figure.numbers(*(results()[result] for result in drawn_from))
    np.testing.assert_array_equal(numbers["phase_boundary"], FOUND)
    made = drawn(figure, numbers, phases=phases)
    assert len(made.axes) == panels
    for axes in made.axes:
        assert shades(axes) == SHADES[shown]
        assert axes.get_xlim() == (0, 60)
    labelled = [axes.get_xlabel() == "step [optimiser updates]" for axes in made.axes]
    assert labelled == [False] * (panels - panels // 2) + [True] * (panels // 2)


def of_seeds(count, *, with_phases=True):
    """The same run again and again; from the second on without its last checkpoint."""
    history, found = results()["history"], results()["progress"]
    histories = [history, *[history.isel(step=slice(None, -1))] * (count - 1)]
    return seeds.numbers(histories, [found] * count * with_phases, range(count))


def test_all_seeds_have_lines_and_a_row_of_their_phases():
    numbers = of_seeds(3)
    made = drawn(seeds, numbers)
    above, below, rows = made.axes
    assert len(above.get_lines()) == len(below.get_lines()) == 6
    for axes, name in ((above, "loss"), (below, "accuracy")):
        test = axes.get_lines()[1].get_ydata()
        np.testing.assert_array_equal(test, results()["history"][name].sel(split="test"))
        assert shades(axes) == []
    assert len(shades(rows)) == 9
    assert shades(rows)[:3] == SHADES["found"]
    assert rows.get_xlim() == (0, 60)
    assert made.legends[0].texts[2].get_text() == "cleanup"


@pytest.mark.parametrize(
    ("count", "phases", "shown"), [(1, None, "found"), (1, GIVEN, "given"), (3, GIVEN, "given")]
)
def test_phases_that_all_seeds_share_are_shaded(count, phases, shown):
    made = drawn(seeds, of_seeds(count), phases=phases)
    assert [shades(axes) for axes in made.axes] == [SHADES[shown]] * 2


@pytest.mark.parametrize("count", [1, 3])
def test_seeds_whose_training_pairs_are_unknown_have_lines_of_all_pairs(count):
    history = results()["history"].isel(split=[0]).assign_coords(split=["all"])
    found = results()["progress"].drop_vars("phase_boundary")
    made = drawn(seeds, seeds.numbers([history] * count, [found] * count, range(count)))
    assert [shades(axes) for axes in made.axes] == [[]] * 2


@pytest.mark.parametrize("count", [1, 3])
def test_seeds_without_phases_have_lines_alone(count):
    made = drawn(seeds, of_seeds(count, with_phases=False))
    assert [shades(axes) for axes in made.axes] == [[]] * 2


@cache
def final(name):
    """Results of a small trained run, with the analysis of its final checkpoint."""
    run = composition_trained.trained(name)
    return {"history": run.history, "evaluation": run.evaluation, "analysis": run.analysis}


def run_figure(name):
    return import_module(f"ontogeny.studies.composition.irreps.figures.run.{name}")


@pytest.mark.parametrize("name", ["S3, mlp", "C7, transformer", "Q8, bilinear"])
@pytest.mark.parametrize("hidden", [True, False])
def test_the_overview_has_four_panels_and_a_colour_bar(name, hidden):
    given = dict(final(name))
    if not hidden:
        given["analysis"] = given["analysis"].drop_dims("example")
    made = drawn(run_figure("overview"), run_figure("overview").numbers(**given))
    assert len(made.axes) == 4 + hidden
    losses, irreps, neuron, _ = made.axes[:4]
    for number, split in enumerate(("train", "test")):
        expected = given["history"]["loss"].sel(split=split)
        np.testing.assert_array_equal(losses.get_lines()[number].get_ydata(), expected)
    key = int(given["analysis"]["key"].sum())
    labels = [line.get_label() for line in irreps.get_lines()]
    assert len([label for label in labels if not label.startswith("_")]) == key + 1
    assert bool(neuron.images) == hidden


def test_the_neuron_of_the_overview_is_of_the_largest_cluster():
    given = final("S3, mlp")
    numbers = run_figure("overview").numbers(**given)
    largest = given["analysis"]["cluster_size"].idxmax("irrep")
    assert numbers["example_irrep"].item() == str(largest.values)


@pytest.mark.parametrize("name", ["S3, mlp", "C7, transformer"])
def test_factors_are_sorted_together_with_their_cosets_and_labels(name):
    analysis = final(name)["analysis"]
    found = run_figure("activations").sorted_examples(analysis)
    for number in range(found.sizes["example"]):
        one, before = found.isel(example=number), analysis.isel(example=number)
        places = [
            [
                analysis["label"].values.tolist().index(label)
                for label in one[f"{side}_label"].values
            ]
            for side in ("left", "right")
        ]
        expected = before["example_activation"].values[np.ix_(*places)]
        np.testing.assert_array_equal(one["example_activation"], expected)
        for side, place in zip(("left", "right"), places, strict=True):
            cosets = before[f"example_{side}_coset"].values[place]
            np.testing.assert_array_equal(one[f"{side}_coset"], cosets)
            if name == "C7, transformer":
                k = int(one["example_irrep"].item().removeprefix("freq_"))
                assert (np.array(place) * k % 7).tolist() == list(range(7))
            else:
                assert (np.diff(cosets) >= 0).all()


def test_residues_are_from_the_smallest_and_the_right_answer_is_0():
    numbers = run_figure("logits").numbers(final("C7, transformer")["analysis"])
    assert numbers["class_residue"].values.tolist() == [-3, -2, -1, 0, 1, 2, 3]
    assert int(numbers["class_order"].sel(conjugacy_class=0)) == 1


def test_the_class_of_the_identity_is_first():
    numbers = run_figure("logits").numbers(final("S3, mlp")["analysis"])
    assert numbers["class_order"].values.tolist() == [1, 2, 3]
    assert numbers["class_size"].values.tolist() == [1, 3, 2]
    above, below = drawn(run_figure("logits"), numbers).axes
    assert [label.get_text().split("\n")[1] for label in below.get_xticklabels()] == [
        "× 1",
        "× 3",
        "× 2",
    ]
    heights = {bar.get_height() for bar in below.patches}
    expected = numbers["class_logit_part"].isel(irrep=numbers["key"].values)
    assert heights == set(expected.values.ravel().tolist())
    assert above.get_ylabel() == "logit minus mean over c"


def test_rows_of_shares_add_up_to_one():
    figure = run_figure("matrices")
    (axes,) = drawn(figure, figure.numbers(final("S3, mlp")["analysis"])).axes
    ends = {}
    for bar in axes.patches:
        row = round(bar.get_y() + bar.get_height() / 2)
        ends[row] = max(ends.get(row, 0.0), bar.get_x() + bar.get_width())
    np.testing.assert_allclose(list(ends.values()), 1.0, atol=1e-9)


def test_each_key_irrep_has_a_panel_and_a_scale_of_its_own():
    analysis = final("S3, mlp")["analysis"]
    for name in ("readout", "change_of_basis"):
        made = drawn(run_figure(name), run_figure(name).numbers(analysis))
        images = [axes.images[0] for axes in made.axes if axes.images and not axes.get_label()]
        assert len(images) == int(analysis["key"].sum())
        for image in images:
            assert image.get_clim()[1] == np.abs(image.get_array()).max()


def test_seeds_have_dashes_of_their_own():
    above, *_ = drawn(seeds, of_seeds(3)).axes
    assert len({line.get_linestyle() for line in above.get_lines()}) == 3
