"""What the results of a run say that they are of."""

import json

import pytest

from ontogeny.studies.composition.config import Data, Training
from ontogeny.studies.composition.networks.records import description

SPEC = Training.model_validate(
    {
        "architecture": {"kind": "mlp", "hidden": 6},
        "data": {"labels": "difference"},
        "optimiser": {"weight_decay_schedule": [{"step": 3, "weight_decay": 0}]},
        "seed": 2,
    }
)


def test_network_and_data_are_words():
    found = description(SPEC, group="S4")
    assert found["group"] == "S4"
    assert found["network"] == "mlp, embedding 256, hidden 6, biases no, activation relu"
    assert found["data"] == "all pairs of S4, fraction 0.4, split torch, labels difference"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (Data(split="unknown", fraction=None), "split unknown, labels product"),
        (
            Data(pairs="ab12", fraction=0.5),
            "training pairs of a file (SHA-256 ab12), labels product",
        ),
        (Data(seed=5), "fraction 0.4, split torch, labels product, seed 5"),
        (
            Data(pairs="ab12", labels="random", seed=5),
            "training pairs of a file (SHA-256 ab12), labels random, seed 5",
        ),
    ],
)
def test_words_say_how_it_is_known_which_pairs_were_trained_on(data, words):
    spec = SPEC.model_copy(update={"data": data})
    assert description(spec, group="S4")["data"] == f"all pairs of S4, {words}"


def test_the_configuration_is_whole_and_can_be_read_back():
    """A default that is not written out is there as well."""
    configuration = json.loads(description(SPEC, group="S4")["configuration"])
    assert configuration.pop("group") == "S4"
    assert configuration["optimiser"]["learning_rate"] == 1e-3
    assert Training.model_validate(configuration) == SPEC
