"""Where the configuration asks for a GPU and there is none, it is refused before any job starts."""

import subprocess
import sys

import pytest
import torch

from ontogeny.config import ConfigurationError
from ontogeny.known_studies import STUDIES
from ontogeny.study import read_sections
from ontogeny.workflow.devices import require_devices

EXPERIMENT = {"group": "S3", "seeds": [0], "architecture": {"kind": "mlp"}}
CUDA = {"optimiser": {"device": "cuda"}}
JOBS = [{}, None, {"seed": 0} | CUDA]
"""Specifications of an analysis, of a step without any, and of a training."""


def sections(experiment, **others):
    return read_sections({"composition": {"experiments": {"a": experiment}}} | others, STUDIES)[0]


@pytest.fixture
def looked_for(monkeypatch):
    """Whether PyTorch was asked for a GPU, which this machine does not have; a list of answers."""
    answers = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: bool(answers.append(False)))
    return answers


@pytest.mark.usefixtures("looked_for")
def test_a_gpu_that_is_not_there_is_refused_by_key_with_the_remedy():
    found = sections(
        EXPERIMENT | CUDA,
        rlhf={
            "worlds": {"w": {"kind": "enumerated", "vocabulary": 4, "length": 3}},
            "policies": {"s": {"world": "w"} | CUDA},
        },
    )
    with pytest.raises(ConfigurationError) as refused:
        require_devices(found, JOBS)
    first, second = str(refused.value).splitlines()
    assert first.startswith("`composition.experiments.a.optimiser.device` = 'cuda': ")
    assert second.startswith("`rlhf.policies.s.optimiser.device` = 'cuda': ")
    for line in (first, second):
        assert line.endswith("set it to cpu, or to auto, which takes a GPU only where there is one")


@pytest.mark.parametrize("device", ["cpu", "auto"])
def test_other_devices_need_no_gpu(looked_for, device):
    optimiser = {"optimiser": {"device": device}}
    require_devices(sections(EXPERIMENT | optimiser), [optimiser])
    assert not looked_for


def test_results_that_were_made_on_a_gpu_are_analysed_without_one(looked_for):
    require_devices(sections(EXPERIMENT | CUDA), JOBS[:2])
    assert not looked_for


def test_a_gpu_that_is_there_is_taken(monkeypatch):
    answers = [True]
    monkeypatch.setattr(torch.cuda, "is_available", answers.pop)
    require_devices(sections(EXPERIMENT | CUDA), JOBS)
    assert not answers


def test_nothing_asks_pytorch_without_need():
    code = """
import sys
from ontogeny.known_studies import STUDIES
from ontogeny.study import read_sections
from ontogeny.workflow.devices import require_devices
experiment = {"group": "S3", "seeds": [0], "architecture": {"kind": "mlp"}}
sections = read_sections({"composition": {"experiments": {"a": experiment}}}, STUDIES)[0]
require_devices(sections, [{}])
sys.exit("torch" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
