import numpy as np
import pytest
import torch

from ontogeny.training import ParameterBuffer

SHAPES = {"W": (3, 4), "scalar": (), "b": (5,), "cube": (2, 1, 3)}
SIZE = 12 + 1 + 5 + 6


def initial():
    generator = torch.Generator().manual_seed(0)
    return {name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}


def test_vector_holds_the_parameters_in_their_order():
    values = initial()
    buffer = ParameterBuffer(values)
    expected = torch.cat([value.flatten() for value in values.values()])
    assert list(buffer.parameters) == list(buffer.gradient) == list(SHAPES)
    assert torch.equal(buffer.vector, expected)
    assert torch.equal(buffer.vector.grad, torch.zeros(SIZE))


def test_parameters_and_gradient_are_views():
    buffer = ParameterBuffer(initial())
    buffer.parameters["b"].fill_(7)
    buffer.gradient["cube"].fill_(3)
    assert buffer.vector[13:18].tolist() == [7] * 5
    assert buffer.vector.grad.tolist() == [0] * 18 + [3] * 6


def test_initial_values_are_copied():
    values = initial()
    buffer = ParameterBuffer(values)
    before = values["W"].clone()
    buffer.vector.zero_()
    assert torch.equal(values["W"], before)


def test_type_is_chosen():
    buffer = ParameterBuffer(initial(), dtype=torch.float64)
    assert buffer.vector.dtype is buffer.vector.grad.dtype is torch.float64
    assert buffer.parameters["W"].dtype is torch.float64


def test_one_fused_update_equals_an_update_of_each_parameter():
    values = initial()
    buffer = ParameterBuffer(values)
    single = [value.clone().requires_grad_() for value in values.values()]
    options = {"lr": 1e-2, "betas": (0.9, 0.98), "weight_decay": 1.0}
    fused = torch.optim.AdamW([buffer.vector], fused=True, **options)
    plain = torch.optim.AdamW(single, foreach=False, **options)
    for step in range(4):
        for parameter, gradient in zip(single, buffer.gradient.values(), strict=True):
            gradient.copy_(torch.sin(parameter.detach() + step))
            parameter.grad = gradient.clone()
        fused.step()
        plain.step()
    for parameter, found in zip(single, buffer.parameters.values(), strict=True):
        torch.testing.assert_close(found, parameter.detach(), rtol=1e-6, atol=1e-7)


def test_split_undoes_the_joining_of_many_networks():
    vectors = np.arange(2 * SIZE, dtype=np.float64).reshape(2, SIZE)
    found = ParameterBuffer(initial()).split(vectors)
    assert {name: value.shape for name, value in found.items()} == {
        name: (2, *shape) for name, shape in SHAPES.items()
    }
    assert np.array_equal(np.hstack([v.reshape(2, -1) for v in found.values()]), vectors)


def test_split_refuses_another_length():
    with pytest.raises(ValueError, match=r"`vectors` must end in an axis of length 24, got .*23"):
        ParameterBuffer(initial()).split(np.zeros((2, 23)))
