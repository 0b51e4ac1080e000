"""What the results of a run say that they are of."""

import json

from ontogeny.studies.induction.config import Phrases, Text, Training
from ontogeny.studies.induction.records import description

SPEC = Training.model_validate({"network": {"layers": 1, "smeared_keys": True}, "seed": 2})
CORPUS = Phrases(length=16)


def test_network_and_data_are_words():
    found = description(SPEC, CORPUS, corpus="short")
    assert found["corpus"] == "short"
    assert found["network"] == "1 layer of width 64, 4 heads each, attention only, smeared keys"
    assert found["data"] == (
        "256 sequences of 16 tokens out of 64, each with 4 phrases of 3 tokens of its own "
        "(start probability 0.35)"
    )


def test_a_file_is_told_by_the_beginning_of_its_digest_and_whole_in_the_configuration():
    digest = "0123456789abcdef" * 4
    found = description(SPEC, Text(files=(digest,)), corpus="text-1")
    assert "files (SHA-256 01234567); " in found["data"]
    assert json.loads(found["configuration"])["corpus"]["files"] == [digest]


def test_the_configuration_is_whole_and_can_be_read_back():
    """A default that is not written out is there as well."""
    configuration = json.loads(description(SPEC, CORPUS, corpus="short")["configuration"])
    assert Phrases.model_validate(configuration.pop("corpus")) == CORPUS
    assert configuration["optimiser"]["learning_rate"] == 3e-3
    assert Training.model_validate(configuration) == SPEC
