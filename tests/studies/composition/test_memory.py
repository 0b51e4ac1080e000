import subprocess
import sys

import pytest
import torch

from ontogeny.studies.composition.catalogue.sections import GivenGroup
from ontogeny.studies.composition.memory import most_elements, reading_memory, training_memory
from ontogeny.studies.composition.resolution import resolve

READ = """
import sys
from ontogeny.groups import group
from ontogeny.joblog import peak_memory
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.networks.runs import train_network
product = group(sys.argv[1]).table
spec = Training.model_validate_json(sys.argv[2])
train_network(product, spec)
print(peak_memory())
"""
"""Trains a network and says how much memory this took [MB]."""


TOOK_MOST = 4172
"""Memory [MB] that the stage which needs most took on a network of S6: less kills the job."""


def experiment(group="S5", kind="mlp", steps=2, **fields):
    raw = {"group": group, "architecture": {"kind": kind}, "seeds": [0]}
    raw |= {"schedule": {"steps": steps}} | fields
    return resolve({"experiments": {"e": raw}}, groups={}).experiments["e"]


def asked(group, **fields):
    """The memory that training a network and reading it ask for [MB]."""
    n, of = most_elements(group, None), experiment(group, **fields)
    return training_memory(of, n), reading_memory(of, n)


@pytest.mark.parametrize("kind", ["mlp", "transformer"])
def test_training_takes_no_more_than_it_asks_for(kind):
    spec = experiment("A5", kind).training(0)
    command = [sys.executable, "-c", READ, "A5", spec.model_dump_json()]
    took = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert asked("A5", kind=kind)[0] / 2 < took <= asked("A5", kind=kind)[0]


def test_reading_a_large_group_asks_for_several_copies_of_activations_and_logits():
    n, h = 720, 128
    assert asked("S6")[1] > 2 * 8 * (n**2 * h + n**3 / 3) / 2**20
    assert asked("S6")[1] > TOOK_MOST
    assert asked("S5")[1] < 1000


def test_a_network_from_files_asks_for_as_many_checkpoints_as_it_has(tmp_path):
    """Not for those that its schedule would store if it were trained here."""
    tensors = {"W_x": (120, 256), "W_y": (120, 256), "W": (512, 128), "W_U": (128, 120)}
    torch.save({name: torch.zeros(shape) for name, shape in tensors.items()}, tmp_path / "a.pt")
    fields = {"weights": str(tmp_path / "a.pt"), "schedule": {"steps": 10**6}}
    assert asked("S5", **fields) == asked("S5", **fields | {"schedule": {"steps": 10}})
    assert asked("S5", **fields)[1] < asked("S5", schedule={"steps": 10**6})[1]


def test_more_neurons_checkpoints_and_bytes_ask_for_more():
    wide = {"architecture": {"kind": "mlp", "hidden": 4096}}
    many = {"schedule": {"steps": 10_000, "checkpoints": {"every": 5}}}
    for fields in (wide, many):
        assert min(b - a for a, b in zip(asked("S5"), asked("S5", **fields), strict=True)) > 100
    assert asked("S6", optimiser={"precision": "float64"})[0] > asked("S6")[0] + 1000


def test_the_order_is_that_of_the_name_or_at_most_what_a_table_can_hold(tmp_path):
    assert [most_elements(name, None) for name in ("C2xS4", "A6", "F21")] == [48, 360, 21]
    table = tmp_path / "table.csv"
    for n in (1, 7, 60):
        table.write_text("\n".join(",".join(str((a + b) % n) for b in range(n)) for a in range(n)))
        bound = most_elements("mine", GivenGroup(table=str(table)))
        assert n <= bound <= 1.3 * n + 2
    assert most_elements("mine", GivenGroup(table=str(tmp_path / "absent.csv"))) == 1000
    assert most_elements("mine", GivenGroup(permutations=["(1 2 3)"])) == 1000
