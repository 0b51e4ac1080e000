"""All networks on mixtures in one dataset: what the smaller ones predict of the larger ones."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from ontogeny.joins import Run
from ontogeny.labels import text
from ontogeny.scaling import FORECASTERS, LAWS
from ontogeny.studies.surprise.families import (
    Array,
    Grid,
    Take,
    Variables,
    final,
    is_complete,
    labels_of,
    spread_of_crossing,
)
from ontogeny.studies.surprise.labels import dataset, variable
from ontogeny.studies.surprise.laws import (
    CONSTANTS,
    bands_of_settings,
    cut_labels,
    forecasts_of_loss,
    laws_of_loss,
    laws_of_settings,
)
from ontogeny.studies.surprise.stages.mixture_abilities import (
    Curves,
    abruptness,
    forecasts,
    levels_above_chance,
    same_length,
)

__all__ = ["mixture_scaling"]

_DESCRIBED = {
    "world": "world of the family",
    "setting": "configuration of the family without its seed",
    "seed": "seed of the family",
    "layers": "layers of its transformers",
    "steps": "updates of its training",
}

_SCORES = {
    "exact": ("exact match", "1"),
    "exact_probability": ("probability of the exact answer", "1"),
    "token_accuracy": ("accuracy of the characters of an answer, mean", "1"),
    "token_product": ("product of the accuracies of the characters of an answer", "1"),
    "answer_loss": ("loss of an answer for each character", "nat"),
    "answer_loss_error": ("standard error of the loss of an answer", "nat"),
    "brier": ("Brier score of the characters of an answer", "1"),
    "edit_distance": ("edits from the written to the right answer, over its length", "1"),
}
"""Scores of tasks by name: what they are, and their unit."""

_OF_SIZE = {
    "parameters": ("parameters without embeddings", "1"),
    "compute": ("compute of training", "FLOP"),
    "data": ("characters seen in training", "1"),
    "loss": ("loss of text for each character", "nat"),
    "loss_error": ("standard error of the loss of text", "nat"),
}


def mixture_scaling(
    runs: Sequence[Run], *, least_sizes: int, expected: Sequence[str]
) -> xr.Dataset:
    """Join the runs on mixtures into families, and predict the large from the small.

    A run whose evaluation ends before its steps diverged: it is left out.

    Parameters
    ----------
    runs : sequence of Run
        At least one. Described by ``family``, ``setting``, ``world``, ``seed``, ``layers``,
        ``steps`` and ``width``, with the results ``evaluation`` and, where there are any,
        ``open_ended``.
    least_sizes : int
        A family with fewer sizes is not fitted, and the smallest cut has as many.
    expected : sequence of str
        Names of the probes that the networks were expected to answer; those that no mixture has
        are ignored.

    Returns
    -------
    Dataset
        Scores of the final networks by ``family`` and ``width``, NaN for a width that a family
        lacks; laws of the loss of text and its forecasts; forecasts and abruptness of each task;
        what its networks do unasked, with the probes
        that were ``expected(probe)``. docs/variables.md lists them.

    Raises
    ------
    ValueError
        If there is no run, or if two runs of a family have the same width.
    """
    if not runs:
        msg = "no runs on mixtures: there must be at least one"
        raise ValueError(msg)
    grid = Grid(runs)
    kept = [run for run in runs if is_complete(run)]
    sizes = {
        name: variable(("family", "width"), grid.table(kept, final(name)), about, units)
        for name, (about, units) in _OF_SIZE.items()
    }
    tasks = labels_of(runs, "evaluation", "task")
    scores = {
        name: variable(
            ("family", "width", "task", "shots"),
            grid.table(kept, _score(name), task=tasks, shots=SHOTS),
            about,
            units,
        )
        for name, (about, units) in _SCORES.items()
    }
    of_task = {
        name: grid.of_family(runs, _of_task(name), task=tasks)
        for name in ("problems", "answer_length", "answer_entropy")
    }
    chance = grid.of_family(runs, _chance, task=tasks, shots=SHOTS)
    curves = _curves(sizes, scores, of_task, chance[..., _MOST])
    parameters, loss = sizes["parameters"].values, sizes["loss"].values
    setting = grid.about("setting")
    abrupt = abruptness(curves, least_sizes=least_sizes)
    return dataset(
        {
            "left_out": grid.left_out(),
            **sizes,
            **scores,
            "chance": variable(
                ("family", "task", "shots"), chance, "exact match by the best way to guess"
            ),
            "floor": variable(
                ("family", "task", "shots"),
                levels_above_chance(chance, of_task["problems"][..., None]),
                "largest exact match that guessing explains",
            ),
            "problems": variable(
                ("family", "task"), of_task["problems"], "problems of the evaluation set"
            ),
            "answer_length": variable(
                ("family", "task"), of_task["answer_length"], "characters of an answer"
            ),
            "answer_entropy": variable(
                ("family", "task"), of_task["answer_entropy"],
                "entropy of an answer given its problem, for each character", "nat",
            ),
            **laws_of_loss(parameters, loss, least_sizes=least_sizes),
            **laws_of_settings(parameters, loss, setting, least_sizes=least_sizes),
            **forecasts_of_loss(parameters, loss, least_sizes=least_sizes),
            **bands_of_settings(parameters, loss, setting, least_sizes=least_sizes),
            **forecasts(curves, least_sizes=least_sizes),
            **abrupt,
            **same_length(curves),
            "spread_of_crossing": spread_of_crossing(abrupt["crossing"].values, setting),
            **_open_ended(grid, kept, expected),
        },
        {
            "family": text(grid.families),
            "setting": text(dict.fromkeys(setting)),
            **grid.described(_DESCRIBED),
            "width": grid.widths,
            "task": tasks,
            "shots": SHOTS,
            "law": text(LAWS),
            "constant": text(CONSTANTS),
            "cut": cut_labels(parameters, least_sizes),
            "forecaster": text(FORECASTERS),
            "end": text(("lower", "upper")),
            **{dim: labels_of(kept, "open_ended", dim) for dim in _OPEN_ENDED},
        },
        title="Families of transformers on mixtures of text and tasks",
    )  # fmt: skip


SHOTS = text(("one", "most"))
"""Solved problems in the context: one, or as many as it holds."""

_MOST = list(SHOTS).index("most")

_OPEN_ENDED = ("probe", "prompt", "record_group", "kind")


def _score(name: str) -> Take:
    """Return what takes a score of the final network; of characters, their mean or product."""
    of_characters = {"token_accuracy": "mean", "token_product": "prod"}

    def take(run: Run) -> xr.DataArray:
        if name not in of_characters:
            return final(name)(run)
        each = final("token_accuracy")(run)
        joined = getattr(each, of_characters[name])("answer_index", skipna=True)
        return joined.where(each.notnull().any("answer_index"))

    return take


def _of_task(name: str) -> Take:
    """Return what takes a value of each task."""

    def take(run: Run) -> xr.DataArray:
        evaluation = run.results["evaluation"]
        each = evaluation[name]
        return each if "task" in each.dims else each.expand_dims(task=evaluation["task"])

    return take


def _chance(run: Run) -> xr.DataArray:
    """Return the exact match of the best baseline, by task and shots."""
    return run.results["evaluation"]["chance"].max("baseline")


def _of_open_ended(name: str) -> Take:
    return lambda run: run.results["open_ended"][name]


def _curves(
    sizes: Mapping[str, xr.Variable],
    scores: Mapping[str, xr.Variable],
    of_task: Mapping[str, Array],
    chance: Array,
) -> Curves:
    most = {name: each.values[..., _MOST] for name, each in scores.items()}
    return Curves(
        parameters=sizes["parameters"].values,
        exact=most["exact"],
        token_accuracy=most["token_accuracy"],
        token_product=most["token_product"],
        excess=most["answer_loss"] - of_task["answer_entropy"][:, None],
        excess_error=most["answer_loss_error"],
        chance=chance,
        problems=of_task["problems"],
        answer_length=of_task["answer_length"],
    )


def _open_ended(grid: Grid, kept: Sequence[Run], expected: Sequence[str]) -> Variables:
    """Return what networks do unasked, as far as they were tried."""
    runs = [run for run in kept if "open_ended" in run.results]
    labels = {dim: labels_of(kept, "open_ended", dim) for dim in _OPEN_ENDED}
    quantities = {
        "probe_exact": (("probe",), "exact match on problems of kinds that were never trained"),
        "probe_chance": (("probe",), "exact match by guessing from the context"),
        "elicited": (("probe",), "whether it is answered more often than chance explains"),
        "false_positive": (
            ("record_group", "prompt"),
            "probability that an outcome is predicted which does not happen",
        ),
        "ratio": (("prompt",), "ratio of the false positives in groups 1 and 0"),
        "output_rate": (("kind",), "share of sampled continuations"),
    }
    found = {
        name: variable(
            ("family", "width", *dims),
            grid.table(
                runs,
                _of_open_ended(name),
                **{dim: labels[dim] for dim in dims},
            ),
            about,
        )
        for name, (dims, about) in quantities.items()
    }
    bayes = grid.of_family(runs, _of_open_ended("bayes_ratio"), prompt=labels["prompt"])
    return found | {
        "bayes_ratio": variable(
            ("family", "prompt"),
            bayes,
            "ratio of the false positives in groups 1 and 0, by the Bayes rule",
        ),
        "expected": variable(
            "probe",
            np.isin(labels["probe"].astype(str), list(expected)),
            "whether the ability was expected beforehand",
        ),
    }
