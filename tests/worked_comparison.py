"""Many runs in one table, each column computed as docs/conventions.md defines it.

Runs of `worked_networks`, and runs made by hand that differ in seed, width and outcome.
"""

import itertools
from functools import cache

import numpy as np

from composition_runs import catalogue, run
from ontogeny.joins import Run
from ontogeny.studies.composition.irreps.comparison import comparison
from worked_networks import WORKED, worked

__all__ = ["COMPARISON", "OF_RUN", "compared", "summary"]

SELECTIONS = ("all", "grokked")
DRAWS = 5000
FEWEST = 3
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


@cache
def compared():
    """The dataset of all runs."""
    return comparison(runs(), {group: catalogue(group) for group in groups()})


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


def learning_order(prefix):
    def found(one):
        places = along(one, f"{prefix}learned_order")
        return [p + 1 if p >= 0 and followed(one) else np.nan for p in places]

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


# Cells: the widest runs of a group and architecture


def in_cell(group, architecture, selection):
    return [
        number
        for number, one in enumerate(runs())
        if (one.about["group"], one.about["architecture"]) == (group, architecture)
        and widest(one)
        and (selection == "all" or grokked(one))
    ]


def by_cell(function, selections=None):
    """An array by selection, if there are several, group and architecture."""
    each = [
        [[function(in_cell(g, a, s)) for a in architectures()] for g in groups()]
        for s in (selections or ["grokked"])
    ]
    return np.array(each if selections else each[0])


def interval(statistic, count):
    """Of 95 %, from the quantiles of bootstrap samples of runs; NaN with fewer than three."""
    if count < FEWEST:
        return [np.nan, np.nan]
    drawn = np.random.default_rng(0).integers(count, size=(DRAWS, count))
    return list(np.quantile([statistic(sample) for sample in drawn], [0.025, 0.975]))


def summary(name):
    """Mean, standard deviation, median and interval over the runs of a cell that have a number."""
    values = OF_RUN[name.removesuffix("_summary")]()

    def found(members):
        x = np.array([values[m] for m in members if not np.isnan(values[m])])
        if not len(x):
            return [np.nan] * 5
        spread = x.std(ddof=1) if len(x) > 1 else np.nan
        ends = interval(lambda sample: x[sample].mean(), len(x))
        return [x.mean(), spread, np.median(x), *ends]

    return by_cell(found, SELECTIONS)


def over_key(statistic):
    """A statistic, in each cell, of what a quantity by run and irrep is where the irrep is key."""

    def found(values):
        here = np.where(is_key(), values(), np.nan)
        return by_cell(lambda members: [of_column(here[members, i]) for i in range(len(irreps()))])

    def of_column(column):
        known = column[~np.isnan(column)]
        return statistic(known) if len(known) else np.nan

    return found


def count_of(happened):
    """Number of runs of a cell; NaN for an irrep that the group does not have."""

    def found():
        here = happened()
        there = [[name in catalogue(g)["irrep"].values for name in irreps()] for g in groups()]
        counted = by_cell(lambda members: here[members].sum(axis=0).astype(float))
        return np.where(np.array(there)[:, None], counted, np.nan)

    return found


def somers(counts, *, with_interval):
    """D: concordant less discordant pairs over pairs, both summed over the runs of a cell."""

    def found(members):
        rows = []
        for predictor in range(2):
            each = np.array([[c[predictor] for c in counts(runs()[m])] for m in members])
            each = each.reshape(-1, 2)[each.reshape(-1, 2)[:, 1] > 0]

            def quotient(sample, each=each):
                return each[sample, 0].sum() / each[sample, 1].sum()

            whole = quotient(np.arange(len(each))) if len(each) else np.nan
            rows.append(interval(quotient, len(each)) if with_interval else whole)
        return rows

    return lambda: by_cell(found)


# Curves


def grid():
    return sorted({int(s) for one in runs() for s in along(one, "step")})


def curve(name):
    def found(one):
        steps = list(along(one, "step"))
        rows = along(one, name, split=["train", "test"])
        return [rows[steps.index(s)] if s in steps else [np.nan] * 2 for s in grid()]

    return of_each(found)


def carried(one, name, step):
    """The value at the last checkpoint up to a step."""
    before = along(one, "step") <= step
    found = one.results["evaluation"][name].isel(step=np.flatnonzero(before)[-1:])
    return found.isel(step=0) if before.any() else None


def over_seeds(name, dim, labels, statistic):
    """At the steps at which a run of the experiment has a checkpoint."""

    def found():
        rows = []
        for experiment in dict.fromkeys(one.about["experiment"] for one in runs()):
            those = [one for one in runs() if one.about["experiment"] == experiment]
            there = {int(s) for one in those for s in along(one, "step")}
            rows.append(
                [
                    statistic(
                        [carried(one, name, s).reindex({dim: labels()}).values for one in those]
                    )
                    if s in there
                    else [np.nan] * len(labels())
                    for s in grid()
                ]
            )
        return np.array(rows)

    return found


def spread(values):
    return np.std(values, axis=0, ddof=1) if len(values) > 1 else np.full_like(values[0], np.nan)


def average(values):
    return np.mean(values, axis=0)


def splits():
    return ["train", "test"]


def of_group(values):
    """A number for each irrep of a group."""

    def found():
        each = []
        for g in groups():
            names = [str(i) for i in catalogue(g)["irrep"].values]
            known = dict(zip(names, values(catalogue(g)), strict=True))
            each.append([known.get(name, np.nan) for name in irreps()])
        return np.array(each, dtype=float)

    return found


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
        f"{place}_{kind}": key_share(f"{name}_{kind}", **at)
        for place, (name, at) in PLACES.items()
        for kind in ("fve", "chance")
    },
    "uniform_loss": of_each(lambda one: np.log(order(one))),
    "key_irreps": of_each(lambda one: last(one, "key").values.sum()),
    "key_rank": of_each(key_rank),
    "memorised_step": first(lambda one: along(one, "accuracy", split="train") >= 0.99),
    "restricted_step": first(lambda one: along(one, "restricted_hidden_loss") < half(one)),
    "generalised_step": first(lambda one: along(one, "loss", split="test") < half(one)),
    "test_step": first(lambda one: along(one, "accuracy", split="test") >= 0.99),
    "memorisation_end": end(0),
    "circuit_end": end(1),
    "cleanup_end": end(2),
    "cleanup_ratio": of_each(cleanup_ratio),
    "last_step": of_each(lambda one: along(one, "step")[-1]),
}
"""A function for each number that a run has; summaries are made of these."""

COMPARISON = {
    **OF_RUN,
    "grokked": of_each(grokked),
    "widest": of_each(widest),
    "key": is_key,
    "similarity": by_irrep(lambda one: last(one, "logit_similarity").values),
    "learned_step": by_irrep(learned_step("")),
    "learning_order": by_irrep(learning_order("")),
    "all_pairs_learned_step": by_irrep(learned_step("all_pairs_")),
    "all_pairs_learning_order": by_irrep(learning_order("all_pairs_")),
    "order_agreement": of_each(lambda one: order_counts(one)[0]),
    "order_pairs": of_each(lambda one: order_counts(one)[1]),
    "choice_agreement": of_each(lambda one: choice_counts(one)[0]),
    "choice_pairs": of_each(lambda one: choice_counts(one)[1]),
    "runs": lambda: by_cell(len, SELECTIONS),
    "key_count": count_of(is_key),
    "first_count": count_of(lambda: is_key() & (COMPARISON["learning_order"]() == 1)),
    "mean_order": lambda: over_key(np.mean)(COMPARISON["learning_order"]),
    "median_learned_step": lambda: over_key(np.median)(COMPARISON["learned_step"]),
    "order_correlation": somers(order_counts, with_interval=False),
    "order_correlation_interval": somers(order_counts, with_interval=True),
    "choice_correlation": somers(choice_counts, with_interval=False),
    "choice_correlation_interval": somers(choice_counts, with_interval=True),
    "loss": curve("loss"),
    "accuracy": curve("accuracy"),
    "similarity_mean": over_seeds("logit_similarity", "irrep", irreps, average),
    "similarity_deviation": over_seeds("logit_similarity", "irrep", irreps, spread),
    "loss_mean": over_seeds("loss", "split", splits, average),
    "accuracy_mean": over_seeds("accuracy", "split", splits, average),
    "place": of_group(lambda known: np.arange(known.sizes["irrep"])),
    "degree": of_group(lambda known: known["degree"].values),
    "rank": of_group(lambda known: known["rank"].values),
    "smallest_orbit": of_group(lambda known: known["smallest_orbit"].values),
}
"""A function for each variable of `comparison.nc` but the summaries."""
