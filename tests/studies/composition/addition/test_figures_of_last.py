"""Figures of the final checkpoint of modular-addition runs: they show what is stored."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from ontogeny.studies.composition.addition.panels import around, staggered_ticks
from studies.composition.addition.drawing import (
    drawn,
    legends,
    lines,
    run,
)
from studies.composition.addition.runs import P


def test_spectra_have_one_bar_for_each_wave_and_a_row_for_each_rule():
    given = run("right").analysis
    left, right_, unembedding, choices = drawn("spectra", given)[0].axes
    heights = [bar.get_height() for bar in unembedding.patches]
    np.testing.assert_array_equal(np.sort(heights), np.sort(given["unembedding_norm"]))
    assert len(left.patches) == len(right_.patches) == given.sizes["entry"]
    (points,) = choices.get_lines()
    assert len(points.get_xdata()) == given["key_by_rule"].sum()
    assert [int(tick) for tick in choices.get_xticks()] == [2, 5, 9]
    assert choices.get_yticklabels()[0].get_text() == "gap"
    assert legends(left) == ["cosine", "sine"]
    assert f"{float(given['key_margin']):.2f}" in choices.get_title(loc="right")


def test_every_head_has_a_column():
    given = run("transformer").analysis
    axes = drawn("attention", given)[0].axes
    images = [each.images[0].get_array() for each in axes if each.images and each.get_title()]
    np.testing.assert_array_equal(images, given["attention_to_left"])
    k = given["attention_frequency"].values
    assert [each.get_title().split(" explains")[0] for each in axes[:2]] == [
        f"head {head}: k = {k[head]}" for head in (0, 1)
    ]


def test_neurons_are_counted_by_their_frequency():
    given = run("right").analysis
    best, size, sums, *examples, scale = drawn("neurons", given)[0].axes
    assert [bar.get_width() for bar in size.patches] == [16, 16, 16, 0]
    assert sum(bar.get_height() for bar in best.patches) == 48
    assert sum(len(points.get_xdata()) for points in sums.get_lines()) == 48
    assert len(examples) == 12
    assert scale.get_ylabel() == "activation / largest activation"
    shown = [each.images[0].get_array() for each in examples]
    np.testing.assert_array_equal(shown, given["example_activation"][:12])


def test_the_constant_is_left_out_of_the_transforms():
    given = run("right").analysis
    neurons, logits, amplitudes, shares, *_ = drawn("logits", given)[0].axes
    for axes, name in ((neurons, "neuron"), (logits, "logit")):
        image = axes.images[0].get_array()
        assert np.ma.getmaskarray(image)[0, 0] or np.isnan(image[0, 0])
        norms = given[f"{name}_transform_norm"].values
        np.testing.assert_array_equal(image[1:], norms[1:])
    looks = {(bar.get_facecolor(), bar.get_hatch()) for bar in amplitudes.patches}
    assert len(looks) == 4
    assert [text.get_text() for text in shares.texts] == ["100.00%"] * 3


def test_the_readout_is_that_of_the_key_frequencies_by_neuron():
    given = run("right").analysis
    made, numbers = drawn("readout", given)
    shares, products, _, components, _ = made.axes
    heights = [bar.get_height() for bar in shares.patches]
    chosen = given["direction_fve"].sel(frequency=[2, 5, 9]).values
    np.testing.assert_array_equal(heights, chosen.ravel())
    assert legends(products) == ["u, cos cos", "u, sin sin", "v, sin cos", "v, cos sin"]
    expected = given["direction_product"].sel(wave="cos", product_wave="sin sin")
    values = products.collections[1].get_offsets()[:, 1]
    np.testing.assert_array_equal(values, expected.sel(frequency=[2, 5, 9]))
    assert numbers["frequency_of_entry"].values.tolist() == [2, 2, 5, 5, 9, 9]
    image = components.images[0].get_array()
    shown = np.abs(image) > 1e-3 * np.abs(image).max()
    own = np.equal.outer(numbers["frequency_of_entry"].values, numbers["neuron_frequency"].values)
    assert not (shown & ~own).any()
    assert (np.diff(numbers["neuron_frequency"]) >= 0).all()


def test_lines_of_ablations_lead_from_the_loss_of_the_network_to_that_after_them():
    given = run("transformer").analysis
    (axes,) = drawn("ablations", given)[0].axes
    (leading,) = axes.collections
    ends = np.array([line[:, 0] for line in leading.get_segments()])
    after = given["intervention_loss"].sel(split="all")
    np.testing.assert_array_equal(ends[:, 1], after)
    assert set(ends[:, 0]) == {float(given["loss"].sel(split="all"))}
    np.testing.assert_array_equal(lines(axes)["all pairs"][:, 0], after)
    assert lines(axes)["uniform guess, ln p"][0, 0] == pytest.approx(np.log(7))
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names[0] == "unchanged network"
    assert len(set(names)) == given.sizes["ablation"]
    (beside,) = axes.child_axes
    shown = [label.get_text() for label in beside.get_yticklabels()]
    accuracies = given["intervention_accuracy"].sel(split="all").values
    assert shown == [f"{accuracy:.1%}" for accuracy in accuracies]


def test_bars_of_removals_lead_from_the_loss_of_the_network_to_that_after_them():
    given = run("right").analysis
    panels = drawn("removal", given)[0].axes
    for axes, place in zip(panels, ("logits", "neurons"), strict=True):
        ends = [bar.get_y() + bar.get_height() for bar in axes.patches]
        expected = given["removed_loss"].sel(place=place, split="all")
        np.testing.assert_allclose(ends, expected, rtol=1e-9)
        assert {bar.get_y() for bar in axes.patches} == {float(given["loss"].sel(split="all"))}
    sets = {line.get_label(): line.get_ydata()[0] for line in panels[0].get_lines()}
    after = given["intervention_loss"].sel(split="all")
    for legend, name in (("all key", "without key"), ("all other", "only key")):
        removed = after.sel(ablation=f"logits: {name} frequencies")
        assert sets[f"{legend} frequencies removed"] == removed


def test_algorithms_show_what_there_is():
    given = run("right").analysis
    *panels, whole = drawn("algorithms", given)[0].axes
    for axes, name in zip(panels, ("clock_share", "isolated_clock_share"), strict=True):
        heights = [bar.get_height() for bar in axes.patches[:3]]
        assert heights == [given[name].sel(frequency=k) for k in (2, 5, 9)]
    names = [label.get_text() for label in whole.get_yticklabels()]
    circles = ["circularity, left embedding", "circularity, right embedding"]
    assert names == ["gradient symmetricity", "distance irrelevance", *circles]
    without = given.assign(key_frequency=given["key_frequency"] & False).drop_vars(
        "gradient_symmetricity"
    )
    _, whole = drawn("algorithms", without)[0].axes
    names = [label.get_text() for label in whole.get_yticklabels()]
    assert names == ["distance irrelevance", *circles]
    *_, whole = drawn("algorithms", run("transformer").analysis)[0].axes
    assert whole.get_yticklabels()[-1].get_text() == "circularity, embedding"


# The circles of the residues


def test_circles_join_residues_in_the_order_of_their_frequency():
    given = run("right").analysis
    made, numbers = drawn("circles", given)
    assert numbers["frequency"].values.tolist() == [2, 5, 9]
    panels = iter(made.axes)
    for matrix in ("left_embedding", "right_embedding", "unembedding"):
        for k in (2, 5, 9):
            axes = next(panels)
            (line,) = axes.get_lines()
            of_panel = given["circle_coordinate"].sel(matrix=matrix, frequency=k)
            order = [r * pow(k, -1, P) % P for r in range(P)]
            expected = of_panel.sel(residue=[*order, order[0]]).transpose("residue", "wave")
            np.testing.assert_array_equal(line.get_xydata(), expected)
            angle = np.unwrap(np.arctan2(*line.get_xydata().T[::-1]))
            np.testing.assert_allclose(np.diff(angle), 2 * np.pi / P, rtol=1e-3)
            assert axes.texts[0].get_text() == "0"
            assert axes.get_aspect() == 1.0
    assert not [*panels]


@pytest.mark.parametrize(("of", "rows"), [("transformer", 2), ("mlp", 3)])
def test_circles_have_a_row_for_each_matrix(of, rows):
    _, numbers = drawn("circles", run(of).analysis)
    assert numbers.sizes["matrix"] == rows


def test_circles_are_those_of_the_largest_frequencies_where_there_are_many():
    given = run("right").analysis
    for key in (given["key_frequency"] | True, given["key_frequency"] & False):
        _, numbers = drawn("circles", given.assign(key_frequency=key))
        share = given["matrix_share"].sel(matrix="unembedding")
        largest = share.sortby(share, ascending=False)["frequency"].values[:6]
        assert numbers["frequency"].values.tolist() == sorted(largest)


@pytest.mark.parametrize(("k", "p"), [(1, 7), (4, 7), (3, 9), (4, 15)])
def test_residues_go_round_with_their_frequency(k, p):
    order = around(k, p)
    assert sorted(order) == [*range(p)]
    assert (np.diff(k * order % p) >= 0).all()


def test_labels_that_would_touch_are_staggered():
    axes = Figure().subplots()
    staggered_ticks(axes.xaxis, [1.0, 2.0, 3.0, 20.0, 28.0, 29.0], list("abcdef"), length=29)
    pads = [tick.get_pad() for tick in axes.xaxis.get_major_ticks()]
    assert [pad > pads[0] for pad in pads] == [False, True, False, False, False, True]
