"""Every variable of the tables in docs/addition.md, by its definition there, of one small network.

The network is that of `worked_network`; what runs along training is worked out from a run that
adds in the end.
"""

import re
from functools import cache

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from scipy.stats import spearmanr

from ontogeny.studies.composition.addition.interventions import (
    LOGIT_INTERVENTIONS,
    NEURON_INTERVENTIONS,
    TRANSFORMER_INTERVENTIONS,
)
from ontogeny.studies.composition.addition.waves import WIDTHS
from ontogeny.studies.composition.networks.build import build
from ontogeny.training import decay, rate
from project import ROOT
from studies.composition.addition import plain
from studies.composition.addition.runs import right, trained
from studies.composition.addition.worked_network import (
    FREQUENCIES,
    A,
    B,
    F,
    K,
    P,
    Q,
    block_share,
    case,
    centred,
    directions,
    frequency_share,
    key,
    logits,
    loss_and_accuracy,
    matrices,
    network_of,
    neurons,
    on_all_pairs,
    pattern,
    sequence,
    spectra,
    stream,
    wave_norms,
)

ROUND = {"rtol": 1e-5, "atol": 1e-7}
"""The stored weights are float32, and so are the activations and components that are stored."""

WORKED = {}


def worked(*names):
    """Register a function that returns the value of each of some variables, in this order."""

    def register(function):
        function = cache(function)
        for name in names:
            assert name not in WORKED
            WORKED[name] = (function, names)
        return function

    return register


# Key frequencies


@worked("key_by_rule", "key_votes", "key_frequency", "key_disagreement", "key_margin")
def rules():
    shares = np.array(frequency_share(case().W_L))
    ordered = np.sort(shares)[::-1]
    fall = np.log(ordered[:-1]) - np.log(ordered[1:])
    gap = (shares >= ordered[np.argmax(fall)]) & (shares > 2 / Q)
    waves = wave_norms(case().E)[1:].reshape(-1, 2).max(axis=1)
    embedding = waves > waves.max() / 4
    best = np.array([[block_share(n, k) for k in FREQUENCIES] for n in case().N.transpose(2, 0, 1)])
    counted = [(best.argmax(axis=1)[best.max(axis=1) > 0.85] == k - 1).sum() for k in FREQUENCIES]
    cluster = np.array(counted) >= 0.01 * len(best)
    whole = loss_and_accuracy(case().L)[0][2]
    without = [loss_and_accuracy(case().L - plain.projected(case().L, [k], "block"))[0][2]
               for k in FREQUENCIES]  # fmt: skip
    ablation = np.array(without) > 10 * whole
    by_rule = np.array([gap, embedding, cluster, ablation])
    assert (gap == key()).all()  # the network is made for it
    margin = min(
        sum(1 - np.cos(2 * np.pi * k * d / P) for k in np.flatnonzero(gap) + 1) for d in range(1, P)
    )
    return by_rule, by_rule.sum(axis=0), gap, (by_rule != gap).sum(axis=1), margin


# In both files


@worked("loss", "accuracy")
def losses():
    return loss_and_accuracy(case().L)


@worked("restricted_wave_loss", "restricted_wave_accuracy")
def restricted():
    L = case().L
    found = []
    for place in ("logits", "neurons"):
        for width in WIDTHS:
            kept = (plain.projected(L, K, width) if place == "logits"
                    else plain.projected(case().N, K, width) @ case().W_L.T)  # fmt: skip
            found.append(loss_and_accuracy(kept + L.mean(axis=(0, 1)) - kept.mean(axis=(0, 1))))
    loss, accuracy = np.array(found).transpose(1, 0, 2).reshape(2, 2, 3, 3)
    return loss, accuracy


@worked("excluded_wave_loss", "excluded_wave_accuracy")
def excluded():
    L = case().L
    cubes = sum(np.sum(L * plain.cube(P, k)) * plain.cube(P, k) for k in K)
    parts = (plain.projected(L, K), plain.projected(case().N, K) @ case().W_L.T, cubes)
    return np.array([loss_and_accuracy(L - part) for part in parts])[:, :, 0].T


@worked(
    "excluded_wave_loss_by_frequency",
    "excluded_wave_accuracy_by_frequency",
    "excluded_wave_loss_largest",
)
def excluded_by_frequency():
    L = case().L
    each = [loss_and_accuracy(L - plain.projected(L, [k])) for k in FREQUENCIES]
    loss = [one[0][0] for one in each]
    return loss, np.where(key(), [one[1][0] for one in each], np.nan), max(loss)


@worked("test_over_restricted_wave_loss")
def ratio():
    return (losses()[0][1] / restricted()[0][0, 0, 2],)


@worked("cube_coefficient", "cube_amplitude", "cube_cosine")
def cubes():
    L = case().L
    x = np.array([np.sum(L * plain.cube(P, k)) for k in FREQUENCIES])
    return x, np.sqrt(2) * P**-1.5 * x, x / np.linalg.norm(L)


@worked("cube_fve")
def cube_shares():
    L, x = case().L, cubes()[0]
    both = L - L.mean(axis=2, keepdims=True) - L.mean(axis=(0, 1)) + L.mean()
    return ([x**2 / np.sum(z**2) for z in (L, L - L.mean(), both)],)


@worked("cube_fve_of_key", "uniform_loss")
def cubes_of_key():
    return np.sum(np.array(cube_shares()[0])[:, key()], axis=1), np.log(P)


@worked("spectrum_gini")
def sparsity():
    return ([spectra(matrix) for matrix in matrices()],)


@worked("embedding_norm", "unembedding_norm")
def norms():
    left, right, read = (wave_norms(matrix) for matrix in matrices())
    return [left, right], read


@worked("squared_weights", "parameter_squared_weights", "weight_norm", "last_layer_norm")
def sizes():
    each = [np.sum(value**2) for value in case().w.values()]
    return sum(each), each, np.sqrt(sum(each)), np.linalg.norm(case().w["W_U"])


@worked("fourier_density", "fourier_crispness")
def density():
    cosine, sine = wave_norms(case().E)[1:].reshape(-1, 2).T
    assert sine.max() < cosine.max() / 2
    dense = [c > cosine.max() / 2 for c in cosine] + [s > sine.max() / 2 for s in sine]
    crisp = [min(c / s, s / c) for c, s in zip(cosine, sine, strict=True)]
    return [np.mean(dense)] * 2, [np.mean(crisp)] * 2


@worked("logit_margin", "logit_norm", "efficiency", "generalising_share")
def circuits():
    whole = centred(case().L)
    generalising = plain.projected(whole, K)
    parts = (whole, generalising, whole - generalising)
    pairs = list(zip(*np.nonzero(case().train), strict=True))
    margin = np.array([np.mean([z[a, b, (a + b) % P] for a, b in pairs]) for z in parts])
    norm = [np.sqrt(np.mean(z**2)) for z in parts]
    share = np.sum(generalising**2) / np.sum(whole**2)
    return margin, norm, margin / sizes()[2], share


@worked("softmax_collapse")
def collapse():
    answer = torch.as_tensor(((A + B) % P)[case().train])
    pairs = case().L[case().train]
    found = []
    for precision in (torch.float32, torch.float64):
        values = torch.tensor(pairs, dtype=precision)
        loss = torch.nn.functional.cross_entropy(values, answer, reduction="none")
        found.append((loss == 0).double().mean().item())
    assert found[0] > found[1]
    return (found,)


@worked("alignment")
def descent():
    architecture = build(case().run.spec.architecture, P)
    w = {name: torch.tensor(value, requires_grad=True) for name, value in case().w.items()}
    a, b = (torch.as_tensor(each) for each in np.nonzero(case().train))
    whole = architecture.forward(w, a, b).logits
    torch.nn.functional.cross_entropy(whole, (a + b) % P).backward()
    g, flat = (
        torch.cat([f(x).flatten() for x in w.values()]) for f in (lambda x: x.grad, torch.detach)
    )
    return ((-(g @ flat) / (g.norm() * flat.norm())).item(),)


# Of the final checkpoint


@worked("direction_fve", "direction_chance", "direction_coordinate", "direction_amplitude")
def read_directions():
    read = np.einsum("abh,wkh->wkab", case().N, directions())
    unit = np.array([plain.directions(P, k) for k in FREQUENCIES]).swapaxes(0, 1)
    x = np.sum(read * unit, axis=(2, 3))
    variance = P**2 * read.var(axis=(2, 3))
    return x**2 / variance, 1 / (P**2 - 1), x, np.sqrt(2) / P * x


@worked("direction_product", "direction_ratio")
def read_products():
    products, ratio = np.empty((2, Q, 4)), np.empty((2, Q))
    for w in range(2):
        for k in FREQUENCIES:
            read = case().N @ directions()[w, k - 1]
            cos, sin = F[2 * k - 1], F[2 * k]
            pairs = ((cos, cos), (sin, sin), (sin, cos), (cos, sin))
            found = [sum(u[a] * v[b] * read[a, b] for a in range(P) for b in range(P))
                     for u, v in pairs]  # fmt: skip
            products[w, k - 1] = found
            ratio[w, k - 1] = abs(found[2 * w] / found[2 * w + 1])
    return products, ratio


@worked("parity_energy", "sum_share", "key_sum_share")
def parities():
    energy = np.array(
        [
            [
                np.sum(np.tensordot(plain.directions(P, k, sign), case().L, 2) ** 2)
                for k in FREQUENCIES
            ]
            for sign in (1, -1)
        ]
    )
    of_key = energy[:, key()].sum(axis=1)
    return energy, energy[0] / energy.sum(axis=0), of_key[0] / of_key.sum()


@worked("unembedding_residual", "unembedding_residual_energy", "unembedding_wave")
def outside():
    rows = F @ case().W_L
    of_key = [2 * k - wave for k in K for wave in (0, 1)]
    energy = np.sum(np.delete(rows, of_key, axis=0) ** 2) / np.sum(case().W_L ** 2)
    return np.sqrt(energy), energy, rows


@worked("matrix_share", "matrix_chance")
def shares():
    return [frequency_share(matrix) for matrix in matrices()], 2 / P


@worked("circle_coordinate")
def circle_coordinates():
    c = np.arange(P)
    span = [
        [[of(2 * np.pi * k * c / P) @ matrix for of in (np.cos, np.sin)] for k in FREQUENCIES]
        for matrix in matrices()
    ]
    return (
        [
            np.array(each)
            @ (matrix - matrix.mean(axis=0)).T
            / np.linalg.norm(each, axis=2)[..., None]
            for matrix, each in zip(matrices(), span, strict=True)
        ],
    )


@worked("logit_transform_norm", "neuron_transform_norm")
def transforms():
    return [
        np.linalg.norm(np.einsum("fa,gb,abx->fgx", F, F, values), axis=2)
        for values in (case().L, case().N)
    ]


@worked("neuron_fve", "neuron_chance", "neuron_frequency", "neuron_best_fve", "neuron_explained")
def neuron_shares():
    found = np.array(
        [[block_share(n, k) for k in FREQUENCIES] for n in case().N.transpose(2, 0, 1)]
    )
    best = found.max(axis=1)
    assert 0 < (best > 0.85).sum() < len(best)
    return found, 8 / (P**2 - 1), found.argmax(axis=1) + 1, best, best > 0.85


@worked("neuron_sum_share", "neuron_unembedding_share", "neuron_active")
def neuron_details():
    frequency = neuron_shares()[2]
    sums, rows = [], []
    for n, column, k in zip(case().N.transpose(2, 0, 1), case().W_L.T, frequency, strict=True):
        sums.append(block_share(n, k, "sum"))
        rows.append(np.sum((F[2 * k - 1 : 2 * k + 1] @ column) ** 2) / np.sum(column**2))
    return sums, rows, (case().N > 0).mean(axis=(0, 1))


@worked("explained_share", "mean_fve", "neurons_unexplained")
def over_neurons():
    _, _, _, best, explained = neuron_shares()
    return explained.mean(), best.mean(), (~explained).sum()


@worked("cluster_size", "cluster_mean_fve", "cluster_sum_share", "cluster_unembedding_share")
def over_clusters():
    _, _, frequency, best, explained = neuron_shares()
    sums, rows, _ = neuron_details()
    members = [explained & (frequency == k) for k in FREQUENCIES]
    means = [
        [np.asarray(values)[chosen].mean() if chosen.any() else np.nan for chosen in members]
        for values in (best, sums, rows)
    ]
    return [chosen.sum() for chosen in members], *means


@worked("example_activation", "example_frequency")
def single_neurons():
    shown = case().found["example"].values
    assert len(shown) == len(set(shown.tolist())) > 0
    return case().N.transpose(2, 0, 1)[shown], neuron_shares()[2][shown]


def linear_fit(values, k):
    """The best mean + alpha (cos w a - cos w b) + beta (sin w a - sin w b), and alpha and beta."""
    w = 2 * np.pi * k / P
    design = np.stack([0 * A + 1, np.cos(w * A) - np.cos(w * B), np.sin(w * A) - np.sin(w * B)])
    x, *_ = np.linalg.lstsq(design.reshape(3, -1).T, values.ravel(), rcond=None)
    return np.tensordot(x, design, 1), x[1:]


def changed_logits():
    """The logits under each intervention, by name."""
    w, N, L, r = case().w, case().N, case().L, case().r

    def through(x, attention, **parts):
        s = stream(w, x, attention, **parts)
        return logits(w, s, neurons(w, s))

    def each(function):
        return on_all_pairs(lambda a, b: function(sequence(w, a, b), a, b))

    attention = case().attention
    linear = np.empty_like(attention)
    for j, k in enumerate(attention_fits()[3]):
        for i in (0, 1):
            linear[:, :, j, i] = linear_fit(attention[:, :, j, i], k)[0]
        linear[:, :, j, 2] = attention[:, :, j, 2].mean()
    found = {"none": L}
    changed = (
        each(lambda x, a, b: through(x, pattern(w, x, to_equals=False))),
        each(lambda x, a, b: logits(w, 0 * r[a, b], N[a, b])),
        each(lambda x, a, b: logits(w, r.mean(axis=(0, 1)), N[a, b])),
        each(lambda x, a, b: through(x, attention[a, b], heads=False)),
        each(lambda x, a, b: through(x, attention[a, b], skip=False)),
        each(lambda x, a, b: through(x, linear[a, b])),
    )
    found |= dict(zip(TRANSFORMER_INTERVENTIONS, changed, strict=True))
    _, _, frequency, _, explained = neuron_shares()
    polynomials = N.copy()
    for m in np.flatnonzero(explained):
        own = N[..., m]
        polynomials[..., m] = own.mean() + plain.projected(own, [frequency[m]], "block")
    sums = N.mean(axis=(0, 1)) + plain.projected(N, K)
    span = np.linalg.qr(directions()[:, key()].reshape(-1, N.shape[2]).T)[0]
    read = N @ span @ span.T
    hidden = (polynomials, sums, read, N - read)
    found |= {
        name: L + (values - N) @ case().W_L.T
        for name, values in zip(NEURON_INTERVENTIONS, hidden, strict=True)
    }
    blocks = plain.projected(L, K, "block")
    cube = sum(np.sum(L * plain.cube(P, k)) * plain.cube(P, k) for k in K)
    of_logits = (L.mean(axis=(0, 1)) + blocks, L - blocks, cube)
    return found | dict(zip(LOGIT_INTERVENTIONS, of_logits, strict=True))


@worked("intervention_loss", "intervention_accuracy")
def interventions():
    changed = changed_logits()
    names = [str(name) for name in case().found["ablation"].values]
    assert set(names) == set(changed)
    return np.array([loss_and_accuracy(changed[name]) for name in names]).swapaxes(0, 1)


@worked("removed_loss", "load_bearing")
def removals():
    parts = (case().L, case().N @ case().W_L.T)
    loss = np.array(
        [
            [
                loss_and_accuracy(case().L - plain.projected(part, [k], "block"))[0]
                for k in FREQUENCIES
            ]
            for part in parts
        ]
    )
    return loss, loss[..., 2] / losses()[0][2]


@worked("gini_permuted")
def control():
    rng = np.random.default_rng(0)
    orders = [rng.permutation(P) for _ in range(20)]
    return ([np.mean([spectra(m[order]) for order in orders], axis=0) for m in matrices()],)


@worked("attention_to_left", "attention_to_equals", "attention_deviation", "attention_correlation")
def attention_numbers():
    to_left = case().attention[..., 0].transpose(2, 0, 1)
    flat = to_left.reshape(2, -1)
    to_equals = [case().attention[:, :, j, 2].mean() for j in range(2)]
    return to_left, to_equals, flat.std(axis=1), np.corrcoef(flat)


@worked(
    "attention_cosine",
    "attention_sine",
    "attention_fve",
    "attention_frequency",
    "attention_chance",
)
def attention_fits():
    cosine, sine, fve = np.empty((3, 2, Q))
    for j in range(2):
        values = case().attention[:, :, j, 0]
        for k in FREQUENCIES:
            fitted, (cosine[j, k - 1], sine[j, k - 1]) = linear_fit(values, k)
            fve[j, k - 1] = 1 - np.sum((values - fitted) ** 2) / np.sum(
                (values - values.mean()) ** 2
            )
    return cosine, sine, fve, fve.argmax(axis=1) + 1, 2 / (P**2 - 1)


@worked("score_component", "score_share", "output_share", "neuron_input_share", "head_chance")
def heads():
    w, x2 = case().w, case().w["W_E"][-1] + case().w["W_pos"][2]
    C = np.array(
        [[(x2 @ w["W_Q"][j]) @ (case().E[a] @ w["W_K"][j]) for a in range(P)] for j in range(2)]
    )
    written = [case().E @ w["W_V"][j] @ w["W_O"][j] for j in range(2)]

    def share(matrix):
        return frequency_share(matrix - matrix.mean(axis=0))

    return (
        C @ F.T,
        [share(c[:, None]) for c in C],
        [share(each) for each in written],
        [share(each @ w["W_in"]) for each in written],
        2 / (P - 1),
    )


def model_shares(L):
    """Shares of the form of a clock and of that of a pizza in logits, by frequency."""
    both = L - L.mean(axis=2, keepdims=True) - L.mean(axis=(0, 1)) + L.mean()
    a, b, c = np.indices((P, P, P))
    found = np.empty((2, Q))
    for k in FREQUENCIES:
        clock = np.cos(2 * np.pi * k * (a + b - c) / P)
        for i, form in enumerate((clock, np.abs(np.cos(np.pi * k * (a - b) / P)) * clock)):
            found[i, k - 1] = np.sum(both * form) ** 2 / np.sum(form**2) / np.sum(both**2)
    return found


@worked("clock_share", "pizza_share")
def models():
    return model_shares(case().L)


@worked("isolated_clock_share", "isolated_pizza_share")
def isolated():
    found = np.full((2, Q), np.nan)
    E, mean = case().E, case().E.mean(axis=0)
    for k in K:
        plane = np.linalg.qr((F[2 * k - 1 : 2 * k + 1] @ E).T)[0]
        circle = mean + (E - mean) @ plane @ plane.T
        changed = case().w | {"W_E": np.concatenate([circle, case().w["W_E"][-1:]])}
        found[:, k - 1] = model_shares(network_of(changed)[3])[:, k - 1]
    return found


@worked("distance_irrelevance")
def distance():
    of_right = case().L[A, B, (A + B) % P]
    spread = [of_right[d == (A - B) % P].std() for d in range(P)]
    return (np.mean(spread) / of_right.std(),)


@worked("circularity")
def circles():
    E = case().E - case().E.mean(axis=0)
    vectors = np.linalg.eigh(E @ E.T)[1][:, ::-1][:, :4]
    best = [
        max(np.sum((F[2 * k - 1 : 2 * k + 1] @ v) ** 2) for k in FREQUENCIES) for v in vectors.T
    ]
    return ([np.mean(best)] * 2,)


@worked("gradient_symmetricity")
def symmetricity():
    w, step, cosines = case().w, 1e-6, []

    def logit(x, c):
        s = stream(w, x, pattern(w, x))
        return logits(w, s, neurons(w, s))[c]

    for a, b, c in np.random.default_rng(0).integers(P, size=(3, 100)).T:
        slopes = np.zeros((2, 16))
        for i in range(2):
            for d in range(16):
                up, down = sequence(w, a, b), sequence(w, a, b)
                up[i] = up[i] + step * np.eye(16)[d]
                down[i] = down[i] - step * np.eye(16)[d]
                slopes[i, d] = (logit(up, c) - logit(down, c)) / (2 * step)
        cosines.append(slopes[0] @ slopes[1] / np.prod(np.linalg.norm(slopes, axis=1)))
    return (np.mean(cosines),)


# Along training


def along():
    return right().evaluation


def of_steps(name, **chosen):
    return along()[name].sel(**chosen).values


def passed_first(flags):
    """The first checkpoint at which something is true, and the one before it."""
    step, flags = along()["step"].values, list(flags)
    if not any(flags):
        return np.nan, [np.nan, np.nan]
    i = flags.index(True)
    return step[i], [step[max(i - 1, 0)], step[i]]


def for_good(flags):
    return [all(flags[i:]) for i in range(len(flags))]


@worked("milestone_step", "milestone_interval")
def milestones():
    train, test = of_steps("accuracy", split="train"), of_steps("accuracy", split="test")
    test_loss, size = of_steps("loss", split="test"), of_steps("squared_weights")
    excluded = of_steps("excluded_wave_loss", exclusion="logits")
    restricted = of_steps("restricted_wave_loss", place="logits", width="sum", split="all")
    steps = range(len(train))

    def half(loss):
        return for_good([x < (min(loss) + max(loss)) / 2 for x in loss])

    learned = [i for i in steps if train[i] >= 0.99]
    events = [
        train >= 0.99,
        of_steps("loss", split="train") < 1e-6,
        [test_loss.max() in test_loss[: i + 1] for i in steps],
        [size.max() in size[: i + 1] for i in steps],
        [i in learned and excluded[i] > excluded[learned[0] : i + 1].min() + 1 for i in steps],
        half(restricted),
        half(test_loss),
        *(test >= level for level in (0.1, 0.5, 0.9, 0.99)),
    ]
    found = [passed_first(event) for event in events]
    return [step for step, _ in found], [interval for _, interval in found]


@worked("phase_boundary", "phase_interval")
def phases():
    step, test_loss = along()["step"].values, of_steps("loss", split="test")
    formed = passed_first(for_good([x < test_loss.max() / 2 for x in test_loss]))
    # All training pairs are right at the last checkpoint alone: memorisation has not ended.
    assert (of_steps("accuracy", split="train") >= 0.99).nonzero()[0].tolist() == [len(step) - 1]
    nothing = (np.nan, [np.nan, np.nan])
    found = (nothing, formed, nothing)
    return [boundary for boundary, _ in found], [interval for _, interval in found]


@worked("slingshots")
def slingshots():
    loss = right().history["update_loss"].values
    high = [i > 0 and loss[i] > 10 * min(loss[max(0, i - 10) : i]) for i in range(len(loss))]
    begun = [i for i in range(len(loss)) if high[i] and not high[i - 1]]
    return ([sum(i <= step for i in begun) for step in along()["step"].values],)


@worked("decay_time")
def decayed():
    optimiser = right().spec.optimiser
    return (
        [
            sum(rate(optimiser, update) * decay(optimiser, update) for update in range(step))
            for step in along()["step"].values
        ],
    )


@worked("gini_trend")
def trends():
    found = spearman_run()
    since = found["phase_boundary"].sel(boundary="memorisation").item()
    chosen = found["step"].values >= since
    return (
        [
            spearmanr(found["step"].values[chosen], line[chosen]).statistic
            for line in found["spectrum_gini"].sel(spectrum="norms of waves").values.T
        ],
    )


@cache
def spearman_run():
    """A run in two layers whose memorisation ends."""
    return trained("two layers").evaluation


# The comparison

ALONG = {"milestone_step", "milestone_interval", "phase_boundary", "phase_interval"}
ALONG |= {"slingshots", "decay_time"}


def measured(name):
    if name == "gini_trend":
        return spearman_run()
    return along() if name in ALONG else case().found


def documented():
    """The names of the tables of variables, before the table of what the paper leaves open."""
    text = (ROOT / "docs/addition.md").read_text(encoding="utf-8")
    text = text[: text.index("## What the paper leaves open")]
    names = []
    for table in text.split("| variable | definition |\n")[1:]:
        rows = [line for line in table.split("\n\n")[0].splitlines() if line.startswith("| `")]
        for row in rows:
            names += re.findall(r"`(\w+)", row.split(" | ")[0])
    return names


@pytest.mark.parametrize("name", list(WORKED))
def test_a_variable_is_what_its_definition_says(name):
    function, names = WORKED[name]
    expected = dict(zip(names, function(), strict=True))[name]
    found = measured(name)[name].values
    assert found.shape == np.shape(expected)
    near = {"rtol": 1e-3} if name in ("alignment", "gradient_symmetricity") else ROUND
    assert_allclose(found, expected, **near)


def test_all_variables_are_documented_once_and_worked_out():
    names = documented()
    assert len(names) == len(set(names))
    stored = {name for each in (case().found, along()) for name in each.data_vars} | {"decay_time"}
    assert set(names) == stored == set(WORKED)
