"""The quick forms against the obvious ones, which are written here as the papers write them."""

import numpy as np
import pytest
import torch

from ontogeny.groups import group
from ontogeny.studies.composition.addition.algorithms import hidden_gradients
from ontogeny.studies.composition.networks.architectures import Dropout
from ontogeny.studies.composition.networks.architectures.bilinear import Bilinear
from ontogeny.studies.composition.networks.architectures.deep_transformer import DeepTransformer
from ontogeny.studies.composition.networks.architectures.mlp import MLP
from ontogeny.studies.composition.networks.architectures.tied_mlp import TiedMLP
from ontogeny.studies.composition.networks.architectures.transformer import Transformer
from ontogeny.training import ParameterBuffer

TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-5}

ARCHITECTURES = {
    "mlp": MLP(7, embedding=5, hidden=6),
    "mlp, narrow": MLP(5, embedding=9, hidden=1),
    "mlp, biases": MLP(7, embedding=5, hidden=6, biases=True),
    "mlp, squares": MLP(7, embedding=5, hidden=6, activation="square"),
    "mlp, squares, biases": MLP(7, embedding=5, hidden=6, biases=True, activation="square"),
    "tied mlp": TiedMLP(7, hidden=6),
    "tied mlp, squares": TiedMLP(7, hidden=6, activation="square"),
    "bilinear": Bilinear(7, hidden=6),
    "transformer": Transformer.universality(7, d_model=8, heads=2, d_head=4, d_mlp=10),
    "transformer, many outputs": Transformer.universality(9, d_model=8, heads=2, d_head=4, d_mlp=5),
    "transformer, biases": Transformer.progress_measures(6, d_model=10, heads=3, d_head=2, d_mlp=7),
    "transformer, biases, many outputs": Transformer.progress_measures(
        9, d_model=8, heads=1, d_head=3, d_mlp=7
    ),
    "deep transformer": DeepTransformer(6, layers=2, d_model=10, heads=3, d_head=2, d_mlp=7),
    "three layers": DeepTransformer(
        9, layers=3, d_model=8, heads=2, d_head=3, d_mlp=5, equals_output=False
    ),
}
architectures = pytest.mark.parametrize(
    "architecture", ARCHITECTURES.values(), ids=ARCHITECTURES.keys()
)
dtypes = pytest.mark.parametrize("dtype", TOLERANCE, ids=str)


def slow_forward(architecture, parameters, left, right, factors=lambda hidden: None):
    """Logits and hidden layer; `factors` are those of dropout."""

    def dropped(hidden):
        factor = factors(hidden)
        return hidden if factor is None else hidden * factor

    if isinstance(architecture, Transformer | DeepTransformer):
        return slow_transformer(architecture, parameters, left, right, dropped)[:2]
    names = ("W_E", "W_E") if isinstance(architecture, TiedMLP) else ("W_x", "W_y")
    x, y = parameters[names[0]][left], parameters[names[1]][right]
    if isinstance(architecture, Bilinear):
        hidden = x * y
    else:
        before = x + y
        if isinstance(architecture, MLP):
            before = torch.hstack([x, y]) @ parameters["W"] + parameters.get("b", 0)
        hidden = before**2 if architecture.activation == "square" else torch.relu(before)
    hidden = dropped(hidden)
    return hidden @ parameters["W_U"] + parameters.get("b_U", 0), hidden


def slow_transformer(architecture, parameters, left, right, dropped=lambda hidden: hidden):
    """Logits, hidden layer and attention of the last position, from the whole sequence."""
    tokens = torch.stack([left, right, torch.full_like(left, architecture.order)], dim=1)
    x = parameters["W_E"][tokens] + parameters["W_pos"]
    outer = ("W_E", "W_pos", "W_U")
    inner = {name: value for name, value in parameters.items() if name not in outer}
    if isinstance(architecture, Transformer):
        inner = {name: value[None] for name, value in inner.items()}
    for layer in range(len(inner["W_Q"])):
        block = {name: value[layer] for name, value in inner.items()}
        x, hidden, pattern = slow_block(architecture, block, x, dropped)
    return (x @ parameters["W_U"])[:, -1], hidden[:, -1], pattern[:, :, -1]


def slow_block(architecture, parameters, x, dropped):
    """Residual stream, hidden layer and attention of all positions."""
    names = ("W_Q", "W_K", "W_V", "W_O", "W_in", "W_out")
    W_Q, W_K, W_V, W_O, W_in, W_out = (parameters[name] for name in names)
    q, k, v = (torch.einsum("bid,hdk->bhik", x, W) for W in (W_Q, W_K, W_V))
    scores = torch.einsum("bhik,bhjk->bhij", q, k) / architecture.d_head**0.5
    future = torch.ones(3, 3, dtype=torch.bool).triu(1)
    pattern = scores.masked_fill(future, -torch.inf).softmax(-1)
    mixed = torch.einsum("bhij,bhjk->bhik", pattern, v)
    x = x + torch.einsum("bhik,hkd->bid", mixed, W_O)
    hidden = dropped(torch.relu(x @ W_in + parameters.get("b_in", 0)))
    x = x + hidden @ W_out + parameters.get("b_out", 0)
    return x, hidden, pattern


def some_parameters(architecture, dtype, *, scale=1.0):
    """Initial parameters, with biases that are not zero."""
    generator = torch.Generator().manual_seed(3)
    initial = architecture.initial(generator)
    noise = {name: torch.randn(v.shape, generator=generator) for name, v in initial.items()}
    return {name: scale * (v + 0.1 * noise[name]).to(dtype) for name, v in initial.items()}


def some_pairs(n, number):
    generator = torch.Generator().manual_seed(4)
    return tuple(torch.randint(n, (number,), generator=generator) for _ in range(3))


def pairs_of_few_elements(n):
    """Pairs that never have some elements on the left, and others never on the right."""
    left, right, target = some_pairs(n, 33)
    return left // 2 * 2, right.clamp_max(n - 3), target


PAIRS = {
    "one pair": lambda n: some_pairs(n, 1),
    "even number": lambda n: some_pairs(n, 12),
    "odd number": lambda n: some_pairs(n, 41),
    "few elements": pairs_of_few_elements,
    "equal factors": lambda n: (torch.arange(n), torch.arange(n), torch.arange(n).flip(0)),
}

JOINED = {
    "sum": lambda x, y: (x + y).relu(),
    "square": lambda x, y: (x + y) ** 2,
    "product": lambda x, y: x * y,
}


def assert_near(found, expected, tolerance):
    """Equal up to `tolerance` times the largest entry."""
    largest = float(expected.abs().max())
    torch.testing.assert_close(found.to(expected.dtype), expected, rtol=0, atol=tolerance * largest)


def assert_descends(architecture, parameters, pairs, dtype):
    """Loss and gradient of the objective equal those of the slow form, in float64, by autograd."""
    left, right, target = pairs
    slow = {name: value.double().requires_grad_() for name, value in parameters.items()}
    logits, _ = slow_forward(architecture, slow, left, right)
    loss = torch.nn.functional.cross_entropy(logits, target)
    expected = torch.autograd.grad(loss, list(slow.values()), materialize_grads=True)

    objective = architecture.objective(left, right, target, dtype=dtype)
    gradient = {name: torch.full_like(value, torch.nan) for name, value in parameters.items()}
    found = objective(parameters, gradient)
    assert found.shape == ()
    assert found.dtype is dtype
    assert float(found) == pytest.approx(float(loss.detach()), rel=TOLERANCE[dtype], abs=0)
    for name, value in zip(slow, expected, strict=True):
        assert_near(gradient[name], value, TOLERANCE[dtype])


@architectures
def test_arrays_and_tensors_give_the_same(architecture):
    tensors = some_parameters(architecture, torch.float64)
    arrays = {name: value.numpy() for name, value in tensors.items()}
    left, right, _ = some_pairs(architecture.order, 41)
    found = architecture.forward(arrays, left.numpy(), right.numpy())
    expected = architecture.forward(tensors, left, right)
    assert (found.attention is None) == (expected.attention is None)
    for name in ("logits", "hidden", "attention"):
        if getattr(expected, name) is not None:
            assert_near(torch.from_numpy(getattr(found, name)), getattr(expected, name), 1e-13)
    hidden = architecture.hidden_layer(arrays, left.numpy(), right.numpy())
    np.testing.assert_array_equal(hidden, found.hidden)
    readouts = (architecture.readout(arrays), architecture.readout(tensors))
    for name in ("left_embedding", "right_embedding", "unembedding"):
        found, expected = (getattr(each, name) for each in readouts)
        assert_near(torch.from_numpy(found), expected, 1e-13)


@dtypes
@architectures
def test_forward_equals_the_slow_form(architecture, dtype):
    parameters = some_parameters(architecture, dtype)
    left, right, _ = some_pairs(architecture.order, 41)
    found = architecture.forward(parameters, left, right)
    logits, hidden = slow_forward(architecture, parameters, left, right)
    assert_near(found.logits, logits, TOLERANCE[dtype])
    assert_near(found.hidden, hidden, TOLERANCE[dtype])
    if isinstance(architecture, Transformer | DeepTransformer):
        *_, attention = slow_transformer(architecture, parameters, left, right)
        assert_near(found.attention, attention, TOLERANCE[dtype])
    else:
        assert found.attention is None


@dtypes
@pytest.mark.parametrize("pairs", PAIRS.values(), ids=PAIRS.keys())
@architectures
def test_objective_equals_autograd_of_the_slow_form(architecture, pairs, dtype):
    parameters = some_parameters(architecture, dtype)
    assert_descends(architecture, parameters, pairs(architecture.order), dtype)


@pytest.mark.parametrize("number", [3, 4, 8, 9, 11])
@architectures
def test_objective_does_not_depend_on_blocks(architecture, number, monkeypatch):
    package = "ontogeny.studies.composition.networks.architectures"
    for module in ("_table_objective", "_bilinear_objective", "_transformer_objective"):
        monkeypatch.setattr(f"{package}.{module}._BLOCK", 4)
    parameters = some_parameters(architecture, torch.float64)
    pairs = some_pairs(architecture.order, number)
    assert_descends(architecture, parameters, pairs, torch.float64)


@architectures
def test_objective_under_dropout_equals_autograd_of_the_slow_form(architecture):
    """Neurons of one update are dropped as its factors say; those of another update are others."""
    if isinstance(architecture, DeepTransformer):
        pytest.skip("its last layer draws for the last position alone; tested by its own forward")
    parameters = some_parameters(architecture, torch.float64)
    left, right, target = some_pairs(architecture.order, 41)
    dropout = Dropout(rate=0.3, seed=5)
    objective = architecture.objective(left, right, target, dtype=torch.float64, dropout=dropout)
    losses = set()
    for update in (0, 1):
        slow = {name: value.clone().requires_grad_() for name, value in parameters.items()}
        factors = last_position(dropout.factors(update))
        logits, _ = slow_forward(architecture, slow, left, right, factors)
        loss = torch.nn.functional.cross_entropy(logits, target)
        expected = torch.autograd.grad(loss, list(slow.values()), materialize_grads=True)
        gradient = {name: torch.full_like(value, torch.nan) for name, value in parameters.items()}
        found = objective(parameters, gradient, update)
        assert float(found) == pytest.approx(float(loss.detach()), rel=1e-12)
        for name, value in zip(slow, expected, strict=True):
            assert_near(gradient[name], value, 1e-12)
        losses.add(float(found))
    assert len(losses) == 2


def last_position(factors):
    """Factors of the last position alone, where there are several: only they are read."""

    def drawn(hidden):
        if hidden.ndim == 2:
            return factors(hidden)
        factor = torch.ones_like(hidden)
        factor[:, -1] = factors(hidden[:, -1])
        return factor

    return drawn


def test_dropout_of_a_deep_transformer_is_that_of_its_blocks():
    """With one block it is the dropout of the transformer with one layer."""
    dropout = Dropout(rate=0.3, seed=5)
    shallow = Transformer.progress_measures(6, d_model=10, heads=3, d_head=2, d_mlp=7)
    deep = DeepTransformer(6, layers=1, d_model=10, heads=3, d_head=2, d_mlp=7)
    parameters = some_parameters(shallow, torch.float64)
    outer = ("W_E", "W_pos", "W_U")
    stacked = {n: v if n in outer else v[None] for n, v in parameters.items()}
    pairs = some_pairs(6, 41)
    found = []
    for network, values in ((shallow, parameters), (deep, stacked)):
        objective = network.objective(*pairs, dtype=torch.float64, dropout=dropout)
        gradient = {name: torch.empty_like(value) for name, value in values.items()}
        found.append((objective(values, gradient, 7), gradient))
    (loss, slopes), (deep_loss, deep_slopes) = found
    assert float(deep_loss) == pytest.approx(float(loss), rel=1e-12)
    for name, value in slopes.items():
        assert_near(deep_slopes[name].reshape(value.shape), value, 1e-12)


@architectures
def test_objective_gives_the_same_bytes_again(architecture):
    pairs = some_pairs(architecture.order, 41)
    parameters = some_parameters(architecture, torch.float32)
    before = {name: value.clone() for name, value in parameters.items()}
    objective = architecture.objective(*pairs)
    found = []
    for _ in range(2):
        gradient = {name: torch.empty_like(value) for name, value in parameters.items()}
        found.append((objective(parameters, gradient), gradient))
    (loss, gradient), (again, gradient_again) = found
    assert torch.equal(loss, again)
    assert all(torch.equal(gradient[name], gradient_again[name]) for name in gradient)
    assert all(torch.equal(parameters[name], before[name]) for name in parameters)


@architectures
def test_objective_of_huge_logits_is_finite(architecture):
    parameters = some_parameters(architecture, torch.float32)
    parameters["W_U"] *= 1e6
    assert_descends(architecture, parameters, some_pairs(architecture.order, 41), torch.float32)


@architectures
def test_readout_stands_on_elements(architecture):
    n = architecture.order
    parameters = some_parameters(architecture, torch.float64)
    readout = architecture.readout(parameters)
    left, right, _ = some_pairs(n, 20)
    hidden = architecture.forward(parameters, left, right).hidden
    x, y = readout.left_embedding[left], readout.right_embedding[right]
    if architecture.joins is not None:
        assert_near(JOINED[architecture.joins](x, y), hidden, 1e-12)
    else:
        assert torch.equal(x, parameters["W_E"][left])
        assert torch.equal(y, parameters["W_E"][right])
    assert readout.unembedding.shape == (n, hidden.shape[1])
    last = parameters["W_U"]
    if isinstance(architecture, Transformer):
        last = parameters["W_out"] @ last
    elif isinstance(architecture, DeepTransformer):
        last = parameters["W_out"][-1] @ last
    assert_near(hidden @ readout.unembedding.T, (hidden @ last)[:, :n], 1e-12)


@pytest.mark.parametrize("name", [name for name, a in ARCHITECTURES.items() if a.joins])
def test_readout_and_hidden_layer_make_all_of_the_logits(name):
    architecture = ARCHITECTURES[name]
    parameters = some_parameters(architecture, torch.float64)
    left, right, _ = some_pairs(architecture.order, 20)
    found, readout = architecture.forward(parameters, left, right), architecture.readout(parameters)
    constant = 0 if readout.constant is None else readout.constant
    assert_near(found.hidden @ readout.unembedding.T + constant, found.logits, 1e-12)


@pytest.mark.parametrize("name", [name for name, a in ARCHITECTURES.items() if a.joins])
def test_gradients_of_logits_by_the_readout_are_those_of_autograd(name):
    """The gate of the hidden layer has the bias in it."""
    architecture = ARCHITECTURES[name]
    readout = architecture.readout(some_parameters(architecture, torch.float64))
    triples = torch.stack(some_pairs(architecture.order, 20))
    a, b, c = triples
    x, y = (
        each.clone().requires_grad_()
        for each in (readout.left_embedding[a], readout.right_embedding[b])
    )
    (JOINED[architecture.joins](x, y) * readout.unembedding[c]).sum().backward()
    matrices = (readout.left_embedding, readout.right_embedding, readout.unembedding)
    found = hidden_gradients(
        *(each.numpy() for each in matrices), triples.numpy(), joined=architecture.joins
    )
    for mine, theirs in zip(found, (x.grad, y.grad), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-14)


@architectures
def test_initial_parameters_have_the_shapes_and_follow_the_generator(architecture):
    first = architecture.initial(torch.Generator().manual_seed(5))
    again = architecture.initial(torch.Generator().manual_seed(5))
    other = architecture.initial(torch.Generator().manual_seed(6))
    shapes = {name: tuple(value.shape) for name, value in first.items()}
    assert list(shapes.items()) == list(architecture.shapes().items())
    assert all(value.dtype is torch.float32 for value in first.values())
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["W_U"], other["W_U"])


def test_deviations_are_those_of_the_papers():
    generator = torch.Generator().manual_seed(0)

    def deviations(architecture):
        return {name: float(v.std()) for name, v in architecture.initial(generator).items()}

    near = {"rel": 0.05}
    mlp = deviations(MLP(120))
    expected = {"W_x": 1 / 16, "W_y": 1 / 16, "W": 512**-0.5, "W_U": 128**-0.5}
    assert mlp == pytest.approx(expected, **near)
    tied = deviations(TiedMLP(120))
    assert tied == pytest.approx({"W_E": 0.1, "W_U": 0.1}, **near)
    universality = deviations(Transformer.universality(120))
    assert universality == pytest.approx(dict.fromkeys(universality, 0.8 * 128**-0.5), **near)
    progress = deviations(Transformer.progress_measures(113))
    expected = {"b_in": 0, "b_out": 0, "W_U": 114**-0.5}
    assert progress == pytest.approx(dict.fromkeys(progress, 128**-0.5) | expected, **near)


def test_biases_begin_at_zero_and_change_no_other_weight():
    first, with_biases = (
        MLP(6, biases=biases).initial(torch.Generator().manual_seed(2)) for biases in (False, True)
    )
    assert not with_biases.pop("b").any()
    assert not with_biases.pop("b_U").any()
    assert all(torch.equal(first[name], with_biases[name]) for name in first | with_biases)


def test_only_a_bias_of_the_logits_reaches_them_around_the_hidden_layer():
    """What `direct_path` says, tried: whether the hidden layer times W_U is all of the logits."""
    for architecture in ARCHITECTURES.values():
        parameters = some_parameters(architecture, torch.float64)
        left, right, _ = some_pairs(architecture.order, 20)
        found = architecture.forward(parameters, left, right)
        through = found.hidden @ architecture.readout(parameters).unembedding.T
        is_all = torch.allclose(through, found.logits[:, : architecture.order])
        assert is_all is not architecture.direct_path


def test_number_of_parameters_of_the_progress_measures_network():
    shapes = Transformer.progress_measures(113).shapes().values()
    assert sum(torch.Size(shape).numel() for shape in shapes) == 226_816


S5_RUNS = {
    "mlp": (
        MLP(120),
        2,
        0.4,
        [4.788170747, 4.783957647, 4.779931357, 4.776047402, 4.772273964],
    ),
    "transformer": (Transformer.universality(120), 1, 0.6, [4.792968380, 4.787573590, 4.785160193]),
}


@pytest.mark.parametrize(
    ("architecture", "seed", "fraction", "losses"), S5_RUNS.values(), ids=S5_RUNS.keys()
)
def test_first_losses_are_the_published_ones(architecture, seed, fraction, losses):
    n = 120
    rows = torch.randperm(n * n, generator=torch.Generator().manual_seed(seed))
    rows = rows[: int(fraction * n * n)]
    target = torch.tensor(group("S5").table).flatten()[rows]
    objective = architecture.objective(rows // n, rows % n, target)
    buffer = ParameterBuffer(architecture.initial(torch.Generator().manual_seed(seed)))
    adamw = torch.optim.AdamW(
        [buffer.vector], lr=1e-3, betas=(0.9, 0.98), weight_decay=1.0, fused=True
    )
    found = []
    for _ in losses:
        found.append(float(objective(buffer.parameters, buffer.gradient)))
        adamw.step()
    assert found == pytest.approx(losses, rel=0, abs=1e-6)
