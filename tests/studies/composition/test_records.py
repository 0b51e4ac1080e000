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
    assert found["network"] == "MLP of 6 hidden neurons, embeddings of width 256"
    assert found["data"] == "40 % of the pairs of S4, labels a b⁻¹"


@pytest.mark.parametrize(
    ("architecture", "words"),
    [
        (
            {"kind": "mlp", "biases": True, "activation": "square"},
            "MLP of 128 hidden neurons that square their input, embeddings of width 256, "
            "trained biases",
        ),
        ({"kind": "bilinear"}, "bilinear network of 128 hidden neurons"),
        ({"kind": "tied-mlp"}, "tied MLP of 512 hidden neurons"),
        (
            {"kind": "transformer", "mlp_bias": False, "equals_output": True},
            "transformer of 1 layer, width 128, 4 heads of width 32, MLP of 512 neurons, "
            "conventions of arXiv 2302.03025, no biases in the MLP, an output for =",
        ),
        (
            {"kind": "deep-transformer", "heads": 1, "equals_output": False},
            "transformer of 2 layers, width 128, 1 head of width 32, MLP of 512 neurons, "
            "no output for =",
        ),
    ],
)
def test_every_kind_of_network_has_words(architecture, words):
    spec = Training.model_validate({"architecture": architecture, "seed": 0})
    assert description(spec, group="S4")["network"] == words


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (Data(split="unknown", fraction=None), "pairs of S4, unknown which were trained on"),
        (
            Data(pairs="0123456789abcdef", fraction=0.5),
            "training pairs of S4 from a file (SHA-256 01234567)",
        ),
        (Data(fraction=1, seed=5), "all pairs of S4, seed 5"),
        (
            Data(pairs="0123456789abcdef", labels="random", seed=5),
            "training pairs of S4 from a file (SHA-256 01234567), random labels, seed 5",
        ),
    ],
)
def test_words_say_how_it_is_known_which_pairs_were_trained_on(data, words):
    spec = SPEC.model_copy(update={"data": data})
    assert description(spec, group="S4")["data"] == words


def test_the_configuration_is_whole_and_can_be_read_back():
    """A default that is not written out is there as well."""
    configuration = json.loads(description(SPEC, group="S4")["configuration"])
    assert configuration.pop("group") == "S4"
    assert configuration["optimiser"]["learning_rate"] == 1e-3
    assert Training.model_validate(configuration) == SPEC
