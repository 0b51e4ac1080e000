"""The figure of how early it is known what a network will learn."""

from functools import cache

import numpy as np
import pytest
import xarray as xr

from ontogeny.plotting import PALETTE, irrep_looks
from ontogeny.storage import read, write
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.prediction.figures.experiment import prediction as figure
from studies.composition.prediction.predicted import SCORES, STEPS, run

INDEX = {"power": SCORES.index("power"), "similarity": SCORES.index("similarity")}


def numbers_of(runs):
    predictions, histories = zip(*runs, strict=True)
    return figure.numbers(list(predictions), list(histories), range(3, 3 + len(runs)))


@cache
def several():
    """Three runs that differ in the step at which they get there."""
    return tuple(run(seed=seed, target=target) for seed, target in enumerate((5000, 8000, 12_000)))


def drawn(numbers, **style):
    before = numbers.copy(deep=True)
    made = figure.draw(numbers, Style(**style), "a title")
    made.canvas.draw()
    xr.testing.assert_identical(numbers, before)
    return made


def labels(made):
    return [text.get_text() for text in made.legends[0].texts]


def words(axes):
    return {text.get_text() for text in axes.texts}


def test_curves_at_checkpoints_are_those_of_the_run():
    """One run, whose curves need no common points but those between its own checkpoints."""
    (prediction, history), *_ = several()
    numbers = numbers_of(several()[:1])
    curves, moment = numbers["curves"].isel(seed=0), numbers["moment"].values
    assert moment[0] == 0
    assert moment[[1, -1]] == pytest.approx(STEPS[[1, -1]] / 5000)
    expected = {
        "neurons": prediction["neuron_auc"][:, INDEX["power"]],
        "null": prediction["neuron_auc_null"][:, INDEX["power"]],
        "settled": prediction["settled"],
        "accuracy": history["accuracy"].sel(split="test"),
    }
    for name, values in expected.items():
        curve = curves.sel(curve=name).values
        np.testing.assert_allclose(curve[[0, 1, -1]], values[[0, 1, -1]])
        for here in (20, 77, 150):
            after = int(np.searchsorted(STEPS / 5000, moment[here]))
            ends = np.log(STEPS[[after - 1, after]] / 5000)
            weight = (np.log(moment[here]) - ends[0]) / (ends[1] - ends[0])
            between = (1 - weight) * values[after - 1] + weight * values[after]
            assert curve[here] == pytest.approx(float(between))


def test_strong_irreps_are_predicted_by_power_at_first_and_by_the_similarity_afterwards():
    (prediction, _), *_ = several()
    strong = numbers_of(several()[:1])["curves"].sel(seed=3, curve="strong").values
    assert strong[0] == prediction["set_auc"][0, INDEX["power"]]
    assert strong[1] == pytest.approx(float(prediction["set_auc"][1, INDEX["similarity"]]))
    assert strong[-1] == 1


def test_runs_of_different_length_are_averaged_where_all_are_under_way():
    numbers = numbers_of(several())
    moment = numbers["moment"].values
    assert moment[1] == pytest.approx(STEPS[1] / 5000)
    assert moment[-1] == pytest.approx(STEPS[-1] / 12_000)
    assert numbers["curves"].notnull().all()
    np.testing.assert_allclose(numbers["mean_curves"], numbers["curves"].mean("seed"))
    at_target = numbers["curves"].sel(curve="accuracy").sel(moment=1.0, method="nearest")
    assert np.ptp(at_target.values) < 0.02
    assert float(numbers["mean_memorised"]) == pytest.approx(
        np.mean([400 / 5000, 400 / 8000, 400 / 12_000])
    )


def test_runs_without_winners_do_not_count_in_the_mean():
    with_winners, without = run(of="S4"), run(of="S4", winners=False)
    alone, both = numbers_of([with_winners]), numbers_of([with_winners, without])
    for name in ("neurons", "null", "settled"):
        np.testing.assert_allclose(
            both["mean_curves"].sel(curve=name), alone["mean_curves"].sel(curve=name)
        )


def test_fifths_count_the_irreps_of_all_runs():
    numbers = numbers_of(several())
    strong = fifth = ()
    for prediction, _ in several():
        strong = np.append(strong, prediction["strong"][1:])
        fifth = np.append(fifth, prediction["power_fifth"][1:] + 1)
    for each in range(1, 6):
        chosen = numbers.sel(fifth=each)
        assert int(chosen["irreps"]) == (fifth == each).sum()
        assert float(chosen["strong_share"]) == pytest.approx(strong[fifth == each].mean())
    assert float(numbers["base_rate"]) == pytest.approx(strong.mean())
    assert int(numbers["irreps"].sum()) == 45


def test_the_neuron_is_the_example_whose_winner_took_the_lead_last():
    (prediction, _), *_ = several()
    numbers = numbers_of(several())
    share = prediction["neuron_share"].values[..., 1:]
    irreps = list(prediction["irrep"].values)
    led = []
    for example in range(12):
        winner = irreps.index(prediction["winner"].values[example]) - 1
        first = len(STEPS)
        while first and share[first - 1, example].argmax() == winner:
            first -= 1
        led.append(first)
    assert max(led) > 0
    assert int(numbers["race_neuron"]) == int(np.argmax(led))
    assert float(numbers["race_lead"]) == STEPS[max(led)] / 5000
    assert numbers["race_winner"].item() == prediction["winner"].values[np.argmax(led)]
    assert int(numbers["race_seed"]) == 3


def test_a_run_whose_examples_have_no_winner_leaves_the_neuron_to_the_next():
    numbers = numbers_of([run(of="S4", winners=False), run(of="S4", seed=1)])
    assert int(numbers["race_seed"]) == 4


def test_all_curves_bars_and_the_neuron_are_drawn():
    numbers = numbers_of(several())
    made = drawn(numbers)
    along, bars, neuron = made.axes
    assert len(along.get_lines()) == 4 * 3 + 5 + 2
    assert [bar.get_height() for bar in bars.patches] == list(numbers["strong_share"].values)
    assert {f"{int(k)}/9" for k in numbers["strong_irreps"]} <= words(bars)
    assert bars.get_ylabel() == "share of strong irreps"
    winner = numbers["race_winner"].item()
    assert words(neuron) == {"the winner leads"}
    assert {f"{winner}, winner", "other irreps", "share among all irreps"} <= {*labels(made)}
    thick = [line for line in neuron.get_lines() if line.get_linewidth() > 2]
    assert len(neuron.get_lines()) == 15 + 1
    np.testing.assert_array_equal(thick[0].get_ydata(), numbers["race_share"].sel(irrep=winner))
    for axes in (along, neuron):
        assert axes.get_xscale() == "symlog"
        assert axes.get_xlim() == (0, numbers["moment"][-1])
        assert axes.get_xlabel() == "step / step of test accuracy 0.99"
        assert axes.get_xticklabels()[0].get_text() == "0"
    irreps = ["trivial", *map(str, numbers["irrep"].values[1:])]
    assert thick[0].get_color() == irrep_looks(irreps)[winner].colour
    curves = {line.get_color() for line in along.get_lines()}
    assert curves.isdisjoint(PALETTE)


def test_one_run_has_no_thin_curves():
    made = drawn(numbers_of([run(of="S4")]))
    along, bars, _ = made.axes
    assert len(along.get_lines()) == 5 + 2
    assert len(bars.patches) == 4
    assert len(labels(made)) == 9


def test_where_accuracy_is_not_reached_the_axis_says_so():
    made = drawn(numbers_of([run(of="S4"), run(of="S4", seed=1, reached=False)]))
    assert "reached by 1 of 2 seeds" in made.axes[0].get_xlabel()


def test_where_no_neuron_has_a_winner_the_panels_say_so():
    numbers = numbers_of([run(of="S4", winners=False)] * 2)
    assert "race_share" not in numbers
    made = drawn(numbers)
    along, _, neuron = made.axes
    assert words(neuron) == {"no neuron has a winner"}
    assert "no neuron has a winner" in along.get_title(loc="left")
    assert len(labels(made)) == 4


def test_where_all_pairs_are_trained_on_training_accuracy_counts():
    prediction, history = run(of="C7", all_pairs=True)
    numbers = numbers_of([(prediction, history)])
    accuracy = history["accuracy"].sel(split="train").values
    np.testing.assert_allclose(numbers["curves"].sel(seed=3, curve="accuracy")[-1], accuracy[-1])
    made = drawn(numbers)
    assert "training accuracy" in labels(made)
    assert words(made.axes[0]) == set()


def test_two_checkpoints_and_a_target_at_the_start_are_enough():
    prediction, history = run(of="S4", steps=np.array([0, 20_000]), target=20_000)
    drawn(numbers_of([(prediction, history)]))
    at_start = prediction.assign(target_step=((), 0.0))
    numbers = numbers_of([(at_start, history)])
    assert float(numbers["moment"][-1]) == 20_000
    drawn(numbers)


def test_numbers_are_stored_as_they_are(tmp_path):
    numbers = numbers_of(several())
    write(numbers, tmp_path / "numbers.nc")
    xr.testing.assert_equal(read(tmp_path / "numbers.nc"), numbers)


def test_where_nothing_competes_neurons_have_winners_and_no_auc():
    prediction, history = run("S4", seed=0)
    unknown = {name: np.nan * prediction[name] for name in ("neuron_auc", "neuron_auc_null")}
    numbers = numbers_of([(prediction.assign(unknown), history)])
    made = drawn(numbers)
    assert made.axes[0].get_title(loc="left").endswith("nothing competes")
    assert any(each.endswith(", winner") for each in labels(made))
