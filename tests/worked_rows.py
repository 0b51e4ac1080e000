"""Runs to compare, and what each of them is alone, as docs/conventions.md defines it.

Runs of `worked_networks`, and runs made by hand that differ in seed, width and outcome.
"""

import itertools
from functools import cache

import numpy as np

from composition_runs import catalogue, run
from ontogeny.joins import Run
from worked_networks import WORKED, worked

__all__ = [
    "BY_IRREP",
    "OF_RUN",
    "along",
    "architectures",
    "choice_counts",
    "grokked",
    "groups",
    "irreps",
    "of_each",
    "order_counts",
    "runs",
    "widest",
]

NEVER = (np.nan, np.nan, np.nan)


def by_network(name):
    """A run of `worked_networks` as runs are joined."""
    one = worked(name)
    group, architecture = one.table.attrs["group"], one.spec.architecture.kind
    about = {
        "experiment": name,
        "seed": 0,
        "group": group,
        "architecture": architecture,
        "width": one.analysis.sizes["neuron"],
        "fraction": 0.5,
    }
    return Run(about, {"evaluation": one.evaluation, "analysis": one.analysis})


@cache
def runs():
    s4, falling = {"of": "S4"}, (5.0, 20.0, 18.0, 12.0, 9.0)
    return [
        *map(by_network, WORKED),
        run({"sign": 1, "standard": 2}, seed=1, **s4),
        run(
            {"sign": 1, "standard": 3, "(2,2)": 2},
            seed=2,
            weights=falling,
            **s4,
        ),
        run({"standard": 1, "sign": 2}, seed=3, phases=(100, 1000, np.nan), **s4),
        run({"standard": 3, "(2,2)": 2}, seed=4, logits=0.04, excluded=4.0, **s4),
        run({"sign": 1}, seed=5, test=(0.0, 0.0, 0.0, 0.0, 0.4), phases=NEVER, **s4),
        run({"sign": 1, "standard": 2}, seed=1, width=32, experiment="s4-narrow", **s4),
        run({"sign": 0, "standard": 0}, experiment="s4-single", step=[10], phases=NEVER, **s4),
    ]


def groups():
    return sorted({one.about["group"] for one in runs()})


def architectures():
    return sorted({one.about["architecture"] for one in runs()})


def irreps():
    """Names of the irreps of all groups."""
    return list(dict.fromkeys(str(i) for g in groups() for i in catalogue(g)["irrep"].values))


def last(one, name, **at):
    found = one.results["analysis"][name]
    return found.sel(**at) if at else found


def along(one, name, **at):
    found = one.results["evaluation"][name]
    return (found.sel(**at) if at else found).values


def order(one):
    return catalogue(one.about["group"]).sizes["element"]


def of_each(function):
    return lambda: np.array([function(one) for one in runs()])


def by_irrep(function):
    """A number for each irrep of a run's group; NaN for the irreps of other groups."""

    def found():
        rows = []
        for one in runs():
            names = [str(i) for i in catalogue(one.about["group"])["irrep"].values]
            values = dict(zip(names, function(one), strict=True))
            rows.append([values.get(name, np.nan) for name in irreps()])
        return np.array(rows, dtype=float)

    return found


# Final checkpoints


def key_share(name, **at):
    """Sum over key irreps, and over all that is not selected."""

    def found(one):
        values = last(one, name, **at)
        keys = values.where(values["irrep"].isin(last(one, "irrep")[last(one, "key").values]), 0)
        return float(keys.sum())

    return of_each(found)


def at_end(name, **at):
    return of_each(lambda one: float(last(one, name, **at)))


def key_rank(one):
    ranks = catalogue(one.about["group"])["rank"].values
    return ranks[last(one, "key").values].sum() / (order(one) - 1)


# Events


def followed(one):
    return one.results["evaluation"].sizes["step"] > 1


def first(condition):
    def found(one):
        steps, passed = along(one, "step"), condition(one)
        return steps[passed][0] if passed.any() and followed(one) else np.nan

    return of_each(found)


def half(one):
    return np.log(order(one)) / 2


def end(number):
    return of_each(lambda one: along(one, "phase_boundary")[number])


def cleanup_ratio(one):
    _, circuit, cleanup = along(one, "phase_boundary")
    weights = dict(zip(along(one, "step"), along(one, "squared_weights"), strict=True))
    after = max(weights) if np.isnan(cleanup) else cleanup
    return np.nan if np.isnan(circuit) or after <= circuit else weights[after] / weights[circuit]


def grokked(one):
    return float(last(one, "accuracy", split="test")) >= 0.99


def alike(one):
    return [
        other
        for other in runs()
        if all(other.about[what] == one.about[what] for what in ("group", "architecture"))
    ]


def widest(one):
    return one.about["width"] == max(other.about["width"] for other in alike(one))


# Irreps


def learned_step(prefix):
    def found(one):
        steps = along(one, f"{prefix}learned_step")
        return steps if followed(one) else np.full(len(steps), np.nan)

    return found


def learned_order(prefix):
    def found(one):
        places = along(one, f"{prefix}learned_order")
        return places if followed(one) else np.full(len(places), np.nan)

    return found


def is_key():
    return by_irrep(lambda one: last(one, "key").values)() == 1


def pairs_of(one):
    """Pairs of non-trivial irreps: whether both are key, their steps, and their predictors."""
    known, key = catalogue(one.about["group"]), last(one, "key").values
    step = learned_step("")(one)
    learned = [np.inf if np.isnan(s) else s for s in step]
    predictors = [known["degree"].values, known["smallest_orbit"].values]
    for i, j in itertools.combinations(range(1, len(key)), 2):
        signs = [np.sign(p[i] - p[j]) for p in predictors]
        later = 0 if learned[i] == learned[j] else np.sign(learned[i] - learned[j])
        yield key[i], key[j], later, signs, not np.isnan(step).all()


def order_counts(one):
    """Concordant less discordant pairs of key irreps, and their number, by predictor."""
    agree, count = [0, 0], [0, 0]
    for first_key, other_key, later, signs, known in pairs_of(one):
        for predictor, sign in enumerate(signs):
            if known and first_key and other_key and sign:
                agree[predictor] += int(sign * later)
                count[predictor] += 1
    return agree, count


def choice_counts(one):
    """The same of pairs of a key and another irrep that differ in some predictor."""
    agree, count = [0, 0], [0, 0]
    for first_key, other_key, _, signs, _ in pairs_of(one):
        if first_key != other_key and any(signs):
            for predictor, sign in enumerate(signs):
                agree[predictor] += int(sign if other_key else -sign)
                count[predictor] += 1
    return agree, count


PLACES = {
    "left_embedding": ("embedding", {"side": "left"}),
    "right_embedding": ("embedding", {"side": "right"}),
    "unembedding": ("unembedding", {}),
    "hidden": ("hidden", {}),
    "hidden_product": ("hidden", {"part": "product"}),
}

OF_RUN = {
    **{
        f"{split}_{name}": at_end(name, split=split)
        for split in ("train", "test")
        for name in ("loss", "accuracy")
    },
    **{
        name: at_end(name)
        for name in (
            "excluded_hidden_loss",
            "restricted_hidden_loss",
            "logit_fve_total",
            "squared_weights",
        )
    },
    **{
        f"key_{place}_{kind}": key_share(f"{name}_{kind}", **at)
        for place, (name, at) in PLACES.items()
        for kind in ("fve", "chance")
    },
    "uniform_loss": of_each(lambda one: np.log(order(one))),
    "key_irreps": of_each(lambda one: last(one, "key").values.sum()),
    "key_rank": of_each(key_rank),
    "memorised_step": first(lambda one: along(one, "accuracy", split="train") >= 0.99),
    "restricted_step": first(lambda one: along(one, "restricted_hidden_loss") < half(one)),
    "test_loss_step": first(lambda one: along(one, "loss", split="test") < half(one)),
    "test_step": first(lambda one: along(one, "accuracy", split="test") >= 0.99),
    "memorisation_end": end(0),
    "circuit_end": end(1),
    "cleanup_end": end(2),
    "cleanup_ratio": of_each(cleanup_ratio),
    "last_step": of_each(lambda one: along(one, "step")[-1]),
}
"""A function for each number that a run has; summaries are made of these."""

BY_IRREP = {
    "key": is_key,
    "logit_similarity": by_irrep(lambda one: last(one, "logit_similarity").values),
    "learned_step": by_irrep(learned_step("")),
    "learned_order": by_irrep(learned_order("")),
    "all_pairs_learned_step": by_irrep(learned_step("all_pairs_")),
    "all_pairs_learned_order": by_irrep(learned_order("all_pairs_")),
    "order_agreement": of_each(lambda one: order_counts(one)[0]),
    "order_pairs": of_each(lambda one: order_counts(one)[1]),
    "choice_agreement": of_each(lambda one: choice_counts(one)[0]),
    "choice_pairs": of_each(lambda one: choice_counts(one)[1]),
}
"""The same by irrep, or by predictor."""
