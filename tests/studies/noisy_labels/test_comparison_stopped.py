import numpy as np
import pytest

from noisy_labels_runs import compared, corpus, run

C = corpus()


def stopped(naive, *others):
    return compared([naive, *others], {"c": C}).isel(run=0)


@pytest.mark.parametrize(("aim", "step"), [(0.1, 0), (0.62, 0), (0.625, 0), (0.63, 10), (0.99, 20)])
def test_a_naive_run_stops_where_it_is_as_good_as_clean_labels(aim, step):
    naive = run(C, curve=(0.5, 0.75, 0.9))
    found = stopped(naive, run(C, "clean", curve=(0.0, aim, 0.0)))
    assert float(found["stopped_step"]) == step
    assert float(found["stopped_development_auc"]) == {0: 0.5, 10: 0.75, 20: 0.9}[step]


def test_a_stopped_run_is_measured_with_the_scores_of_its_checkpoint():
    shift = {"green": 0.5, "blue": -0.5}
    naive = run(C, noise=(3.0, 2.0, 0.1), shift=shift)
    found = stopped(naive, run(C, "clean", curve=(0.0, 0.7, 0.0)))
    same = run(C, noise=2.0, shift=shift)
    expected = compared([same], {"c": C}).isel(run=0).sel(scored_on="test")
    assert float(found["stopped_auc"]) == float(expected["auc"])
    assert float(found["stopped_mean_absolute_negative_aeg"]) == float(
        expected["mean_absolute_negative_aeg"]
    )
    assert float(found["stopped_auc"]) < float(found["auc"].sel(scored_on="test")) - 0.1


def test_the_partner_may_be_of_another_rater_and_is_the_first_experiment_by_name():
    first = run(C, "clean", curve=(0.0, 0.7, 0.0), rater="other", experiment="a")
    second = run(C, "clean", curve=(0.0, 0.9, 0.0), experiment="b")
    for others in ([first, second], [second, first]):
        assert float(stopped(run(C), *others)["stopped_step"]) == 10


@pytest.mark.parametrize("about", [{"seed": 1}, {"clean_share": 0.2}])
def test_a_run_without_a_partner_is_not_stopped(about):
    found = stopped(run(C), run(C, "clean", **about))
    assert np.isnan(found["stopped_step"])
    assert np.isnan(found["stopped_auc"])


def test_other_runs_are_not_stopped():
    runs = [run(C, "clean"), run(C, tuned=True), run(C, "oracle")]
    assert np.isnan(compared(runs, {"c": C})["stopped_step"]).all()
