"""Many runs in one dataset, from runs made by hand."""

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_equal

from composition_runs import STEPS, catalogue, joined, run
from ontogeny.estimates import FEWEST, mean, ratio
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps import tables
from ontogeny.studies.composition.irreps.figures.study import (
    universality_grokking,
    universality_irreps,
    universality_order,
    universality_similarity,
    universality_width,
)
from ontogeny.studies.composition.labels import DIMENSIONS

RUNS = [
    run({"sign": 1, "standard": 2}, seed=1),
    run({"sign": 1, "standard": 3, "(2,2,1)": 2}, seed=2),
    run({"standard": 1, "sign": 2}, seed=3),
    run({"sign": 1}, seed=4, test=(0.0, 0.0, 0.0, 0.0, 0.4)),
    run({"sign": 1, "standard": 2}, seed=1, width=32, experiment="s5-narrow"),
    run({"freq_1": 2, "freq_2": 1}, of="C7", architecture="transformer"),
]


@pytest.fixture(scope="module")
def many():
    return joined(RUNS)


def test_every_variable_is_described_and_every_dimension_known(many):
    for name, values in many.variables.items():
        assert {"long_name", "units"} <= set(values.attrs), name
        assert set(values.dims) <= set(DIMENSIONS), name


def test_irreps_are_joined_by_name_and_absent_ones_are_nan(many):
    assert len(set(many["irrep"].values)) == many.sizes["irrep"]
    assert many["irrep"].values[0] == "trivial"
    assert_equal(many["degree"].sel(irrep="standard").values, [np.nan, 4])
    assert_equal(many["degree"].sel(irrep="freq_1").values, [2, np.nan])
    assert np.isnan(many["logit_similarity"].isel(run=0).sel(irrep="freq_1"))
    sizes = many["smallest_orbit"].sel(group="S5")
    assert_equal(sizes.sel(irrep=["sign", "(2,2,1)", "(3,1,1)"]).values, [2, 6, 20])


def test_irreps_keep_their_place_in_their_group(many):
    stored = catalogue("S5")["irrep"].values
    assert_equal(many["place"].sel(group="S5").sel(irrep=stored).values, np.arange(len(stored)))


def test_measures_of_the_last_network_sum_over_key_irreps(many):
    first = many.isel(run=0)
    assert_allclose(first["key_left_embedding_fve"], 0.97)
    assert_allclose(first["key_left_embedding_chance"], 17 / 120)
    assert_allclose(first["key_hidden_fve"], 0.87)
    assert_allclose(first["key_hidden_product_fve"], 0.12)
    assert_allclose(first["key_hidden_product_chance"], 17 / (120**2 - 1))
    assert_allclose(first["key_rank"], 17 / 119)
    assert_allclose(first["uniform_loss"], np.log(120))
    assert_equal(many["key_irreps"].values, [2, 3, 2, 1, 2, 2])


def test_events_are_the_first_checkpoints(many):
    first = many.isel(run=0)
    assert first["memorised_step"] == 10
    assert first["restricted_step"] == 100
    assert first["test_loss_step"] == 1000
    assert first["test_step"] == 10000
    assert_allclose(first["cleanup_ratio"], 0.5)
    assert np.isnan(many["test_step"][3])
    assert_equal(many["grokked"].values, [True, True, True, False, True, True])


def test_weights_of_a_run_that_ends_in_cleanup_are_those_of_its_last_network():
    assert_allclose(joined([run({}, phases=(100, 1000, np.nan))])["cleanup_ratio"], 0.5)
    assert np.isnan(joined([run({}, phases=(100, np.nan, np.nan))])["cleanup_ratio"][0])


def test_cells_count_the_widest_runs_and_those_that_grokked(many):
    s5 = {"group": "S5", "architecture": "mlp"}
    assert_equal(many["widest"].values, [True, True, True, True, False, True])
    assert_equal(many["runs"].sel(s5).values, [4, 3])
    learned = many["key_count"].sel(s5).sel(irrep=["sign", "standard", "(2,2,1)"])
    assert_equal(learned.values, [3, 3, 1])
    assert_equal(many["first_count"].sel(s5).sel(irrep=["sign", "standard"]).values, [2, 1])
    assert_allclose(many["mean_order"].sel(s5).sel(irrep="standard"), (2 + 3 + 1) / 3)
    assert_allclose(many["median_learned_step"].sel(s5).sel(irrep="standard"), 100)
    assert np.isnan(many["key_count"].sel(s5).sel(irrep="freq_1"))


def test_summaries_are_of_the_runs_of_a_cell(many):
    s5 = {"group": "S5", "architecture": "mlp", "selection": "all"}
    values = many["test_accuracy"].values[:4]
    found = many["test_accuracy_summary"].sel(s5)
    expected = mean(values)
    assert_allclose(
        found.values,
        [values.mean(), values.std(ddof=1), np.median(values), expected.lower, expected.upper],
    )
    nobody = many["test_accuracy_summary"].sel(group="C7", architecture="mlp")
    assert np.isnan(nobody).all()
    one = many["test_loss_summary"].sel(group="C7", architecture="transformer", selection="all")
    assert many["runs"].sel(group="C7", architecture="transformer", selection="all") < FEWEST
    assert_equal(np.isnan(one.values), [False, True, False, True, True])


def test_order_counts_pairs_of_key_irreps_of_a_run(many):
    """By hand: degrees sign 1, standard 4, (2,2,1) 5; smallest orbits 2, 5, 6."""
    assert_equal(many["order_pairs"].sel(predictor="degree").values[:4], [1, 3, 1, 0])
    assert_equal(many["order_agreement"].sel(predictor="degree").values[:4], [1, 1, -1, 0])
    s5 = {"group": "S5", "architecture": "mlp", "predictor": "degree"}
    expected = ratio([1, 1, -1], [1, 3, 1])
    assert_allclose(many["order_correlation"].sel(s5), expected.value)
    assert_allclose(
        many["order_correlation_interval"].sel(s5).values, [expected.lower, expected.upper]
    )


def test_choice_counts_pairs_of_a_key_and_another_irrep(many):
    """{sign, standard} against the four others: all larger by orbit, one tie by degree."""
    first = many.isel(run=0)
    assert_equal(first["choice_pairs"].values, [8, 8])
    assert_equal(first["choice_agreement"].values, [7, 8])


def test_equal_irreps_say_nothing_about_choice(many):
    assert_equal(many["choice_pairs"].values[5], [0, 0])


def test_the_smallest_orbits_of_a_large_group_are_not_counted():
    found = joined([run({"freq_1": 1, "freq_2": 2}, of="C121")])
    assert np.isnan(found["smallest_orbit"]).all()
    assert_equal(found["choice_pairs"].sel(predictor="smallest orbit").values, [0])


def test_curves_have_the_checkpoints_of_a_run_and_means_carry_the_last_value():
    short = run({"sign": 1}, seed=1, step=[0, 10, 50], test_loss=(5.0, 3.0, 1.0))
    long = run({"sign": 2}, seed=2)
    found = joined([short, long])
    assert_equal(found["step"].values, [0, 10, 50, 100, 1000, 10000])
    loss = found["loss"].sel(split="test")
    assert_equal(loss.values[0], [5, 3, 1, np.nan, np.nan, np.nan])
    expected = [(5 + 5) / 2, (3 + 20) / 2, (1 + 20) / 2, (1 + 20) / 2, (1 + 1) / 2, (1 + 1e-5) / 2]
    assert_allclose(found["loss_mean"].sel(split="test").values[0], expected)


def test_irreps_are_ranked_run_by_run(many):
    for number, one in enumerate(many["run"].values):
        values = many["ranked_similarity"].sel(run=one).dropna("step", how="all")
        last = values.isel(step=-1).values
        assert_equal(last[:-1] >= last[1:], ~np.isnan(last[1:]))
        names = many["ranked_irrep"].values[number]
        assert_equal(np.isnan(last), names == "")
        assert "trivial" not in names


def test_a_run_that_was_not_followed_has_no_order():
    found = joined([run({"sign": 0, "standard": 0}, step=[10000])])
    assert found["grokked"].values.tolist() == [False]
    for name in ("learned_step", "learned_order", "memorised_step", "test_step"):
        assert np.isnan(found[name].values).all(), name
    assert not found["order_pairs"].any()
    assert found["choice_pairs"].any()


def test_runs_table_lists_key_irreps_in_learning_order(many):
    table = tables.runs(many)
    assert table["learned"][1] == "sign, (2,2,1), standard"
    assert table["steps"].tolist() == [STEPS[-1]] * 6
    assert table["test accuracy"][3] == 0.4


def test_averages_and_intervals_hold_the_summaries(many):
    wide = tables.averages(many).set_index(["group", "architecture", "counted"])
    assert len(wide) == 4
    assert_allclose(wide.loc[("S5", "mlp", "all"), "test accuracy"], 0.85)
    assert wide.loc[("S5", "mlp", "grokked"), "runs"] == 3
    long = tables.intervals(many)
    chosen = long[(long["group"] == "C7") & (long["quantity"] == "key irreps")]
    assert chosen["mean"].tolist() == [2, 2]
    assert chosen["lower"].isna().all()


def test_irreps_table_has_those_of_groups_with_runs_that_grokked(many):
    table = tables.irreps(many).set_index(["group", "irrep"])
    assert "trivial" not in table.index.get_level_values("irrep")
    assert len(table) == 6 + 3
    row = table.loc[("S5", "sign")]
    assert (row["key count"], row["first count"], row["runs"]) == (3, 2, 3)


def test_widths_table_says_which_runs_grok_at_each_width(many):
    table = tables.widths(many).set_index(["group", "width"])
    assert table.loc[("S5", 128), "grokked"] == 3
    assert table.loc[("S5", 128), "test accuracy by seed"] == "1.000 1.000 1.000 0.400"
    assert table.loc[("S5", 32), "learned by those that grokked"] == "sign, standard"


@pytest.mark.parametrize("name", ["runs", "averages", "intervals", "irreps", "widths"])
def test_tables_are_written_in_three_formats(many, name):
    table = getattr(tables, name)(many)
    written = tables.formats(table)
    assert len(written["csv"].splitlines()) == len(table) + 1
    assert len(written["md"].splitlines()) == len(table) + 2
    assert written["tex"].count("\\\\") == len(table) + 1
    assert "nan" not in written["md"]


@pytest.mark.parametrize("name", ["irreps", "widths", "averages", "runs", "intervals"])
def test_tables_of_runs_that_have_not_grokked(name):
    nobody = joined([run({"sign": 1}, test=(0, 0, 0, 0, 0.1))])
    assert set(tables.formats(getattr(tables, name)(nobody))) == {"csv", "md", "tex"}


NOBODY = [run({"sign": 1}, test=(0.0, 0.0, 0.0, 0.0, 0.1))]
ALONE = [run({"sign": 0, "standard": 0}, step=[10000], train=[1.0], test=[1.0])]
LARGE = [run({"freq_1": 1, "freq_2": 2}, of="C121")]


@pytest.mark.parametrize("runs", [RUNS, NOBODY, ALONE, LARGE], ids=range(4))
@pytest.mark.parametrize(
    "module",
    [universality_grokking, universality_irreps, universality_order, universality_similarity,
     universality_width],
    ids=lambda module: module.__name__.rpartition("_")[2],
)  # fmt: skip
def test_figures_are_drawn_whatever_is_missing(module, runs):
    """Nobody has grokked, nobody was followed along training, orbits are not known."""
    numbers = module.numbers(joined(runs))
    before = numbers.copy(deep=True)
    drawn = module.draw(numbers, Style())
    drawn.canvas.draw()
    assert drawn.axes or drawn.get_suptitle()
    xr.testing.assert_identical(numbers, before)


def test_the_order_of_learning_is_drawn_of_groups_whose_irreps_differ():
    """All irreps of C7 have degree 2 and orbits of 7, so that there is one place on each axis."""
    drawn = universality_order.draw(universality_order.numbers(joined(RUNS)), Style())
    labels = [axes.get_xlabel() for axes in drawn.axes]
    assert labels == ["degree, S5", "smallest orbit, S5"]
    only = universality_order.draw(universality_order.numbers(joined(RUNS[-1:])), Style())
    assert not only.axes
