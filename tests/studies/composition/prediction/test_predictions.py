"""All runs as one dataset, from predictions made by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_equal

from composition_runs import catalogue
from ontogeny.joins import Run
from ontogeny.storage import read, write
from ontogeny.studies.composition.labels import DIMENSIONS
from ontogeny.studies.composition.prediction.pairs import PAIR_KINDS
from ontogeny.studies.composition.prediction.scoring import set_auc
from ontogeny.studies.composition.prediction.settings import RunsOfSetting, significance
from predicted_runs import KNOWLEDGE, along_scores, joined, run

RUNS = [
    *(run(seed=seed) for seed in range(6)),
    *(run(of="S4", architecture="transformer", seed=seed, gradient=False) for seed in range(5)),
    run(seed=6, reached=False),
    run(seed=0, data_seed=9),
]
CYCLIC, SYMMETRIC, FAILED, OTHER_SPLIT = slice(0, 6), slice(6, 11), 11, 12


@pytest.fixture(scope="module")
def many():
    return joined(RUNS)


def test_every_variable_is_described_and_every_dimension_known(many):
    for name, values in many.variables.items():
        assert {"long_name", "units"} <= set(values.attrs), name
        assert set(values.dims) <= set(DIMENSIONS), name


def test_it_is_stored_and_read_as_it_is(many, tmp_path):
    alone = joined([run()])
    for number, found in enumerate((many, alone)):
        write(found, tmp_path / f"{number}.nc")
        assert read(tmp_path / f"{number}.nc").sizes == found.sizes
    assert alone.sizes["pair"] == 0


def test_knowledge_is_that_of_its_checkpoint():
    table = along_scores([0.1, 0.2, 0.3, 0.4], power=[0.5, 0.6, 0.7, 0.8])
    found = joined([run(set_auc=table), run(seed=1, set_auc=table, memorised=np.nan)])
    power = found["known_set_auc"].sel(score="power")
    assert_allclose(power.sel(knowledge=[*KNOWLEDGE])[0], [0.5, 0.6, 0.6, 0.7, 0.6])
    assert_allclose(power.sel(knowledge=[*KNOWLEDGE])[1], [0.5, 0.6, 0.6, 0.7, np.nan])
    assert_allclose(found["known_settled"][0], [0.2, 0.5, 0.5, 0.9, 0.5])
    assert_allclose(found["knowledge_step"][1], [0, 10, 10, 100, np.nan])


def test_runs_that_do_not_reach_the_accuracy_are_neither_judged_nor_fitted_on(many):
    assert_equal(many["target_reached"].values, np.arange(13) != FAILED)
    judged = ("winner_brier", "strong_brier", "unlike_set_auc", "step_error_unscored")
    for name in judged:
        assert np.isnan(many[name].values[FAILED]).all(), name
    without = joined([one for place, one in enumerate(RUNS) if place != FAILED])
    for name in judged:
        assert_allclose(many[name][CYCLIC], without[name][CYCLIC], atol=1e-9)


def test_counted_runs_have_strong_irreps_and_others():
    every = np.arange(7) > 0
    runs = [run(strong=every), run(seed=1, strong=every & False), run(seed=2)]
    assert joined(runs)["counted"].values.tolist() == [False, False, True]


def test_controls_are_other_weights_on_another_split(many):
    """Run 12 has the weights of run 0, so run 0 is not a control for it."""
    strong = RUNS[OTHER_SPLIT].results["prediction"]["strong"].values
    score = [
        one.results["prediction"]["network_score"].isel(step=0).sel(score="power").values
        for one in RUNS[CYCLIC]
    ]
    found = many["unlike_set_auc"].sel(score="power")
    assert_allclose(found[OTHER_SPLIT], np.mean([set_auc(s, strong) for s in score[1:]]))
    one = joined([run(seed=seed, data_seed=0) for seed in range(4)])
    assert np.isnan(one["unlike_set_auc"]).all()


def test_initial_weights_predict_more_than_those_of_others(many):
    known, unknown = (
        joined([run(seed=seed, signal=each) for seed in range(6)]) for each in (3.0, 0.0)
    )
    skill = [each["winner_skill"].sel(model="powers").mean() for each in (known, unknown)]
    assert skill[0] > 0.2
    assert skill[1] < 0.02
    assert_allclose(many["winner_skill"].sel(model="intercepts")[CYCLIC], 0)
    assert_allclose(many["strong_skill"].sel(strong_model="base rate")[CYCLIC], 0)
    assert np.isnan(many["winner_brier"].sel(model="powers, gradient")[SYMMETRIC]).all()
    probability = many["strong_probability"].isel(run=7).sel(strong_model="power")
    assert set(probability.dropna("irrep")["irrep"].values) == {
        "sign", "standard", "standard_sign", "(2,2)",
    }  # fmt: skip


def test_a_score_of_winners_is_that_of_its_probabilities(many):
    q, y = many["strong_probability"][2], RUNS[2].results["prediction"]["strong"]
    expected = ((q - y) ** 2).mean("irrep")
    assert_allclose(many["strong_brier"][2], expected)


def test_degree_and_orbit_add_nothing_where_all_irreps_have_the_same(many):
    assert_allclose(many["property_gain"][CYCLIC], 0, atol=1e-5)
    assert (abs(many["property_gain"][SYMMETRIC]) > 1e-4).any()


def test_the_gain_is_positive_where_the_degree_decides():
    large = catalogue("S4")["degree"].values > 2
    runs = [run(of="S4", seed=seed, strong=large, set_signal=0.0) for seed in range(8)]
    assert (joined(runs)["property_gain"] > 0.05).all()


def test_scores_that_decide_the_order_predict_it():
    found = joined([run(of="C31", seed=seed, set_signal=3.0) for seed in range(8)])
    power = found.sel(score="power")
    agreement = power["score_order_agreement"].sum() / power["score_order_pairs"].sum()
    assert agreement > 0.5
    assert (power["step_error"] < power["step_error_unscored"]).mean() > 0.7
    assert power["step_correlation"].mean() > 0.5
    assert float(power["within_irrep_correlation"][0]) > 0.5
    assert float(power["within_irrep_p"][0]) < 0.05
    assert float(power["strong_set_p"][0]) < 0.05


def random_setting(rng):
    """Return six runs whose scores do not predict which irreps are strong or when they appear."""
    seed = np.arange(6)
    nothing = np.zeros(12)
    return RunsOfSetting(
        seed=seed,
        data_seed=seed,
        names=np.array(["power"], dtype=object),
        score=rng.normal(size=(6, 1, 12)),
        strong=rng.permuted(np.tile(np.arange(12) < 6, (6, 1)), axis=1),
        appearance=np.exp(rng.normal(size=(6, 12))) * 1000,
        winner=[],
        features=[],
        degree=nothing,
        orbit=nothing,
    )


def test_p_values_of_scores_that_say_nothing_are_uniform():
    """As permutations are drawn with replacement, they are of 1/100, 2/100, ... 1 alike."""
    rng = np.random.default_rng(3)
    found = [
        significance(random_setting(rng), np.ones(6, bool), permutations=99) for _ in range(300)
    ]
    for name in ("strong_set_p", "within_irrep_p"):
        p = np.array([each[name][0] for each in found])
        assert abs(p.mean() - 0.505) < 4 / np.sqrt(12 * 300)
        assert abs(p.std() - 1 / np.sqrt(12)) < 0.03
        assert abs((p <= 0.1).mean() - 0.1) < 4 * np.sqrt(0.09 / 300)


def test_the_p_value_of_sets_counts_initial_weights_that_have_one_run_that_counts():
    """The first split of each initial network has all irreps strong, its second one does not."""
    every = np.arange(7) > 0
    runs = [
        run(seed=seed, data_seed=split, **({"strong": every} if split == 0 else {}))
        for seed in range(6)
        for split in (0, 1)
    ]
    found, backwards, alone = (
        float(joined(each, permutations=4000)["strong_set_p"].sel(score="power").item())
        for each in (runs, runs[::-1], runs[1::2])
    )
    assert found == alone
    assert abs(found - backwards) < 0.03


def test_runs_on_all_pairs_are_controls_for_each_other():
    runs = [run(seed=seed, data_seed=-1) for seed in range(4)]
    found = joined(runs)["unlike_set_auc"].sel(score="power")
    results = [one.results["prediction"] for one in runs]
    score = [one["network_score"].isel(step=0).sel(score="power").values for one in results]
    expected = np.mean([set_auc(each, results[0]["strong"].values) for each in score[1:]])
    assert_allclose(found[0], expected)


def test_alignment_is_no_score_of_a_network(many):
    alignment = many.sel(score="alignment")
    assert np.isnan(alignment["unlike_set_auc"]).all()
    assert np.isnan(alignment["within_irrep_p"]).all()
    assert not alignment["score_order_pairs"][CYCLIC].any()


def test_p_values_count_initial_weights_once():
    """A second split of the same weights adds no evidence."""
    once = [run(seed=seed) for seed in range(5)]
    found, more = joined(once), joined([*once, *(run(seed=seed, data_seed=7) for seed in range(5))])
    for name in ("strong_set_p", "within_irrep_correlation", "within_irrep_p"):
        assert_equal(found[name].values, more[name].values)


def test_pairs_are_of_one_setting(many):
    assert many.sizes["pair"] == 8 * 7 // 2 + 5 * 4 // 2
    (same,) = np.flatnonzero(many["pair_kind"] == PAIR_KINDS[0])
    assert (int(many["first_run"][same]), int(many["second_run"][same])) == (0, OTHER_SPLIT)
    first, second = (RUNS[k].results["prediction"]["winner"].values for k in (0, OTHER_SPLIT))
    assert_allclose(many["same_winner"][same], (first == second).mean())
    assert many["same_winner"][same] > many["same_winner_exchanged"][same]
    failed = (many["first_run"] == FAILED) | (many["second_run"] == FAILED)
    assert not many["disjoint"][failed].any()


def test_the_order_of_runs_does_not_matter(many):
    other = joined(RUNS[::-1]).isel(run=slice(None, None, -1))
    for name in ("winner_brier", "strong_brier", "unlike_set_auc", "step_error", "known_set_auc"):
        assert_allclose(other[name].sel(score=many["score"]) if "score" in other[name].dims
                        else other[name], many[name], atol=2e-5)  # fmt: skip


def test_too_few_other_runs_say_nothing():
    found = joined([run(seed=seed) for seed in range(3)])
    for name in ("winner_brier", "strong_brier", "step_error_unscored"):
        assert np.isnan(found[name]).all(), name


def test_runs_without_flow_have_no_flow_among_features():
    runs = [run(seed=seed) for seed in range(5)]
    bare = [
        Run(one.about, {"prediction": one.results["prediction"].drop_vars("initial_flow")})
        for one in runs
    ]
    found, less = joined(runs), joined(bare)
    assert_allclose(
        less["winner_brier"].sel(model="powers"), found["winner_brier"].sel(model="powers")
    )
    assert (abs(less["winner_brier"] - found["winner_brier"]).sel(model="all") > 1e-4).all()
