import pytest

from ontogeny.studies.noisy_labels.settings import Setting, runs_in, setting_of

HERE = Setting("c", "r", 0.05, "")


def about(strategy="naive", seed=0, experiment="it", **given):
    return {
        "experiment": experiment, "seed": seed, "recipe": strategy, "strategy": strategy,
        **HERE._asdict(), **given,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("strategy", "shared"),
    [
        ("naive", set()),
        ("few-noisy", set()),
        ("clean", {"rater"}),
        ("oracle", {"rater", "clean_share"}),
    ],
)
def test_runs_belong_where_they_do_not_depend_on_what_differs(strategy, shared):
    elsewhere = {"corpus": "d", "rater": "s", "clean_share": 0.2, "conditions": "x 1"}
    for name, value in elsewhere.items():
        found = runs_in([about(strategy, **{name: value})], HERE)
        assert bool(found) == (name in shared), name


def test_a_run_of_the_setting_counts_first_and_then_the_first_experiment_by_name():
    runs = [
        about("clean", experiment="c"),
        about("clean", experiment="b"),
        about("clean", experiment="a", rater="s"),
        about("clean", experiment="z", rater="s", seed=2),
        about("clean", experiment="y", rater="s", seed=2),
    ]
    assert runs_in(runs, HERE) == {("clean", 0): 1, ("clean", 2): 4}


def test_runs_are_by_recipe_and_seed():
    runs = [about(seed=3), about("clean", seed=1), about(seed=1)]
    assert list(runs_in(runs, HERE).items()) == [
        (("clean", 1), 1),
        (("naive", 1), 2),
        (("naive", 3), 0),
    ]


def test_the_name_of_a_setting_says_what_is_unusual():
    assert str(setting_of(about())) == "corpus c, rater r, 5 % clean labels"
    assert str(setting_of(about(conditions="x 1"))) == "corpus c, rater r, 5 % clean labels, x 1"
