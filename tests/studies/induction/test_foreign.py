"""Which tensor of a state dict is which parameter of the decoder, and what is refused."""

import re

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from torch import nn

from induction_layouts import gpt_2, transformer_lens
from ontogeny.networks.decoder import Transformer, sinusoids
from ontogeny.studies.induction.foreign import Sizes, circuit_weights, parameters_of, sizes_of
from ontogeny.studies.induction.layouts import GPT_2

V, L, D, H, M = 11, 2, 8, 2, 12
SHAPE = Transformer(V, layers=L, d_model=D, heads=H, d_mlp=M)


def own(seed=0):
    found = SHAPE.initial(torch.Generator().manual_seed(seed))
    rng = np.random.default_rng(seed)
    return {
        name: values.numpy() + 0.1 * rng.standard_normal(values.shape).astype(np.float32)
        for name, values in found.items()
    }


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(D, bias=False), nn.LayerNorm(D, bias=False)
        self.query, self.key, self.value, self.out = (nn.Linear(D, D, bias=False) for _ in range(4))
        self.fc1, self.fc2 = nn.Linear(D, M), nn.Linear(M, D)


class Plain(nn.Module):
    """A network of one's own, with names of its own."""

    def __init__(self):
        super().__init__()
        self.tok = nn.Embedding(V, D)
        self.layers = nn.ModuleList(Block() for _ in range(L))
        self.final_norm = nn.LayerNorm(D, bias=False)
        self.head = nn.Linear(D, V, bias=False)


NAMED = {
    "W_E": "tok.weight",
    "gain": "layers.{layer}.norm1.weight",
    "W_Q": "layers.{layer}.query.weight.T",
    "W_K": "layers.{layer}.key.weight.T",
    "W_V": "layers.{layer}.value.weight.T",
    "W_O": "layers.{layer}.out.weight.T",
    "gain_mlp": "layers.{layer}.norm2.weight",
    "W_in": "layers.{layer}.fc1.weight.T",
    "b_in": "layers.{layer}.fc1.bias",
    "W_out": "layers.{layer}.fc2.weight.T",
    "b_out": "layers.{layer}.fc2.bias",
    "gain_final": "final_norm.weight",
    "W_U": "head.weight.T",
}


def plain():
    torch.manual_seed(0)
    return {name: values.numpy() for name, values in Plain().state_dict().items()}


@pytest.mark.parametrize("layout", [dict, transformer_lens, gpt_2, lambda p: gpt_2(p, linear=True)])
def test_a_layout_gives_the_parameters_back(layout):
    parameters = own()
    tensors = layout(parameters)
    found = parameters_of(tensors, SHAPE.shapes())
    assert list(found) == list(SHAPE.shapes())
    for name, values in found.items():
        assert_array_equal(values, parameters[name], err_msg=name)
    assert sizes_of(tensors, heads=H) == Sizes(V, L, D, H, D // H, M, smeared_keys=False)


def test_a_mapping_gives_queries_as_torch_computes_them():
    torch.manual_seed(0)
    network = Plain()
    found = parameters_of(plain(), SHAPE.shapes(), NAMED)
    x = torch.randn(3, D)
    queries = torch.einsum("bd,hde->bhe", x, torch.from_numpy(found["W_Q"][1]))
    theirs = network.layers[1].query(x).reshape(3, H, D // H)
    torch.testing.assert_close(queries, theirs)
    written = torch.einsum("bhe,hed->bd", theirs, torch.from_numpy(found["W_O"][0]))
    torch.testing.assert_close(written, network.layers[0].out(theirs.flatten(1)))
    torch.testing.assert_close(x @ torch.from_numpy(found["W_U"]), network.head(x))


def test_the_nearest_mapping_is_given_and_is_right():
    with pytest.raises(ValueError, match="lacks W_E") as caught:
        parameters_of(plain(), SHAPE.shapes())
    written = re.search(r"`tensors: \{(.*?'[^`]*)\}`", str(caught.value))[1]
    assert dict(re.findall(r"(\w+): '([^']+)'", written)) == NAMED


def test_an_exact_name_wins():
    tensors = own()
    tensors["W_U.T"] = tensors.pop("W_U")
    found = parameters_of(tensors, SHAPE.shapes(), {"W_U": "W_U.T"})
    assert_array_equal(found["W_U"], tensors["W_U.T"])


def test_what_changes_nothing_is_left_out():
    tensors = transformer_lens(own()) | {
        "blocks.0.attn.b_Q": np.zeros((H, D // H), np.float32),
        "blocks.0.attn.mask": np.tri(5, dtype=bool),
        "unembed.b_U": np.full(V, 2.0, np.float32),
        "pos_embed.W_pos": sinusoids(20, D).numpy(),
        "steps": np.array(7),
    }
    assert list(parameters_of(tensors, SHAPE.shapes())) == list(SHAPE.shapes())


ONE = np.ones(D, np.float32)


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("blocks.0.attn.b_Q", np.ones((H, D // H)), "is added to the queries"),
        ("blocks.0.attn.b_V", np.ones((H, D // H)), "is added to the values"),
        ("blocks.1.attn.b_O", ONE, "is added to what attention writes"),
        ("unembed.b_U", np.arange(V, dtype=float), "differs between outputs"),
        ("blocks.0.ln1.b", ONE, "is the bias of a normalisation"),
        ("ln_final.b", ONE, "is the bias of a normalisation"),
        ("blocks.0.attn.rotary_sin", np.ones((5, D)), "is of rotary positions"),
        ("blocks.0.mlp.W_gate", np.ones((D, M)), "is of a gated MLP"),
        ("pos_embed.W_pos", np.ones((5, D)), "positions of another kind"),
        ("blocks.2.attn.W_Q", np.ones((H, D, D // H)), "is of layer 2, .* has 2 layers"),
        ("adapter", np.ones((D, D)), "is not zero, which the decoder has no place for"),
    ],
)
def test_what_the_decoder_cannot_compute_is_refused_by_name(name, values, said):
    tensors = transformer_lens(own()) | {name: values}
    with pytest.raises(ValueError, match=f"^{re.escape(name)} .*{said}.*; follow it in a notebook"):
        parameters_of(tensors, SHAPE.shapes())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"W_U": np.ones((V, D))}, r"shape \(11, 8\), and W_U is \(8, 11\); it is the transpose: "),
        ({"W_U": np.ones((D, V + 1))}, r"\(8, 12\), and W_U is \(8, 11\); its sizes are others"),
        ({"W_E": np.full((V, D), np.nan)}, "W_E has numbers that are not finite"),
        ({"W_E": np.ones((V, D), int)}, "W_E has int64 numbers"),
    ],
)
def test_a_tensor_that_does_not_fit_is_refused_with_both_shapes(changed, said):
    with pytest.raises(ValueError, match=said):
        parameters_of(own() | changed, SHAPE.shapes())


def test_names_of_no_parameter_and_unknown_heads_are_refused():
    with pytest.raises(ValueError, match="names W_X, which is not a parameter; parameters are W_E"):
        parameters_of(own(), SHAPE.shapes(), {"W_X": "tok.weight"})
    with pytest.raises(ValueError, match="give `heads`, a divisor of 8"):
        sizes_of(gpt_2(own()))
    with pytest.raises(ValueError, match=r"has no tensor W_E, .*the file has a \(8,\)"):
        sizes_of({"a": ONE})


def test_circuits_need_neither_mlp_nor_gains():
    parameters = own()
    tensors = transformer_lens(parameters) | {"pos_embed.W_pos": np.ones((5, D))}
    tensors = {name: v for name, v in tensors.items() if "ln" not in name and "mlp" not in name}
    found = circuit_weights(tensors)
    assert set(found) == {"W_E", "gain", "W_Q", "W_K", "W_V", "W_O", "gain_final", "W_U"}
    assert_array_equal(found["gain"], np.ones((L, D)))
    for name in ("W_E", "W_Q", "W_O", "W_U"):
        assert_array_equal(found[name], parameters[name])
    assert_array_equal(circuit_weights(transformer_lens(parameters))["gain"], parameters["gain"])


def linear():
    """Return queries, keys and values in one matrix of nn.Linear, and other names of one's own."""
    parameters = own()
    tensors = {}
    for name, values in gpt_2(parameters, linear=True).items():
        if not name.endswith(("attn.bias", "masked_bias")):
            tensors[name.replace("transformer.", "net.")] = values
    named = {name: of.replace("transformer.", "net.") for name, of in GPT_2.items()}
    turned = {"W_Q", "W_K", "W_V", "W_O", "W_in", "W_out"}
    right = {k: v.replace(".weight", ".weight.T") if k in turned else v for k, v in named.items()}
    return tensors, right


@pytest.mark.parametrize("parameter", ["W_E", "W_Q", "W_V", "W_in", "W_out", "W_U"])
def test_a_hint_is_accepted_when_it_is_followed(parameter):
    tensors, right = linear()
    parameters_of(tensors, SHAPE.shapes(), right)
    wrong = right[parameter].replace(".T", "") if ".T" in right[parameter] else None
    named = right | {parameter: wrong or f"{right[parameter]}.T"}
    with pytest.raises(ValueError, match="shape") as caught:
        parameters_of(tensors, SHAPE.shapes(), named)
    hint = re.search(r"`tensors: \{(\w+): '([^']+)'\}`", str(caught.value))
    if parameter in {"W_Q", "W_V"} and hint is None:
        assert "equal parts" in str(caught.value)
        return
    parameters_of(tensors, SHAPE.shapes(), named | {hint[1]: hint[2]})


def test_gains_of_a_wrong_shape_are_refused_with_both_shapes():
    changed = own() | {"gain_final": np.ones((D, 2))}
    with pytest.raises(ValueError, match=r"gain_final has the shape \(8, 2\), .* is \(8,\)"):
        parameters_of(changed, SHAPE.shapes())


def test_the_transpose_of_an_output_matrix_is_that_of_all_heads():
    """Heads of width 2 in a stream of 8: (4, 8) is W_O, and (8, 4) is its transpose."""
    shape = Transformer(V, layers=1, d_model=D, heads=H)
    wanted = {**shape.shapes(), "W_O": (1, H, 2, D)}
    tensors = {name: np.ones(each) for name, each in wanted.items()} | {"o.0": np.ones((D, 4))}
    del tensors["W_O"]
    with pytest.raises(ValueError, match=r"transpose: `tensors: \{W_O: 'o.\{layer\}.T'\}`"):
        parameters_of(tensors, wanted, {"W_O": "o.{layer}"})


def test_smeared_keys_that_a_layout_has_no_name_for_are_said_to_be_missing():
    shape = Transformer(V, layers=L, d_model=D, heads=H, d_mlp=M, smeared_keys=True)
    tensors = transformer_lens(own())
    with pytest.raises(ValueError, match=r"lacks smear \(2, 2\)"):
        parameters_of(tensors, shape.shapes())
    smear = np.ones((L, H))
    found = parameters_of(tensors | {"smear": smear}, shape.shapes())
    assert_array_equal(found["smear"], smear)


def test_a_matrix_that_cannot_be_divided_is_refused():
    tensors = own() | {"qkv.0": np.ones((8, 8)), "qkv.1": np.ones((8, 8))}
    del tensors["W_Q"]
    with pytest.raises(ValueError, match="last axis of 8 cannot be divided into 3 equal parts"):
        parameters_of(tensors, SHAPE.shapes(), {"W_Q": "qkv.{layer}[0/3]"})
