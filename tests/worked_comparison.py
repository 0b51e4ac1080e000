"""Many runs in one dataset, each variable computed as docs/conventions.md defines it."""

from functools import cache

import numpy as np

from composition_runs import catalogue
from ontogeny.studies.composition.irreps.comparison import comparison
from worked_rows import (
    BY_IRREP,
    OF_RUN,
    along,
    architectures,
    choice_counts,
    grokked,
    groups,
    irreps,
    of_each,
    order_counts,
    runs,
    widest,
)

__all__ = ["COMPARISON", "compared", "summary"]

SELECTIONS = ("all", "grokked")
DRAWS = 5000
FEWEST = 3


@cache
def compared():
    """The dataset of all runs."""
    return comparison(runs(), {group: catalogue(group) for group in groups()})


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
        here = np.where(BY_IRREP["key"](), values(), np.nan)
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


def strongest(one):
    """The six irreps with the largest similarity on test pairs at the end; no name for none."""
    last = one.results["evaluation"]["test_logit_similarity"][-1]
    ranked = sorted(map(str, last["irrep"].values[1:]), key=lambda i: -float(last.sel(irrep=i)))
    return (ranked + [""] * 6)[:6]


def ranked_similarity():
    found = np.full((len(runs()), len(grid()), 6), np.nan)
    for row, one in enumerate(runs()):
        similarity = one.results["evaluation"]["test_logit_similarity"]
        for column, step in enumerate(grid()):
            if step in similarity["step"]:
                for rank, name in enumerate(filter(None, strongest(one))):
                    found[row, column, rank] = similarity.sel(step=step, irrep=name)
    return found


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


COMPARISON = {
    **OF_RUN,
    "grokked": of_each(grokked),
    "widest": of_each(widest),
    **BY_IRREP,
    "runs": lambda: by_cell(len, SELECTIONS),
    "key_count": count_of(BY_IRREP["key"]),
    "first_count": count_of(lambda: BY_IRREP["key"]() & (BY_IRREP["learned_order"]() == 1)),
    "mean_order": lambda: over_key(np.mean)(BY_IRREP["learned_order"]),
    "median_learned_step": lambda: over_key(np.median)(BY_IRREP["learned_step"]),
    "order_correlation": somers(order_counts, with_interval=False),
    "order_correlation_interval": somers(order_counts, with_interval=True),
    "choice_correlation": somers(choice_counts, with_interval=False),
    "choice_correlation_interval": somers(choice_counts, with_interval=True),
    "loss": curve("loss"),
    "accuracy": curve("accuracy"),
    "ranked_similarity": ranked_similarity,
    "ranked_irrep": lambda: [strongest(one) for one in runs()],
    "loss_mean": over_seeds("loss", "split", splits, average),
    "accuracy_mean": over_seeds("accuracy", "split", splits, average),
    "place": of_group(lambda known: np.arange(known.sizes["irrep"])),
    "degree": of_group(lambda known: known["degree"].values),
    "rank": of_group(lambda known: known["rank"].values),
    "smallest_orbit": of_group(lambda known: known["smallest_orbit"].values),
}
"""A function for each variable of `comparison.nc` but the summaries."""
