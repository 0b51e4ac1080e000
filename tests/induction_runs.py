"""Runs with a planted phase change: a perfect induction circuit comes on between two steps."""

from functools import cache

import numpy as np
import torch

import induction_networks as made
from ontogeny.joins import Run
from ontogeny.studies.induction.analysis.evaluation import evaluate, evaluation_set
from ontogeny.studies.induction.comparison import comparison
from ontogeny.studies.induction.config import Analysis, Phrases
from ontogeny.studies.induction.datasets import evaluation_dataset
from ontogeny.studies.induction.findings import analysis_dataset, final_checkpoint
from ontogeny.studies.induction.sources import corpus_dataset

STEPS = np.arange(0, 1501, 75)
WARM_UP = 100
LATE, EARLY = (600, 900), (225, 375)
"""Steps between which the circuit comes on."""


@cache
def corpus():
    """Return sequences with two private phrases of six tokens, of the made network's tokens."""
    spec = Phrases(
        vocabulary=made.V, length=48, sequences=16, phrases=2, phrase_length=6,
        start_probability=0.6,
    )  # fmt: skip
    return corpus_dataset(spec, [])


def parameters(step, window):
    """Return the network of a step: its unembedding drifts, the circuit comes on in the window."""
    start, end = window
    share = float(np.clip((step - start) / (end - start), 0, 1))
    found = made.induction_network(matching=share, copying=share)
    drift = torch.randn(made.D, made.V, generator=torch.Generator().manual_seed(0))
    found["W_U"] = 0.1 * found["W_U"] + 0.02 * float(step) / 1500 * drift
    return found


@cache
def results(window):
    """Return evaluation and measures of the run whose circuit comes on in a window."""
    data = corpus()
    given = evaluation_set(data["tokens"].values, data["member"].values, made.V)
    networks = [parameters(step, window) for step in STEPS]
    evaluated = evaluation_dataset(
        STEPS,
        [evaluate(made.SHAPE, each, given) for each in networks],
        given.chosen,
        classes=[str(name) for name in data["token_kind"].values],
        baseline=(0.1, 0.005),
    )
    last = final_checkpoint(made.SHAPE, networks[-1], given)
    measured = analysis_dataset(evaluated, last, Analysis(), warm_up=WARM_UP)
    return evaluated, measured


NEVER = (9_000, 9_001)


def run(experiment, *, seed=0, window=LATE, layers=2, mlp=False, smeared=False):
    """Return a run of a kind of network with a planted window."""
    evaluated, measured = results(window)
    about = {
        "experiment": experiment, "seed": seed, "corpus": "phrases", "layers": layers,
        "steps": 1500, "mlp": mlp, "smeared": smeared,
    }  # fmt: skip
    return Run(about, {"evaluation": evaluated, "analysis": measured})


@cache
def joined(seeds=3):
    """Return the comparison of runs as the paper has them."""
    each = []
    for seed in range(seeds):
        each += [
            run("one-layer", seed=seed, window=NEVER, layers=1),
            run("one-layer-smeared", seed=seed, window=EARLY, layers=1, smeared=True),
            run("two-layers", seed=seed),
            run("two-layers-mlp", seed=seed, mlp=True),
            run("two-layers-smeared", seed=seed, window=EARLY, smeared=True),
        ]
    return comparison(each, {"phrases": corpus()})
