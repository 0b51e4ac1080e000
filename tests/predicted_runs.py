"""Predictions of runs made by hand, for tests of what is said about many of them."""

import numpy as np
import xarray as xr

from composition_runs import catalogue
from ontogeny.joins import Run
from ontogeny.studies.composition.prediction.predictions import predictions

STEPS = np.array([0, 10, 100, 1000])
KNOWLEDGE = ("weights", "1 %", "3 %", "10 %", "memorised")
SCORES = (
    "read",
    "write",
    "power",
    "trilinear",
    "alignment",
    "quadratic flow",
    "ReLU flow",
    "gradient",
    "similarity",
)
FUNCTIONS = ("left input", "right input", "output")


def along_scores(value, **of_scores):
    """Return a table of steps and scores, with rows of their own for some scores."""
    table = np.empty((len(STEPS), len(SCORES)))
    table[:] = np.reshape(value, (-1, 1))
    for name, values in of_scores.items():
        table[:, SCORES.index(name.replace("_", " "))] = values
    return table


def run(
    *,
    of="C13",
    seed=0,
    data_seed=None,
    setting=None,
    architecture="mlp",
    neurons=40,
    signal=1.0,
    set_signal=1.0,
    reached=True,
    strong=None,
    winner=None,
    gradient=True,
    memorised=10.0,
    **tables,
):
    """Return a run whose initial weights decide in part which irreps win, and their order.

    The weights follow from `seed`, and what is drawn beside them from both seeds. `signal` is
    how much each neuron says of its winner, `set_signal` how much the network says of the strong
    irreps.
    Tables are those along steps and scores, such as ``set_auc``, by name.
    """
    data_seed = seed if data_seed is None else data_seed
    weights, data = (
        np.random.default_rng([1, seed]),
        np.random.default_rng([2, seed, data_seed % 2**32]),
    )
    irreps = catalogue(of)["irrep"].values
    count = len(irreps)
    network = weights.normal(size=count)
    if strong is None:
        strong = set_signal * network + data.normal(size=count) > 0
        strong[0] = False
    powers = np.exp(weights.normal(size=(3, neurons, count)) + 0.2 * network)
    alignment = weights.uniform(-1, 1, (neurons, count))
    if winner is None:
        logits = signal * np.log(powers).sum(axis=0) + signal * alignment + data.gumbel(size=count)
        logits[:, 0] = -np.inf
        winner = logits.argmax(axis=1)
    scores = np.full((len(STEPS), len(SCORES), count), np.nan)
    scores[:, :, 1:] = np.exp(network[1:])
    scores[:, SCORES.index("alignment")] = np.nan
    scores[:, SCORES.index("quadratic flow"), 1:] = np.round(np.exp(network[1:]))
    learned = np.where(
        strong, np.exp(6 - set_signal * network + 0.5 * data.normal(size=count)), np.nan
    )
    along = ("step", "score")
    default = {
        "neuron_auc": along_scores(0.8),
        "neuron_auc_null": along_scores(0.5),
        "neuron_auc_null_sd": along_scores(0.02),
        "neuron_top": along_scores(0.4),
        "neuron_auc_among_strong": along_scores(0.7),
        "set_auc": along_scores(0.8),
    }
    flow = np.where(data.random(neurons) < 0.5, irreps[winner], irreps[-1])
    found = xr.Dataset(
        {
            "knowledge_step": ("knowledge", [0.0, 10.0, 10.0, 100.0, memorised]),
            "target_step": ((), 1000.0),
            "target_reached": ((), reached),
            "strong": ("irrep", np.asarray(strong)),
            "learned_step": ("irrep", learned),
            "winner": ("neuron", np.array([*irreps, "none"], dtype=object)[winner]),
            "neurons_with_winner": ((), int((np.asarray(winner) > 0).sum())),
            "settled": ("step", [0.2, 0.5, 0.9, 1.0]),
            "network_score": ((*along, "irrep"), scores),
            "initial_power": (("function", "neuron", "irrep"), powers.astype(np.float32)),
            "initial_alignment": (("neuron", "irrep"), alignment.astype(np.float32)),
            "initial_flow": ("neuron", flow),
            **{name: (along, tables.get(name, table)) for name, table in default.items()},
        },
        {
            "step": STEPS,
            "score": np.array(SCORES, dtype=object),
            "knowledge": np.array(KNOWLEDGE, dtype=object),
            "irrep": irreps,
            "function": np.array(FUNCTIONS, dtype=object),
        },
    )
    if gradient:
        values = weights.normal(size=(neurons, count)).astype(np.float32)
        found["initial_gradient"] = (("neuron", "irrep"), values)
    found["target_step"].attrs = {"long_name": "target", "units": "1"}
    found["neurons_with_winner"].attrs = {"long_name": "neurons with a winner", "units": "1"}
    setting = setting or f"{of.lower()}-{architecture}"
    about = {
        "experiment": setting,
        "seed": seed,
        "data_seed": data_seed,
        "setting": setting,
        "group": of,
        "architecture": architecture,
    }
    return Run(about, {"prediction": found})


def joined(runs, *, permutations=99):
    """Return the dataset of all runs."""
    groups = {one.about["group"] for one in runs}
    return predictions(
        runs, {group: catalogue(group) for group in groups}, permutations=permutations
    )
