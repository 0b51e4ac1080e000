"""Made-up networks on a mixture whose curves over size are known."""

import numpy as np

from ontogeny.joins import Run
from ontogeny.labels import text
from ontogeny.studies.surprise.labels import dataset, variable
from ontogeny.studies.surprise.stages.mixture_scaling import mixture_scaling

WIDTHS = (8, 12, 16, 24, 32, 40, 48, 64, 96)
TASKS = {"reverse": 6, "sort": 4, "table": 1, "add": 3, "copy": 10}
"""Characters of an answer."""

CHANCE = {"reverse": 0.0, "sort": 0.004, "table": 0.2, "add": 0.01, "copy": 0.0}
PROBLEMS = 500
SCALE, EXPONENT = 4e6, 0.1
PROBES = ("longer-copy", "composed")


def size(width, layers=2):
    """Return the parameters of a network."""
    return 12.0 * layers * width**2 + 10 * width


def text_loss(parameters):
    """Return the law of the loss of text."""
    return (SCALE / parameters) ** EXPONENT


def token_accuracy(task, parameters, shift=0.0):
    """Return how often a character of an answer is right."""
    across = np.log10(parameters) + shift
    rising = 1 / (1 + np.exp(-30 * (across - 4.5)))
    return {
        "reverse": 0.1 + 0.9 * rising,
        "sort": 0.15 + 0.85 / (1 + np.exp(-30 * (across - 4.8))),
        "table": np.clip(0.2 + 0.35 * (across - 3.2), 0, 1),
        "add": 0.2 + 0 * across,
        "copy": 0.999 + 0 * across,
    }[task]


def evaluation(parameters, *, steps, seed, ends_at=None, tasks=tuple(TASKS)):
    """Return an evaluation, in which exact match is the product over places."""
    step = np.array([0, steps // 2, steps if ends_at is None else ends_at])
    shift = 0.02 * np.sin(3 * seed)
    longest = max(TASKS[task] for task in tasks)
    places = np.full((len(tasks), longest), np.nan)
    for row, task in enumerate(tasks):
        places[row, : TASKS[task]] = token_accuracy(task, parameters, shift)
    exact = np.nanprod(places, axis=1)
    of_task = {
        "exact": exact,
        "exact_probability": 0.9 * exact,
        "answer_loss": -np.log(np.nanmean(places, axis=1)) + 1e-3,
        "answer_loss_error": 0.002 + 0 * exact,
        "brier": 1 - np.nanmean(places, axis=1),
        "edit_distance": 0.8 * (1 - np.nanmean(places, axis=1)),
    }
    progress = np.array([0.1, 0.5, 1.0])
    shots = np.array([0.5, 1.0])
    loss = text_loss(parameters) * (1 + 0.01 * np.sin(7 * seed + parameters))
    dims = ("step", "task", "shots")
    return dataset(
        {
            "loss": variable("step", loss * np.array([1.5, 1.2, 1.0]), "loss", "nat"),
            "loss_error": variable("step", np.full(3, 0.01), "error", "nat"),
            **{
                name: variable(dims, progress[:, None, None] * each[:, None] * shots, name)
                for name, each in of_task.items()
            },
            "token_accuracy": variable(
                (*dims, "answer_index"),
                progress[:, None, None, None] * places[:, None] * shots[:, None],
                "accuracy",
            ),
            "answer_entropy": variable("task", np.zeros(len(tasks)), "entropy", "nat"),
            "chance": variable(
                ("task", "shots", "baseline"),
                [[[CHANCE[task] / 2, np.nan], [CHANCE[task], 0.0]] for task in tasks],
                "chance",
            ),
            "problems": variable((), PROBLEMS, "problems"),
            "answer_length": variable("task", [TASKS[task] for task in tasks], "length"),
            "parameters": variable((), parameters, "parameters"),
            "data": variable("step", 3072 * step, "data"),
            "compute": variable("step", 6 * parameters * 3072 * step, "compute", "FLOP"),
        },
        {
            "step": step,
            "task": text(tasks),
            "shots": text(("one", "most")),
            "baseline": text(("constant", "unigram")),
        },
        title="made-up evaluation",
    )


def open_ended(width):
    """Return what a made-up network does unasked: with the width the bias gets larger."""
    rates = np.array([[0.1, 0.15], [0.1 * (1 + width / 100), 0.15]])
    return dataset(
        {
            "probe_exact": variable("probe", [min(width / 100, 1), 0.0], "exact match"),
            "probe_error": variable("probe", [0.02, 0.0], "error"),
            "probe_chance": variable("probe", [0.0, 0.0], "chance"),
            "elicited": variable("probe", [width > 30, False], "elicited"),
            "false_positive": variable(("record_group", "prompt"), rates, "rate"),
            "ratio": variable("prompt", rates[1] / rates[0], "ratio"),
            "bayes_ratio": variable("prompt", [2.2, 1.0], "ratio"),
            "output_rate": variable("kind", [0.3, 0.4 - width / 500, 0.05], "rate"),
            "output_error": variable("kind", [0.01, 0.01, 0.01], "error"),
        },
        {
            "probe": text(PROBES),
            "record_group": np.array([0, 1]),
            "prompt": text(("named", "unnamed")),
            "kind": text(("verbatim", "wrong statement", "change of mode")),
        },
        title="made-up trials",
    )


def mixture_run(width, seed=0, *, experiment="mixture", steps=3000, layers=2, **given):
    """Return a run; `given` goes to its evaluation."""
    about = {
        "experiment": f"{experiment}-width-{width}",
        "seed": seed,
        "family": f"{experiment}, seed {seed}",
        "setting": experiment,
        "world": "mixture",
        "kind": "mixture",
        "width": width,
        "layers": layers,
        "steps": steps,
    }
    found = evaluation(size(width, layers), steps=steps, seed=seed, **given)
    return Run(about, {"evaluation": found, "open_ended": open_ended(width)})


def mixture_family(seed=0, *, widths=WIDTHS, **given):
    """Return the runs of a family."""
    return [mixture_run(width, seed, **given) for width in widths]


def scaling_of(runs):
    """Return runs as one dataset."""
    return mixture_scaling(runs, least_sizes=4, expected=["longer-copy"])
