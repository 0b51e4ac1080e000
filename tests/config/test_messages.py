"""Messages name the key as the file has it, also where names of entries, fields and kinds agree."""

from typing import Annotated, Literal

import pytest
from pydantic import Field

from ontogeny.config import ConfigurationError, Count, Section, validate


class Layers(Section):
    depth: Count = Field(1, description="Layers.")


class Network(Section):
    kind: Literal["network"] = "network"
    network: Layers = Layers()
    corpus: str = Field(description="Name of a corpus.")


class Vote(Section):
    kind: Literal["vote"] = "vote"


Rater = Annotated[Network | Vote, Field(discriminator="kind")]


class Study(Section):
    raters: dict[str, Rater] = Field({})
    best: Rater | None = None


NAMES = ["a", "network", "vote", "corpus", "kind", "depth"]
WRONG = [
    ({}, ".kind`: is missing; must be one of network, vote"),
    (
        {"kind": "netwrk"},
        ".kind` = 'netwrk': must be one of network, vote; did you mean `network`?",
    ),
    ({"kind": None}, ".kind` = null: must be one of network, vote"),
    (
        {"kind": "vote", "name": 1},
        ".name` = 1: unknown key of the kind `vote`; known keys are kind",
    ),
    ({"kind": "network"}, ".corpus`: is missing; give it: name of a corpus"),
    ({"kind": "vote", "kin": 1}, ".kin` = 1: unknown key; did you mean `kind`?"),
    (
        {"kind": "network", "corpus": "c", "network": {"depth": 0}},
        ".network.depth` = 0: must be greater than or equal to 1",
    ),
    (
        {"kind": "network", "corpus": "c", "network": {"dept": 1}},
        ".network.dept` = 1: unknown key; did you mean `depth`?",
    ),
    ({"kind": "network", "corpus": "c", "network": 3}, ".network` = 3: must be a mapping"),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("value", "said"), WRONG, ids=[said[:25] for _, said in WRONG])
def test_an_entry_may_be_named_as_a_kind_or_a_field(name, value, said):
    with pytest.raises(ConfigurationError) as refused:
        validate({"raters": {name: value}}, Study, at="study")
    assert str(refused.value).startswith(f"`study.raters.{name}{said}")


@pytest.mark.parametrize(("value", "said"), WRONG, ids=[said[:25] for _, said in WRONG])
def test_a_field_that_may_be_missing_has_the_same_messages(value, said):
    with pytest.raises(ConfigurationError) as refused:
        validate({"best": value}, Study)
    assert str(refused.value).startswith(f"`best{said}")


def test_a_value_whose_place_is_not_in_the_whole_is_named_by_its_own_keys():
    with pytest.raises(ConfigurationError) as refused:
        validate({"kind": "network", "network": {}}, Rater)
    assert str(refused.value) == "`corpus`: is missing; give it: name of a corpus"
