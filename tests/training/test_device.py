"""Where a network is trained, and that all that AdamW reads lies there."""

import numpy as np
import pytest
import torch

from ontogeny.config import ConfigurationError
from ontogeny.training import ParameterBuffer, State, _loop, device_name, device_of, state_of


def gpu(monkeypatch, found, *, built_with="12.9"):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: found)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Some GPU 80GB")
    monkeypatch.setattr(torch.version, "cuda", built_with)


def test_a_gpu_is_taken_where_it_is_asked_for_or_there(monkeypatch):
    gpu(monkeypatch, found=True)
    assert [device_of(each).type for each in ("cpu", "cuda", "auto")] == ["cpu", "cuda", "cuda"]
    assert [device_name(each) for each in ("cpu", "auto")] == ["cpu", "Some GPU 80GB"]


def test_without_a_gpu_auto_is_the_cpu_and_cuda_is_refused(monkeypatch):
    gpu(monkeypatch, found=False)
    assert device_of("cpu") == device_of("auto") == torch.device("cpu")
    assert device_name("auto") == "cpu"
    said = "`optimiser.device` = 'cuda': PyTorch finds no GPU on this machine; set it to cpu, or"
    with pytest.raises(ConfigurationError, match=said):
        device_of("cuda")
    gpu(monkeypatch, found=False, built_with=None)
    with pytest.raises(ConfigurationError, match="this PyTorch is built without CUDA; set it"):
        device_name("cuda")


def places(state, dtype):
    device = torch.device("meta")
    buffer = ParameterBuffer({"w": torch.ones(3)}, dtype=dtype, device=device)
    adamw = torch.optim.AdamW([buffer.vector], lr=1e-3)
    _loop._attach_moments(adamw, buffer, state(buffer))
    return {
        name: (each.device.type, each.dtype) for name, each in adamw.state[buffer.vector].items()
    }


def first(buffer):
    zeros = torch.zeros_like(buffer.vector)
    return State(0, buffer.vector, zeros, zeros.clone())


def resumed(buffer):
    return state_of(
        {
            "step": np.array(1), "vector": np.ones(3), "first_moment": np.zeros(3),
            "second_moment": np.zeros(3), "steps": np.array([0]), "checkpoints": np.ones((1, 3)),
            "step_loss": np.zeros(1),
        }
    )  # fmt: skip


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("state", [first, resumed])
def test_step_and_moments_lie_where_the_parameters_are(state, dtype):
    assert places(state, dtype) == {
        "step": ("meta", torch.float32),
        "exp_avg": ("meta", dtype),
        "exp_avg_sq": ("meta", dtype),
    }
