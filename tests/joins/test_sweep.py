"""The runs of a sweep in one dataset."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from ontogeny.joins import Run
from ontogeny.joins.sweep import sweep
from ontogeny.storage import read, write
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.figures.sweep import sweep as figure

FRACTION, DECAY = "data.fraction", "optimiser.weight_decay"


def history(step, *, test):
    """Training is perfect from the second checkpoint on; test accuracy as given."""
    step = np.array(step)
    train = (np.arange(len(step)) > 0).astype(float)
    accuracy = np.stack([train, np.array(test)], axis=1)
    return xr.Dataset(
        {
            "accuracy": (("step", "split"), accuracy),
            "loss": (("step", "split"), 4 * (1 - accuracy) + 1e-3),
            "update_loss": ("update", np.ones(int(step[-1]))),
        },
        {"step": step, "split": np.array(["train", "test"], dtype=object)},
    )


def run(values, history, **replicate):
    return Run({"values": values} | (replicate or {"seed": 0}), {"history": history})


def two_fields():
    runs = []
    for fraction in (0.5, 0.25):
        for decay in (1, 0):
            for seed in (7, 3):
                learned = 20 if fraction == 0.5 and decay and seed == 3 else 30
                step = [0, 10, 20] if learned == 20 else [0, 10, 15, 30]
                test = [0.0] * (len(step) - 1) + [1.0 if decay else 0.1]
                runs.append(
                    run({FRACTION: fraction, DECAY: decay}, history(step, test=test), seed=seed)
                )
    return runs


def test_swept_fields_become_dimensions():
    found = sweep(two_fields())
    assert found["generalised_step"].dims == (FRACTION, DECAY, "seed")
    assert found[FRACTION].values.tolist() == [0.5, 0.25]
    assert found["seed"].values.tolist() == [3, 7]
    one = found.sel({FRACTION: 0.5, DECAY: 1, "seed": 3})
    assert float(one["generalised_step"]) == 20
    assert np.isnan(found["generalised_step"].sel({DECAY: 0})).all()
    assert (found["memorised_step"] == 10).all()
    assert float(found["test_accuracy"].sel({FRACTION: 0.25, DECAY: 0, "seed": 7})) == 0.1


def test_curves_are_nan_where_a_run_has_no_checkpoint():
    found = sweep(two_fields())
    assert found["step"].values.tolist() == [0, 10, 15, 20, 30]
    curve = found["loss_curve"].sel({FRACTION: 0.5, DECAY: 1, "seed": 3, "split": "test"}).values
    np.testing.assert_allclose(curve, [4.001, 4.001, np.nan, 0.001, np.nan])
    other = found["loss_curve"].sel({FRACTION: 0.25, DECAY: 1, "seed": 3, "split": "train"}).values
    np.testing.assert_allclose(other, [4.001, 0.001, 0.001, np.nan, 0.001])


def test_a_run_that_is_missing_is_nan():
    runs = two_fields()
    found = sweep(runs[:-1])
    gone = runs[-1]
    where = {**gone.about["values"], "seed": gone.about["seed"]}
    assert np.isnan(float(found["last_step"].sel(where)))
    assert int(np.isfinite(found["last_step"]).sum()) == len(runs) - 1


RATE, WIDTH, STEPS = "optimiser.learning_rate", "architecture.hidden", "schedule.steps"


def going_in_step(steps, *, others=(1, 2)):
    """Return runs of tied fields and of one that is not; each is learned at a step of its own."""
    runs = []
    for number, values in enumerate(steps):
        for other in others:
            step = [0, 10 * (number + 1) + other]
            runs.append(run({**values, DECAY: other}, history(step, test=[0.0, 1.0])))
    return runs


def test_fields_that_are_tied_have_one_dimension():
    steps = [{RATE: 0.1, WIDTH: 8}, {RATE: 0.01, WIDTH: 64}, {RATE: 0.05, WIDTH: 16}]
    found = sweep(going_in_step(steps))
    assert found["generalised_step"].dims == (RATE, DECAY, "seed")
    assert found[RATE].values.tolist() == [0.1, 0.01, 0.05]
    assert found[WIDTH].dims == (RATE,)
    assert found[WIDTH].values.tolist() == [8, 64, 16]
    assert found[WIDTH].dtype == np.int64
    assert found[WIDTH].attrs["long_name"] == f"value of {WIDTH}"
    for number, values in enumerate(steps):
        one = found["generalised_step"].sel({RATE: values[RATE], DECAY: 2, "seed": 0})
        assert float(one) == 10 * (number + 1) + 2
    assert np.isfinite(found["last_step"]).all()


def test_the_dimension_of_tied_fields_is_one_whose_values_tell_the_steps_apart():
    found = sweep(going_in_step([{RATE: 0.1, WIDTH: 8}, {RATE: 0.1, WIDTH: 64}]))
    assert found["last_step"].dims[:2] == (RATE, WIDTH)
    found = sweep(
        going_in_step([{RATE: 0.1, WIDTH: 8}, {RATE: 0.1, WIDTH: 64}, {RATE: 0.2, WIDTH: 16}])
    )
    assert set(found["last_step"].dims) == {WIDTH, DECAY, "seed"}
    assert found[RATE].dims == (WIDTH,)
    assert found[RATE].values.tolist() == [0.1, 0.1, 0.2]


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 3), min_size=2, max_size=3, unique=True),
    st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True),
    st.lists(st.integers(0, 3), min_size=2, max_size=3, unique=True),
)
def test_fields_that_make_every_combination_are_never_tied(first, second, third):
    found = sweep(
        [
            run({RATE: a, WIDTH: b, STEPS: c}, history([0, 1 + a + 4 * b + 16 * c], test=[0, 1.0]))
            for a in first
            for b in second
            for c in third
        ]
    )
    assert found["last_step"].dims == (RATE, WIDTH, STEPS, "seed")
    for a in first:
        for b in second:
            for c in third:
                one = found["last_step"].sel({RATE: a, WIDTH: b, STEPS: c, "seed": 0})
                assert float(one) == 1 + a + 4 * b + 16 * c


def test_a_sweep_of_tied_fields_is_drawn_and_stored(tmp_path):
    steps = [{RATE: 0.1, WIDTH: 8}, {RATE: 0.01, WIDTH: 64}]
    made = sweep(going_in_step(steps, others=(1,)))
    write(made, tmp_path / "sweep.nc", {})
    found = read(tmp_path / "sweep.nc")
    assert found[WIDTH].values.tolist() == [8, 64]
    numbers = figure.numbers(found)
    assert numbers.sizes["setting"] == 2
    figure.draw(numbers, Style())


def test_fields_of_the_entry_itself_can_be_swept():
    """`group` and `data` have no dots in their paths."""
    values = [{"group": group, "data": data} for group in ("C7", "D5") for data in ("a", "b")]
    found = sweep([run(each, history([0, 10], test=[0, 1.0])) for each in values])
    assert found["last_step"].dims == ("group", "data", "seed")


def test_replicates_need_not_be_seeds():
    runs = [
        run({DECAY: decay}, history([0, 10 + draw], test=[0, 1.0]), draw=draw)
        for decay in (0, 1)
        for draw in (4, 2)
    ]
    found = sweep(runs, replicate="draw")
    assert found["last_step"].dims == (DECAY, "draw")
    assert found["draw"].values.tolist() == [2, 4]
    assert found["last_step"].sel({DECAY: 1}).values.tolist() == [12, 14]


def test_schedules_are_said_in_words():
    schedules = [[], [{"step": 700, "weight_decay": 0}]]
    runs = [
        run({"optimiser.weight_decay_schedule": each}, history([0, 10], test=[0, 1.0]))
        for each in schedules
    ]
    numbers = figure.numbers(sweep(runs))
    assert numbers["setting"].values.tolist() == ["no change", "0 from step 700"]


def swept(values):
    """Return the dataset of a sweep with two seeds for each value."""
    return sweep(
        [
            run({DECAY: value}, history([0, 10, 20], test=[0, 0.5, 1.0]), seed=seed)
            for value in values
            for seed in (0, 1)
        ]
    )


COORDINATES = [
    ([0.0, 0.01, 0.1, 1.0], np.float64, [0.0, 0.01, 0.1, 1.0]),
    ([8, 16], np.int64, [8, 16]),
    ([1, 2**63], np.float64, [1.0, 2.0**63]),
    ([False, True], np.bool_, [False, True]),
    ([0.5, 1.0, None], np.float64, [0.5, 1.0, np.nan]),
    ([True, None], np.object_, ["true", "null"]),
    (["bilinear", "mlp"], np.object_, ["bilinear", "mlp"]),
    ([[], [{"step": 700, "weight_decay": 0}]], np.object_,
     ["[]", '[{"step": 700, "weight_decay": 0}]']),
]  # fmt: skip


@pytest.mark.parametrize(("values", "dtype", "expected"), COORDINATES)
def test_a_coordinate_has_the_type_of_the_field(values, dtype, expected, tmp_path):
    made = swept(values)
    assert made[DECAY].dtype == dtype
    assert made[DECAY].attrs["long_name"] == f"value of {DECAY}" + ", NaN for null" * (
        0.5 in values
    )
    write(made, tmp_path / "sweep.nc", {})
    found = read(tmp_path / "sweep.nc")
    assert found[DECAY].dtype.kind == ("U" if dtype is np.object_ else np.dtype(dtype).kind)
    np.testing.assert_array_equal(found[DECAY].values, expected)
    if dtype in (np.float64, np.int64):
        one = found["last_step"].sel({DECAY: expected[1]})
        assert one.values.tolist() == [20, 20]


def horizontal_axis(values):
    drawn = figure.draw(figure.numbers(swept(values)), Style())
    axes = drawn.axes[1]
    marks = sorted({float(x) for line in axes.lines for x in line.get_xdata()})
    return axes, marks


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([0.0, 0.01, 0.1, 1.0], "symlog"),
        ([0.001, 0.01, 0.1], "log"),
        ([0.3, 0.5], "linear"),
        ([0.0, 1.0], "linear"),
        ([8, 16, 64, 128], "log"),
        ([0.5], "linear"),
        ([each / 10 for each in range(1, 10)], "linear"),
    ],
)
def test_numbers_stand_on_an_axis_of_numbers(values, scale):
    axes, marks = horizontal_axis(values)
    assert axes.get_xscale() == scale
    assert marks == values
    if len(values) <= 5:
        assert axes.get_xticks().tolist() == values
        assert [tick.get_text() for tick in axes.get_xticklabels()] == [f"{v:g}" for v in values]


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.5, 1.0, None], ["0.5", "1", "null"]),
        ([False, True], ["false", "true"]),
        (["bilinear", "mlp"], ["bilinear", "mlp"]),
    ],
)
def test_what_is_not_all_numbers_stands_side_by_side(values, texts):
    axes, marks = horizontal_axis(values)
    assert marks == list(range(len(values)))
    assert [tick.get_text() for tick in axes.get_xticklabels()] == texts


def test_settings_that_differ_in_the_last_digit_are_told_apart():
    numbers = figure.numbers(swept([0.3, 0.1 + 0.2]))
    assert numbers["setting"].values.tolist() == ["0.3", "0.30000000000000004"]


@pytest.mark.parametrize("fields", [[FRACTION], [DECAY], [FRACTION, DECAY]])
def test_figure_has_a_curve_for_each_run_and_split(fields):
    found = {}
    for each in two_fields():
        values = {field: each.about["values"][field] for field in fields}
        seed = each.about["seed"]
        found[(*values.values(), seed)] = run(values, each.results["history"], seed=seed)
    runs = list(found.values())
    numbers = figure.numbers(sweep(runs))
    assert numbers.sizes["setting"] == 2 ** len(fields)
    drawn = figure.draw(numbers, Style())
    left, right = drawn.axes
    assert len(left.lines) == 2 * len(runs)
    marks = sum(len(line.get_xdata()) for line in right.lines)
    assert marks == 2 * len(runs)
