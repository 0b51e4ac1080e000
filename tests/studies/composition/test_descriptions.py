"""Which runs differ in their seeds alone."""

from ontogeny.studies.composition.config import Experiment
from ontogeny.studies.composition.descriptions import predicting, settings_of
from ontogeny.studies.composition.prediction.pairs import SHARED_SPLIT


def experiment(**fields):
    return Experiment.model_validate(
        {"group": "C7", "architecture": {"kind": "mlp"}, "seeds": [0, 1]} | fields
    )


def test_experiments_that_differ_in_their_seeds_alone_have_one_setting():
    found = settings_of(
        {
            "first": experiment(),
            "seeds": experiment(seeds=[5]),
            "split": experiment(data={"seed": 3}),
            "fraction": experiment(data={"fraction": 0.5}),
            "group": experiment(group="C5"),
            "scale": experiment(initial_scale=0.5),
            "again": experiment(initial_scale=0.5, data={"seed": 4}),
        }
    )
    assert found == {
        "first": "first",
        "seeds": "first",
        "split": "first",
        "fraction": "fraction",
        "group": "group",
        "scale": "scale",
        "again": "scale",
    }


def test_the_seed_of_the_split_is_that_of_the_run_unless_the_data_have_their_own():
    def data_seed(**data):
        return predicting(experiment(data=data), "e", 1, setting="e")["data_seed"]

    assert data_seed() == 1
    assert data_seed(seed=0) == 0
    assert data_seed(fraction=1, seed=7) == SHARED_SPLIT
    assert data_seed(pairs="pairs.csv", fraction=0.5) == SHARED_SPLIT
