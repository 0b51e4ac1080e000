"""The example in docs/own-networks.md is read, and its refusal is what is said there."""

import re

import pytest
import torch

from ontogeny.config import ConfigurationError, parse_yaml
from ontogeny.groups import group
from ontogeny.known_studies import STUDIES
from ontogeny.plans import plans_of
from ontogeny.study import Places
from project import ROOT

PAGE = (ROOT / "docs" / "own-networks.md").read_text()
SETTINGS = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1]


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    """The files that the example names: a table of Q8, two checkpoints, training pairs."""
    monkeypatch.chdir(tmp_path)
    table = group("Q8").table
    lines = "\n".join(",".join(map(str, row)) for row in table)
    (tmp_path / "mine.csv").write_text(lines + "\n")
    (tmp_path / "training-pairs.csv").write_text("left,right\n0,1\n5,7\n")
    own = torch.nn.ModuleDict(
        {
            "tok": torch.nn.Embedding(8, 64),
            "fc1": torch.nn.Linear(128, 100),
            "fc2": torch.nn.Linear(100, 8),
        }
    )
    (tmp_path / "checkpoints").mkdir()
    for step in (0, 100):
        torch.save(own.state_dict(), tmp_path / "checkpoints" / f"step_{step}.pt")


def read(raw):
    return plans_of(raw, STUDIES, Places("any"))["composition"].section.experiments["own"]


def test_the_example_is_read():
    found = read(parse_yaml(SETTINGS))
    assert sorted(found.checkpoints_of(0)) == [0, 100]
    assert found.data.fraction == 2 / 64


def test_the_refusal_is_that_of_the_page():
    raw = parse_yaml(SETTINGS)
    del raw["composition"]["experiments"]["own"]["tensors"]
    with pytest.raises(ConfigurationError) as refused:
        read(raw)
    written = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)[1]
    assert str(refused.value).splitlines()[0] == " ".join(written.split())
