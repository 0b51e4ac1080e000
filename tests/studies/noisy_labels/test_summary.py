"""What the page says first of the study."""

from noisy_labels_runs import compared, corpus, run
from ontogeny.studies.noisy_labels.summary import finding

C = corpus()
MEASURES = ("auc", "mean_absolute_negative_aeg")


def means(found, recipe):
    runs = (found["recipe_of_run"] == recipe).values
    chosen = found.isel(run=runs).sel(scored_on="test")
    return [f"{float(chosen[name].mean()):.3f}" for name in MEASURES]


def test_the_most_accurate_and_the_least_biased_recipes_are_named():
    found = compared([run(C, "clean"), run(C, "naive"), run(C, "naive", seed=1)], {"c": C})
    values = {recipe: means(found, recipe) for recipe in ("clean", "naive")}
    said = finding(found)
    best = max(values, key=lambda recipe: values[recipe][0])
    fairest = min(values, key=lambda recipe: values[recipe][1])
    for recipe in (best, fairest):
        auc, bias = values[recipe]
        assert f"`{recipe}`" in said
        assert f"AUC {auc}" in said
        assert f"bias {bias}" in said
    assert best == fairest or f"pays for it in accuracy (AUC {values[fairest][0]})" in said
    assert said.startswith("On test comments, ")


def test_of_one_recipe_both_numbers_are_told():
    found = compared([run(C, "clean")], {"c": C})
    auc, bias = means(found, "clean")
    assert finding(found) == (
        f"On test comments, the recipe `clean` reaches AUC {auc} and bias {bias}; bias is "
        "the mean |negative AEG| over groups."
    )


def test_of_several_settings_the_base_setting_is_named():
    runs = [run(C, "naive"), run(C, "naive", experiment="more", clean_share=0.2)]
    assert finding(compared(runs, {"c": C})).startswith("In the setting `")


def test_without_a_group_no_bias_is_told():
    found = compared([run(C, "naive"), run(C, "clean")], {"c": C})
    found["mean_absolute_negative_aeg"] = found["mean_absolute_negative_aeg"] * float("nan")
    assert finding(found) == "2 networks were scored, without a measure of their bias."


def test_raters_alone_have_no_networks():
    assert finding(compared([], {"c": C})).startswith("No network was trained on the labels of ")
