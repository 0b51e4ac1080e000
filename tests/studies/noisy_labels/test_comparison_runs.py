import numpy as np
import pytest
from scipy.special import expit

from noisy_labels_runs import BATCH, GROUPS, compared, corpus, rating, run
from ontogeny.joins import Run
from ontogeny.ranking import (
    equal_error_threshold,
    negative_aseg,
    positive_aseg,
    power_mean,
)
from ontogeny.storage import read, write
from ontogeny.studies.noisy_labels.corpora.comments import PARTS

C = corpus()
TEST = C["part"].values == PARTS.index("test")


def measured(*runs, **analysis):
    return compared(runs, {"c": C}, **analysis).isel(run=0)


def pair_count(above, below):
    """AUC as the count of all pairs, ties half."""
    gap = np.asarray(above, dtype=float)[:, None] - np.asarray(below, dtype=float)
    return float((gap > 0).mean() + (gap == 0).mean() / 2)


def scored(of, score):
    """The same run with other scores of comments, (N,) for all comments of the corpus."""
    scores = of.results["scores"].copy()
    rows = scores["score"].copy()
    rows[:] = np.asarray(score)[scores["comment"].values]
    return Run(of.about, of.results | {"scores": scores.assign(score=rows)})


def test_a_network_that_is_always_right_has_no_bias():
    found = measured(run(C, "oracle", noise=0)).sel(scored_on=["test", "templates"])
    ones = ["auc", "subgroup_auc", "bpsn_auc", "bnsp_auc", "mean_subgroup_auc", "mean_bpsn_auc"]
    ones += ["mean_bnsp_auc", "power_mean_bpsn_auc", "final_score"]
    zeros = ["negative_aeg", "positive_aeg", "mean_absolute_negative_aeg", "largest_negative_aeg"]
    zeros += ["negative_aseg", "positive_aseg", "false_positive_rate", "false_negative_rate"]
    zeros += ["group_false_positive_rate", "group_false_negative_rate", "fped", "fned"]
    zeros += ["largest_false_positive_gap", "largest_false_negative_gap"]
    for name in ones:
        np.testing.assert_allclose(found[name], 1, err_msg=name)
    for name in zeros:
        np.testing.assert_allclose(found[name], 0, atol=1e-12, err_msg=name)
    assert float(found["counterfactual_gap"].sel(scored_on="templates")) == 0


@pytest.mark.parametrize("shift", [0.7, -0.7])
def test_a_shift_of_a_group_has_its_sign_in_every_gap(shift):
    of = measured(run(C, shift={"green": shift}))
    for where in ("test", "templates"):
        found = of.sel(scored_on=where)
        green, blue = found.sel(identity="green"), found.sel(identity="blue")
        for name in ("negative_aeg", "positive_aeg"):
            assert float(green[name]) * shift > 0.1
            assert abs(float(blue[name])) < abs(float(green[name])) * (1.01 + (where == "test"))
        assert (float(green["bpsn_auc"]) - float(green["bnsp_auc"])) * shift < 0
    test = of.sel(scored_on="test", identity="green", threshold_rule="one half")
    excess = test["group_false_positive_rate"] - test["background_false_positive_rate"]
    assert float(excess) * shift > 0
    shifted, other = (
        abs(float(of["negative_aeg"].sel(scored_on="test", identity=each)))
        for each in ("green", "blue")
    )
    assert other < shifted / 2


def test_the_counterfactual_gap_is_that_of_the_probabilities():
    found = measured(run(C, noise=0, shift={"green": 0.7}))["counterfactual_gap"]
    expected = np.mean([expit(z + 0.7) - expit(z) for z in (-1.0, 1.0)])
    assert float(found.sel(scored_on="templates")) == pytest.approx(expected)
    assert np.isnan(found.sel(scored_on=["test", "cases"])).all()


def test_a_group_is_compared_with_all_that_does_not_name_it():
    one = run(C, shift={"green": 0.3, "blue": -0.4})
    found = measured(one).sel(identity="green")
    scores = one.results["scores"].sel(step=int(one.results["scores"]["chosen"]))
    comment = scores["comment"].values
    label, member = C["label"].values[comment] == 1, C["member"].values[:, comment] == 1
    test, score = TEST[comment], scores["score"].values
    known = C["known"].values[comment] == 1
    green, outside = test & member[0], test & known & ~member[0]
    probe, toxic = C["probe_member"].values[0] == 1, C["probe_label"].values == 1
    of_probe = scores["probe_score"].values
    for where, values, is_toxic, own, others in [
        ("test", score, label, green, outside),
        ("templates", of_probe, toxic, probe, ~probe),
    ]:
        dp, dn = values[own & is_toxic], values[own & ~is_toxic]
        bp, bn = values[others & is_toxic], values[others & ~is_toxic]
        of = found.sel(scored_on=where)
        assert float(of["subgroup_auc"]) == pytest.approx(pair_count(dp, dn))
        assert float(of["bpsn_auc"]) == pytest.approx(pair_count(bp, dn))
        assert float(of["bnsp_auc"]) == pytest.approx(pair_count(dp, bn))
        assert float(of["negative_aeg"]) == pytest.approx(pair_count(dn, bn) - 0.5)
        assert float(of["positive_aeg"]) == pytest.approx(pair_count(dp, bp) - 0.5)
        gap = np.abs((dn > 0).mean() - (bn > 0).mean())
        rule = of.sel(threshold_rule="one half")
        assert float(rule["group_false_positive_rate"]) == pytest.approx((dn > 0).mean())
        assert float(rule["largest_false_positive_gap"]) >= gap - 1e-12
    assert np.isnan(found["background_false_positive_rate"].sel(scored_on="templates")).all()


def test_summaries_are_over_groups():
    one = run(C, shift={"green": 0.5, "blue": -0.6})
    found = measured(one).sel(scored_on="test")
    for kind in ("negative", "positive"):
        gaps = found[f"{kind}_aeg"].values
        assert gaps.min() < 0 < gaps.max()
        assert float(found[f"mean_{kind}_aeg"]) == pytest.approx(gaps.mean())
        assert float(found[f"mean_absolute_{kind}_aeg"]) == pytest.approx(np.abs(gaps).mean())
        assert float(found[f"largest_{kind}_aeg"]) == pytest.approx(np.abs(gaps).max())
    for name in ("subgroup_auc", "bpsn_auc", "bnsp_auc"):
        assert float(found[f"mean_{name}"]) == pytest.approx(float(found[name].mean()))
        assert float(found[f"power_mean_{name}"]) == pytest.approx(power_mean(found[name].values))
    rule = found.sel(threshold_rule="equal error")
    for kind, total in (("positive", "fped"), ("negative", "fned")):
        rates = rule[f"group_false_{kind}_rate"].values
        overall = float(rule[f"false_{kind}_rate"])
        assert float(rule[total]) == pytest.approx(np.abs(rates - overall).sum())
    scores = one.results["scores"].sel(step=int(one.results["scores"]["chosen"]))
    toxic, label = scores["score"].values > 0, C["label"].values[scores["comment"]] == 1
    harmless = TEST[scores["comment"]] & ~label
    gaps = [
        toxic[harmless & named].mean() - toxic[harmless & ~named].mean()
        for named in C["member"].values[:, scores["comment"]] == 1
    ]
    largest = found.sel(threshold_rule="one half")["largest_false_positive_gap"]
    assert float(largest) == pytest.approx(np.abs(gaps).max())


def test_squared_gaps_are_means_over_groups_of_one_class():
    one = run(C)
    label, member = C["label"].values == 1, C["member"].values == 1
    score = np.zeros(C.sizes["comment"], dtype=np.float32)
    scores = one.results["scores"].sel(step=int(one.results["scores"]["chosen"]))
    score[scores["comment"].values] = scores["score"].values
    score[label & member[0]] += 0.8
    found = measured(scored(one, score)).sel(scored_on="test")
    probability = expit(score[TEST].astype(np.float64))
    for name, aseg in (("positive_aseg", positive_aseg), ("negative_aseg", negative_aseg)):
        of_groups = [
            aseg(probability, label[TEST], named[None], ~named) for named in member[:, TEST]
        ]
        assert float(found[name]) == pytest.approx(np.mean(of_groups))
    assert float(found["positive_aseg"]) > 5 * float(found["negative_aseg"])


def test_the_threshold_of_equal_errors_is_that_of_development():
    one = run(C, noise=1.0)
    rng = np.random.default_rng(5)
    score = 2.0 * C["label"].values - 1 + rng.standard_normal(C.sizes["comment"])
    development = C["part"].values == PARTS.index("development")
    score[development] += 0.5
    score = score.astype(np.float32)
    found = measured(scored(one, score)).sel(scored_on="test", threshold_rule="equal error")
    label = C["label"].values == 1
    threshold = equal_error_threshold(score[development], label[development])
    assert float(found["false_positive_rate"]) == (score[TEST & ~label] > threshold).mean()
    assert float(found["false_negative_rate"]) == (score[TEST & label] <= threshold).mean()
    assert float(found["false_negative_rate"]) > 1.5 * float(found["false_positive_rate"])


def test_a_group_with_too_few_comments_is_left_out():
    toxic = int((TEST & (C["label"] == 1) & (C["member"][1] == 1)).sum())
    harmless = int((TEST & (C["label"] == 0) & (C["member"][1] == 1)).sum())
    fewest = min(
        int((TEST & (C["label"] == 1) & (C["member"][group] == 1)).sum()) for group in (0, 1)
    )
    least = fewest + 1
    found = measured(run(C, shift={"green": 0.5}), least_comments=least).sel(scored_on="test")
    assert int(found["toxic_comments"].sel(identity="blue")) == toxic
    assert int(found["harmless_comments"].sel(identity="blue")) == harmless
    few = found["toxic_comments"].values < least
    assert 0 < few.sum() < len(GROUPS)
    for name in ("subgroup_auc", "negative_aeg", "positive_aeg"):
        np.testing.assert_array_equal(np.isnan(found[name]), few)
    for name in ("group_false_positive_rate", "group_false_negative_rate"):
        np.testing.assert_array_equal(np.isnan(found[name]).all("threshold_rule"), few)
    kept = float(found["negative_aeg"][~few][0])
    assert float(found["mean_negative_aeg"]) == pytest.approx(kept)


def test_comments_whose_groups_are_not_known_are_no_background():
    unknown = C.copy()
    nameless = ~(C["member"].values == 1).any(axis=0)
    rng = np.random.default_rng(0)
    hidden = nameless & (rng.random(len(nameless)) < 0.5)
    unknown["known"] = ("comment", (~hidden).astype(np.int8))
    one = run(C)
    score = np.zeros(C.sizes["comment"], dtype=np.float32)
    rows = one.results["scores"]
    score[rows["comment"].values] = rows["score"].sel(step=int(rows["chosen"])).values
    score[hidden] = -50  # would hide the background's own scores
    found = compared([scored(one, score)], {"c": unknown}).isel(run=0)
    usual = measured(one)
    for name in ("negative_aeg", "bpsn_auc", "bnsp_auc", "positive_aeg"):
        assert np.abs(found[name] - usual[name]).sel(scored_on="test").max() < 0.06


def test_means_say_over_how_many_groups_they_are():
    found = measured(run(C))["groups"]
    assert found.sel(scored_on=["test", "templates", "cases"]).values.tolist() == [2, 2, 0]
    few = measured(run(C), least_comments=10_000)
    assert few["groups"].values.tolist() == [0, 0, 0]


def test_groups_of_another_corpus_are_not_known():
    other = corpus(("red", "blue"), seed=3, probes=False)
    one, two = run(C, shift={"green": 0.4}), run(other, corpus="other", experiment="two")
    both = compared([one, two], {"c": C, "other": other})
    assert both["identity"].values.tolist() == ["green", "blue", "red"]
    alone = compared([one], {"c": C})
    for name in ("subgroup_auc", "negative_aeg", "group_false_positive_rate"):
        np.testing.assert_array_equal(
            both[name].isel(run=0).sel(identity=list(GROUPS)), alone[name].isel(run=0)
        )
        assert np.isnan(both[name].isel(run=0).sel(identity="red")).all()
    for name in ("mean_absolute_negative_aeg", "fped", "final_score"):
        np.testing.assert_array_equal(both[name].isel(run=0), alone[name].isel(run=0))
    assert np.isnan(both["auc"].isel(run=1).sel(scored_on=["templates", "cases"])).all()
    assert not both["toxic_comments"].isel(run=1).sel(scored_on="templates").any()


def test_curves_are_along_the_checkpoints_of_any_run():
    late = run(C, "clean", curve=(0.6, 0.9, 0.8))
    results = late.results | {"history": late.results["history"].assign_coords(step=[0, 10, 40])}
    found = compared([run(C), Run(late.about, results)], {"c": C})
    assert found["step"].values.tolist() == [0, 10, 20, 40]
    np.testing.assert_array_equal(
        found["curve_auc"], [[0.5, 0.7, 0.9, np.nan], [0.6, 0.9, np.nan, 0.8]]
    )
    assert found["chosen_step"].values.tolist() == [20, 10]
    assert found["development_auc"].values.tolist() == [0.9, 0.9]


@pytest.mark.parametrize(
    ("strategy", "tuned", "items"),
    [
        *((name, False, 2000) for name in ("naive", "one-hot", "oracle", "weighted")),
        ("noisy", False, 1900),
        *((name, False, 100) for name in ("clean", "few-noisy")),
        ("naive", True, 100),
    ],
)
def test_the_last_minibatch_of_an_epoch_is_what_remains_of_it(strategy, tuned, items):
    """Of 2,000 comments, 100 clean ones; a minibatch has 128."""
    found = measured(run(C, strategy, tuned=tuned))["examples"]
    epoch = [min(BATCH * (1 + update), items) for update in range(-(-items // BATCH))]
    seen = [0, *epoch, *(items + each for each in epoch)]
    seen += [epochs * items for epochs in range(3, 22)] if items == 100 else []
    assert found.values.tolist() == [seen[step] for step in (0, 10, 20)]


def test_naive_runs_are_measured_at_the_chosen_checkpoint():
    found = measured(run(C, noise=(9.0, 0.1, 9.0), curve=(0.5, 0.9, 0.6)))
    assert float(found["auc"].sel(scored_on="test")) > 0.99


def test_raters_alone_can_be_compared_and_stored(tmp_path):
    wrong = np.random.default_rng(0).random(C.sizes["comment"]) < 0.1
    found = compared([], {"c": C}, {"r": rating(C, wrong)})
    some = compared([run(C, "oracle")], {"c": C}, {"r": rating(C, wrong)})
    assert set(found.variables) == set(some.variables)
    for name, each in some.variables.items():
        assert found[name].dims == each.dims, name
        assert found[name].dtype == each.dtype, name
    write(found, tmp_path / "comparison.nc")
    again = read(tmp_path / "comparison.nc")
    assert again.sizes == found.sizes
    assert float(again["rater_accuracy"].sel(rater="r")) == pytest.approx(0.9, abs=0.02)


def test_everything_is_described():
    found = compared([run(C), run(C, "oracle")], {"c": C})
    for name, each in found.variables.items():
        assert each.attrs["long_name"], name
        assert each.attrs["units"], name
