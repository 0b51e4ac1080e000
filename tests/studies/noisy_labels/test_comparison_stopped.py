import numpy as np
import pytest

from noisy_labels_runs import compared, corpus, run

C = corpus()


def stopped(naive, *others):
    return compared([naive, *others], {"c": C}).isel(run=0)


@pytest.mark.parametrize(("aim", "step"), [(0.5, 0), (0.504, 0), (0.746, 10), (0.904, 20)])
def test_a_naive_run_stops_where_it_is_as_good_as_clean_labels(aim, step):
    naive = run(C, curve=(0.5, 0.75, 0.9))
    found = stopped(naive, run(C, "clean", curve=(0.0, aim, 0.0)))
    assert float(found["stopped_step"]) == step
    assert float(found["stopped_development_auc"]) == {0: 0.5, 10: 0.75, 20: 0.9}[step]


@pytest.mark.parametrize("aim", [0.494, 0.506, 0.62, 0.744, 0.906])
def test_a_run_that_is_never_as_good_as_clean_labels_is_not_stopped(aim):
    found = stopped(run(C, curve=(0.5, 0.75, 0.9)), run(C, "clean", curve=(0.0, aim, 0.0)))
    for name in ("step", "development_auc", "auc", "mean_absolute_negative_aeg"):
        assert np.isnan(found[f"stopped_{name}"]).all()


def test_a_stopped_run_is_measured_with_the_scores_of_its_checkpoint():
    shift = {"green": 0.5, "blue": -0.5}
    naive = run(C, noise=(3.0, 2.0, 0.1), shift=shift)
    found = stopped(naive, run(C, "clean", curve=(0.0, 0.7, 0.0)))
    same = run(C, noise=2.0, shift=shift)
    expected = compared([same], {"c": C}).isel(run=0)
    for name in ("auc", "mean_absolute_negative_aeg"):
        assert not np.isnan(found[f"stopped_{name}"].sel(scored_on=["test", "templates"])).any()
        np.testing.assert_array_equal(found[f"stopped_{name}"], expected[name])
    assert (found["stopped_auc"] < found["auc"] - 0.1).sel(scored_on=["test", "templates"]).all()


def test_the_partner_may_be_of_another_rater_and_is_the_first_experiment_by_name():
    first = run(C, "clean", curve=(0.0, 0.7, 0.0), rater="other", experiment="b")
    second = run(C, "clean", curve=(0.0, 0.9, 0.0), rater="another", experiment="c")
    own = run(C, "clean", curve=(0.0, 0.5, 0.0), experiment="d")
    unusual = run(C, "clean", curve=(0.0, 0.9, 0.0), conditions="x 1", experiment="a")
    for others in ([first, second, unusual], [unusual, second, first]):
        assert float(stopped(run(C), *others)["stopped_step"]) == 10
    assert float(stopped(run(C), first, own)["stopped_step"]) == 0


@pytest.mark.parametrize("about", [{"seed": 1}, {"clean_share": 0.2}, {"conditions": "x 1"}])
def test_a_run_without_a_partner_is_not_stopped(about):
    found = stopped(run(C), run(C, "clean", curve=(0.5, 0.7, 0.9), **about))
    assert np.isnan(found["stopped_step"])
    assert np.isnan(found["stopped_auc"]).all()


def test_other_runs_are_not_stopped():
    runs = [run(C, "clean"), run(C, tuned=True), run(C, "oracle")]
    assert np.isnan(compared(runs, {"c": C})["stopped_step"]).all()
