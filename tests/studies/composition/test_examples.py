"""The configurations that are shipped: each is valid, and any group's networks generalise."""

from pathlib import Path

import pytest

from ontogeny.config import parse_yaml
from ontogeny.groups import from_table, group
from ontogeny.known_studies import STUDIES
from ontogeny.studies.composition.catalogue.files import read_cayley_table
from ontogeny.studies.composition.networks.runs import train_network
from ontogeny.study import read_sections

ROOT = Path(__file__).parents[3]


def sections(name):
    raw = parse_yaml((ROOT / "config" / name).read_text(encoding="utf-8"))
    return read_sections(raw, STUDIES)


@pytest.mark.parametrize(
    ("name", "experiments", "runs"),
    [
        ("config.yaml", 3, 4),
        ("universality.yaml", 8, 16),
        ("paper.yaml", 20, 132),
        ("any-group.yaml", 7, 7),
        ("progress-measures.yaml", 1, 5),
        ("progress-measures-sweeps.yaml", 49, 90),
    ],
)
def test_shipped_configurations_are_what_they_are_said_to_be(name, experiments, runs, monkeypatch):
    monkeypatch.chdir(ROOT)
    found = sections(name)[0]["composition"].experiments
    assert len(found) == experiments
    assert sum(len(experiment.seeds) for experiment in found.values()) == runs


@pytest.mark.parametrize(("name", "runs"), [("config.yaml", 2), ("induction.yaml", 27)])
def test_shipped_runs_of_induction_heads(name, runs, monkeypatch):
    monkeypatch.chdir(ROOT)
    found = sections(name)[0]["induction"].experiments
    assert sum(len(experiment.seeds) for experiment in found.values()) == runs


def until_it_generalises(training):
    """Return a training that ends at its first checkpoint with a low test loss."""
    stop = training.schedule.early_stop.model_copy(update={"quiet": 0})
    schedule = training.schedule.model_copy(update={"early_stop": stop})
    return training.model_copy(update={"schedule": schedule})


@pytest.mark.parametrize(
    "name",
    ["q8-bilinear", "f20-mlp", "f21-bilinear", "c2xs4-mlp", "c3xc3xc3-mlp", "sl23-mlp",
     "heisenberg3-bilinear"],
)  # fmt: skip
def test_networks_on_any_group_generalise(name, monkeypatch):
    monkeypatch.chdir(ROOT)
    found, shared = sections("any-group.yaml")
    experiment = found["composition"].experiments[name]
    given = shared["groups"].get(experiment.group)
    if given:
        table, labels = read_cayley_table(given.table)
        product = from_table(experiment.group, table, labels=labels).table
    else:
        product = group(experiment.group).table
    record = train_network(product, until_it_generalises(experiment.training(0)))
    test_accuracy = record.measures["accuracy"][:, 1]
    assert test_accuracy[0] < 0.5
    assert test_accuracy[-1] > 0.99
