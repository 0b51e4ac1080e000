"""Predictions of runs by construction: what each neuron will learn is known from the start."""

import numpy as np
import xarray as xr

from composition_runs import catalogue

SCORES = ("read", "write", "power", "trilinear", "alignment", "quadratic flow", "ReLU flow",
          "gradient", "similarity")  # fmt: skip
KNOWLEDGE = ("weights", "1 %", "3 %", "10 %", "memorised")
STEPS = np.array([0, *np.unique(np.geomspace(1, 20_000, 45).astype(int))])


def auc(scores, winners):
    """Share of the other irreps with a smaller score than the winner, ties half."""
    found = []
    for score, winner in zip(scores, winners, strict=True):
        others = np.delete(score, winner)
        found.append(np.mean((others < score[winner]) + (others == score[winner]) / 2))
    return float(np.mean(found))


def set_auc(score, strong):
    """Probability that a strong irrep scores higher than another."""
    if strong.all() or not strong.any():
        return np.nan
    return float(np.mean(score[strong][:, None] > score[~strong]))


def sigmoid(values):
    return 1 / (1 + np.exp(-values))


def run(
    of="C31", *, seed=0, neurons=64, target=10_000, steps=STEPS, winners=True, reached=True,
    memorised=400.0, all_pairs=False,
):  # fmt: skip
    """Prediction and history of a run whose neurons go to the irrep that leads in noisy powers.

    Parameters
    ----------
    winners, reached, all_pairs : bool
        Whether neurons have winners; accuracy 0.99 is reached; all pairs are trained on.
    """
    draw = np.random.default_rng(seed)
    names = [str(name) for name in catalogue(of)["irrep"].values]
    count, examples = len(names) - 1, np.arange(12)
    liked = draw.normal(size=count)
    initial = draw.normal(size=(neurons, count)) + 0.4 * liked
    winner = (initial + 0.8 * draw.normal(size=(neurons, count)) + 0.5 * liked).argmax(1)
    start = draw.uniform(np.log(30), np.log(1500), neurons)
    time = np.log(np.maximum(steps, 0.5))
    grown = 12 * sigmoid(1.6 * (time[:, None] - start))
    power = initial + grown[..., None] * (np.arange(count) == winner[:, None])
    share = np.exp(power - power.max(-1, keepdims=True))
    share /= share.sum(-1, keepdims=True)
    strong = np.bincount(winner, minlength=count) > 1.2 * neurons / count
    similarity = draw.normal(size=(len(steps), count)) + 6 * strong * sigmoid(time - 4)[:, None]
    total = np.exp(initial).sum(0)
    exchanged = draw.permutation(winner)
    fifth = np.argsort(np.argsort(total)) * 5 // count
    shape = len(steps), len(SCORES)
    neuron_auc, null, sets = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    by_power, by_similarity = SCORES.index("power"), SCORES.index("similarity")
    if winners:
        neuron_auc[:, by_power] = [auc(each, winner) for each in power]
        null[:, by_power] = [auc(each, exchanged) for each in power]
    sets[0, by_power] = set_auc(total, strong)
    sets[:, by_similarity] = [set_auc(each, strong) for each in similarity]
    settled = (share.argmax(-1) == winner).mean(-1) if winners else np.full(len(steps), np.nan)
    knowledge = [
        0.0,
        *(float(steps[np.abs(steps - s * target).argmin()]) for s in (0.01, 0.03, 0.1)),
    ]
    prediction = xr.Dataset(
        {
            "knowledge_step": ("knowledge", [*knowledge, np.nan if all_pairs else memorised]),
            "target_step": ((), float(target if reached else steps[-1])),
            "target_reached": ((), reached),
            "strong": ("irrep", [False, *strong]),
            "winner": ("neuron", _texts(names[w + 1] if winners else "none" for w in winner)),
            "neuron_auc": (("step", "score"), neuron_auc),
            "neuron_auc_null": (("step", "score"), null),
            "settled": ("step", settled),
            "set_auc": (("step", "score"), sets),
            "power_fifth": ("irrep", [-1, *fifth]),
            "neuron_share": (
                ("step", "example", "irrep"),
                np.concatenate([np.zeros((len(steps), 12, 1)), share[:, :12]], axis=2),
            ),
        },
        {
            "step": steps,
            "score": _texts(SCORES),
            "irrep": _texts(names),
            "neuron": np.arange(neurons),
            "example": examples,
            "knowledge": _texts(KNOWLEDGE),
        },
    )
    test = sigmoid(4 * (time - np.log(target) + 1.1)) if reached else sigmoid(time - 11)
    train = sigmoid(4 * (time - np.log(memorised) + 1.1))
    splits = {"train": test} if all_pairs else {"train": train, "test": test}
    history = xr.Dataset(
        {"accuracy": (("split", "step"), list(splits.values()))},
        {"split": _texts(splits), "step": steps},
    )
    return prediction, history


def _texts(values):
    return np.array(list(values), dtype=object)
