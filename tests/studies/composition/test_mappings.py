"""Which tensor of a file is which parameter, as the configuration says it."""

import re

import numpy as np
import pytest
import torch
import yaml

from ontogeny.studies.composition.networks.architectures.mlp import MLP
from ontogeny.studies.composition.networks.architectures.transformer import Transformer
from ontogeny.studies.composition.networks.foreign import parameters_of

BIASED = MLP(6, embedding=5, hidden=7, biases=True)
PLAIN = MLP(6, embedding=5, hidden=7)
TRANSFORMER = Transformer.progress_measures(6, d_model=8, heads=2, d_head=3, d_mlp=5)
MAPPING = {
    "W_x": "tok.weight",
    "W_y": "tok.weight",
    "W": "fc1.weight.T",
    "b": "fc1.bias",
    "W_U": "fc2.weight.T",
    "b_U": "fc2.bias",
}


class Own(torch.nn.Module):
    """A network as anyone writes it: tied embeddings, two layers with biases."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.tok = torch.nn.Embedding(6, 5)
        self.fc1, self.fc2 = torch.nn.Linear(10, 7), torch.nn.Linear(7, 6)

    def forward(self, left, right):
        hidden = self.fc1(torch.cat([self.tok(left), self.tok(right)], dim=1))
        return self.fc2(torch.relu(hidden))


def tensors_of(module):
    return {name: values.detach().numpy() for name, values in module.state_dict().items()}


def test_a_plain_network_computes_here_what_it_computes_itself():
    own = Own().double()
    found = parameters_of(tensors_of(own), BIASED, MAPPING)
    left, right = (torch.as_tensor(each) for each in np.divmod(np.arange(36), 6))
    ours = BIASED.forward(found, left.numpy(), right.numpy()).logits
    np.testing.assert_allclose(ours, own(left, right).detach(), atol=1e-14)


def test_an_exact_name_goes_before_the_transpose():
    tensors = tensors_of(Own()) | {"fc1.weight.T": np.ones((10, 7), "f4")}
    tensors["fc1.weight"] = np.zeros(3)  # has no effect, so that it may be there
    assert (parameters_of(tensors, BIASED, MAPPING)["W"] == 1).all()


def test_parameters_without_a_name_are_found_by_the_usual_names():
    tensors = tensors_of(Own())
    tensors |= {"b": tensors.pop("fc1.bias"), "b_U": tensors.pop("fc2.bias")}
    some = {name: MAPPING[name] for name in ("W_x", "W_y", "W", "W_U")}
    np.testing.assert_array_equal(parameters_of(tensors, BIASED, some)["b"], tensors["b"])


def test_heads_side_by_side_become_heads():
    """``x W`` of nn.Linear, cut into heads, is ``x W^j`` of each head; likewise of the output."""
    rng = np.random.default_rng(0)
    tensors = {name: rng.normal(size=shape) for name, shape in TRANSFORMER.shapes().items()}
    for name in ("W_Q", "W_K", "W_V"):
        tensors[f"{name}.weight"] = rng.normal(size=(6, 8))
        del tensors[name]
    tensors["out"] = rng.normal(size=(6, 8))
    del tensors["W_O"]
    mapping = {name: f"{name}.weight.T" for name in ("W_Q", "W_K", "W_V")} | {"W_O": "out"}
    found = parameters_of(tensors, TRANSFORMER, mapping)
    x, mixed = rng.normal(size=(4, 8)), rng.normal(size=(4, 6))
    for name in ("W_Q", "W_K", "W_V"):
        plain = torch.nn.functional.linear(*map(torch.tensor, (x, tensors[f"{name}.weight"])))
        by_head = np.concatenate([x @ W for W in found[name]], axis=1)
        np.testing.assert_allclose(by_head, plain, atol=1e-14)
    written = sum(mixed[:, 3 * j : 3 * j + 3] @ found["W_O"][j] for j in range(2))
    np.testing.assert_allclose(written, mixed @ tensors["out"], atol=1e-14)


def test_a_matrix_of_heads_in_the_other_orientation_is_refused_with_both_shapes():
    tensors = {name: np.ones(shape) for name, shape in TRANSFORMER.shapes().items()}
    tensors["q.weight"] = np.ones((6, 8))
    del tensors["W_Q"]
    with pytest.raises(ValueError, match=r"q.weight has the shape \(6, 8\), not \(2, 8, 3\)"):
        parameters_of(tensors, TRANSFORMER, {"W_Q": "q.weight"})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"W": "fc1.wieght.T"}, "has no tensor fc1.wieght, which `tensors.W` names; the file has "),
        ({"W": "fc1.wieght.T"}, "did you mean fc1.weight?"),
        ({"W": "fc1.weight"}, "fc1.weight has the shape (7, 10), not (10, 7): it is the transpose"),
        ({"W": "fc1.weight"}, "write `tensors: {W: fc1.weight.T}`"),
        ({"W_x": "tok.weight.T"}, "write `tensors: {W_x: tok.weight}`"),
        ({"W": "fc2.weight"}, "has the shape (6, 7), not (10, 7): the weights belong to another"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_with_the_remedy(changes, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        parameters_of(tensors_of(Own()), BIASED, MAPPING | changes)


def test_a_tensor_without_a_parameter_is_refused_by_its_name():
    without = {key: name for key, name in MAPPING.items() if not key.startswith("b")}
    with pytest.raises(ValueError, match=r"^fc1.bias has no place in an MLP and is not zero; name"):
        parameters_of(tensors_of(Own()), PLAIN, without)
    with pytest.raises(ValueError, match=r"with `architecture\.biases` set to true"):
        parameters_of(tensors_of(Own()), PLAIN, without)
    parameters_of(tensors_of(Own()), BIASED, MAPPING)


def test_one_parameter_under_two_names_is_refused():
    tensors = tensors_of(Own()) | {"b": np.ones(7, "f4")}
    with pytest.raises(ValueError, match=r"fc1\.bias and b, which are two names of one parameter"):
        parameters_of(tensors, BIASED, MAPPING)


def line_in(message):
    """The mapping that a refusal says, as the configuration would read it."""
    return yaml.safe_load(re.search(r"`tensors: (\{.*?\})`", message)[1])


def test_the_nearest_mapping_can_be_copied():
    with pytest.raises(ValueError, match="lacks W_x, W_y, W, b, W_U, b_U of an MLP") as refused:
        parameters_of(tensors_of(Own()), BIASED)
    assert "fc1.weight (7, 10)" in str(refused.value)
    assert line_in(str(refused.value)) == MAPPING


def test_the_nearest_mapping_of_heads_can_be_copied():
    tensors = {name: np.ones(shape) for name, shape in TRANSFORMER.shapes().items()}
    tensors |= {"q": np.ones((6, 8)), "o": np.ones((8, 6))}
    del tensors["W_Q"], tensors["W_O"]
    with pytest.raises(ValueError, match="lacks W_Q, W_O") as refused:
        parameters_of(tensors, TRANSFORMER)
    assert line_in(str(refused.value)) == {"W_Q": "q.T", "W_O": "o.T"}
    parameters_of(tensors, TRANSFORMER, line_in(str(refused.value)))


def test_parameters_that_no_tensor_can_be_are_named_with_their_shapes():
    with pytest.raises(ValueError, match=r"no tensor has the shape of W \(10, 8\), b \(8,\)"):
        parameters_of(tensors_of(Own()), MLP(6, embedding=5, hidden=8, biases=True))
