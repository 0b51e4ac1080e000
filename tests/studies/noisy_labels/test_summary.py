"""The last lines of a run of the workflow."""

from noisy_labels_runs import compared, corpus, run
from ontogeny.studies.noisy_labels.summary import summary

C = corpus()


def test_recipes_are_summed_up_in_the_base_setting_alone():
    runs = [
        run(C, "clean"),
        run(C, "naive"),
        run(C, "naive", seed=1),
        run(C, "naive", experiment="more", clean_share=0.2),
    ]
    found = compared(runs, {"c": C})
    headline, *lines = summary(found)
    assert "2 settings" in headline
    assert [line.split()[0] for line in lines] == ["clean", "naive"]
    naive = (found["recipe_of_run"] == "naive") & (found["clean_share_of_run"] == 0.05)
    auc = float(found["auc"].sel(scored_on="test")[naive].mean())
    assert f"AUC {auc:.3f}" in lines[1]
    assert "corpus c, rater r, 5 % clean labels" in lines[1]


def test_raters_alone_have_no_networks_to_sum_up():
    assert summary(compared([], {"c": C})) == ["noisy labels: raters alone; no network was trained"]
