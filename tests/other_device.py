"""Training on another device than the CPU: a GPU where there is one, and a pretended one.

The pretended device computes on the CPU and refuses what a real one refuses: an operation on
tensors of which some are there and others on the CPU. Its tensors say that they lie on ``meta``. As
on a GPU, a CPU tensor without dimensions may stand beside others, but not in a fused optimiser, and
indices may lie on the CPU.
"""

from contextlib import contextmanager
from unittest import mock

import pytest
import torch
from torch.utils._mode_utils import no_dispatch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

PRETENDED = torch.device("meta")

devices = pytest.mark.parametrize(
    "device",
    [
        "pretended",
        pytest.param(
            "cuda",
            marks=[
                pytest.mark.cuda,
                pytest.mark.skipif(not torch.cuda.is_available(), reason="PyTorch finds no GPU"),
            ],
        ),
    ],
)


@contextmanager
def other_device(name, runs):
    """Let a configuration that says ``cuda`` train there.

    Parameters
    ----------
    name : {"pretended", "cuda"}
    runs : module
        The one that trains, with `device_of`.
    """
    if name == "cuda":
        yield
        return
    supported = "torch.optim.optimizer._get_fused_kernels_supported_devices"
    with (
        mock.patch(supported, return_value=["cpu", PRETENDED.type]),
        mock.patch.object(runs, "device_of", return_value=PRETENDED),
        _Mode(),
    ):
        yield


class _There(torch.Tensor):
    """A tensor that says it lies on the pretended device, around one on the CPU."""

    @staticmethod
    def __new__(cls, inner):
        made = torch.Tensor._make_wrapper_subclass(
            cls, inner.size(), strides=inner.stride(), storage_offset=inner.storage_offset(),
            dtype=inner.dtype, device=PRETENDED,
        )  # fmt: skip
        made.inner = inner
        return made

    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
        return _computed(function, args, kwargs or {})


class _Mode(TorchDispatchMode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        return _computed(function, args, kwargs or {})


def _computed(function, args, kwargs):
    """Return the result of an operation on the CPU, on the device where it belongs."""
    name = function.name()
    tensors = [each for each in tree_leaves((args, kwargs)) if isinstance(each, torch.Tensor)]
    there = [each for each in tensors if isinstance(each, _There)]
    here = [each for each in tensors if not isinstance(each, _There)]
    if name == "aten::index.Tensor" and there:
        assert isinstance(args[0], _There), f"{name} of a tensor on the CPU by indices elsewhere"
    elif name not in {"aten::_to_copy", "aten::copy_"} and there:
        strangers = [each for each in here if each.dim() or "_fused_" in name]
        assert not strangers, f"{name} on tensors of two devices"
    wanted = kwargs.get("device")
    if wanted is not None:
        belongs_there = torch.device(wanted) == PRETENDED
        kwargs = kwargs | {"device": torch.device("cpu")}
    else:
        belongs_there = isinstance(args[0], _There) if name == "aten::copy_" else bool(there)
    inner_args, inner_kwargs = tree_map(
        lambda each: each.inner if isinstance(each, _There) else each, (args, kwargs)
    )
    found = function(*inner_args, **inner_kwargs)
    if torch.Tag.inplace_view in function.tags:
        with no_dispatch():  # the outer tensor takes the new shape as well
            function(*args, **kwargs)
    outer = {id(each.inner): each for each in there}
    return tree_map(
        lambda each: (
            outer[id(each)]
            if id(each) in outer
            else _There(each)
            if isinstance(each, torch.Tensor) and belongs_there
            else each
        ),
        found,
    )
