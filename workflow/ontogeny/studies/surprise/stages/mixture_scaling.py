"""All networks on mixtures in one dataset: what of the larger ones the smaller ones foretell."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins import Run
from ontogeny.labels import text
from ontogeny.scaling import FORECASTERS, LAWS
from ontogeny.studies.surprise.families import (
    CONSTANTS,
    bands_of_kins,
    cut_labels,
    described,
    forecasts_of_loss,
    laws_of_loss,
)
from ontogeny.studies.surprise.labels import dataset, variable
from ontogeny.studies.surprise.stages.mixture_abilities import (
    Curves,
    abruptness,
    forecasts,
    same_length,
    spread,
)

__all__ = ["mixture_scaling"]

_DESCRIBED = {
    "world": "world of the family",
    "kin": "what the family is, but for its seed",
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

Array = NDArray[np.float64]
Take = Callable[[Run], xr.DataArray]


def mixture_scaling(runs: Sequence[Run], *, least_sizes: int) -> xr.Dataset:
    """Join the runs on mixtures into families, and foresee the large from the small.

    A run whose evaluation ends before its steps diverged: it is left out.

    Parameters
    ----------
    runs : sequence of Run
        At least one. Described by ``family``, ``kin``, ``world``, ``seed``, ``layers``, ``steps``
        and ``width``, with the results ``evaluation`` and, where there are any, ``open_ended``.
    least_sizes : int
        A family with fewer sizes is not fitted, and the smallest cut has as many.

    Returns
    -------
    Dataset
        Scores of the final networks by ``family`` and ``width``, NaN for a width that a family
        lacks; laws of the loss of text and its forecasts; forecasts and abruptness of each task;
        what its networks do unasked. docs/surprise.md has the variables.

    Raises
    ------
    ValueError
        If there is no run, or if two runs of a family have the same width.
    """
    if not runs:
        msg = "no runs on mixtures: there must be at least one"
        raise ValueError(msg)
    placed = _Placed(runs)
    kept = [run for run in runs if _is_complete(run)]
    sizes = {
        name: variable(("family", "width"), placed.table(kept, _final(name)), about, units)
        for name, (about, units) in _OF_SIZE.items()
    }
    tasks = _labels(runs, "evaluation", "task")
    scores = {
        name: variable(
            ("family", "width", "task", "shots"),
            placed.table(kept, _score(name), task=tasks, shots=SHOTS),
            about,
            units,
        )
        for name, (about, units) in _SCORES.items()
    }
    of_task = {
        name: placed.of_family(runs, _of_task(name), task=tasks)
        for name in ("chance", "problems", "answer_length", "answer_entropy")
    }
    curves = _curves(sizes, scores, of_task)
    parameters, loss = sizes["parameters"].values, sizes["loss"].values
    about = placed.about()
    kins = [str(each["kin"]) for each in about]
    abrupt = abruptness(curves, least_sizes=least_sizes)
    return dataset(
        {
            **described(about, _DESCRIBED),
            "left_out": variable("family", placed.count_without(kept), "runs that diverged"),
            **sizes,
            **scores,
            "chance": variable(
                ("family", "task"), of_task["chance"], "exact match without the problem"
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
            **forecasts_of_loss(parameters, loss, least_sizes=least_sizes),
            **bands_of_kins(parameters, loss, kins, least_sizes=least_sizes),
            **forecasts(curves, least_sizes=least_sizes),
            **abrupt,
            **same_length(curves),
            "spread_of_crossing": spread(abrupt["crossing"].values, kins),
            **_open_ended(placed, kept),
        },
        {
            "family": text(placed.families),
            "kin": text(dict.fromkeys(kins)),
            "width": placed.widths,
            "task": tasks,
            "shots": SHOTS,
            "law": text(LAWS),
            "constant": text(CONSTANTS),
            "cut": cut_labels(parameters, least_sizes),
            "forecaster": text(FORECASTERS),
            "end": text(("lower", "upper")),
            **{dim: _labels(kept, "open_ended", dim) for dim in _OPEN_ENDED},
        },
        title="Transformers on a mixture of text and tasks: the large foretold from the small",
    )  # fmt: skip


SHOTS = text(("one", "most"))
"""Solved problems in the context: one, or as many as it holds."""

_OPEN_ENDED = ("probe", "prompt", "record_group", "kind")


class _Placed:
    """Where each run lies among families and widths.

    Attributes
    ----------
    families : list of str
        In the order in which runs are given.
    widths : (W,) ndarray of int64
        All widths of any family.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = runs
        self.families = list(dict.fromkeys(str(run.about["family"]) for run in runs))
        self.widths = np.unique([int(run.about["width"]) for run in runs])
        places = [self._place(run) for run in runs]
        twice = next((place for place in places if places.count(place) > 1), None)
        if twice is not None:
            family, width = self.families[twice[0]], self.widths[twice[1]]
            msg = f"family {family!r}: two of its runs have the width {width}"
            raise ValueError(msg)

    def _place(self, run: Run) -> tuple[int, int]:
        at_width = int(np.searchsorted(self.widths, int(run.about["width"])))
        return self.families.index(str(run.about["family"])), at_width

    def about(self) -> list[Mapping[str, Any]]:
        """Return what the first run of each family is described by."""
        first = {str(run.about["family"]): run.about for run in reversed(self._runs)}
        return [first[name] for name in self.families]

    def count_without(self, kept: Sequence[Run]) -> NDArray[np.int64]:
        """Return how many runs of each family are not among some, (F,)."""
        left_out = [self._place(run)[0] for run in self._runs if run not in kept]
        return np.bincount(np.array(left_out, dtype=np.int64), minlength=len(self.families))

    def table(self, runs: Sequence[Run], take: Take, **labels: Any) -> Array:
        """Return values of runs over families, widths and labels; NaN where there is none."""
        shape = tuple(len(values) for values in labels.values())
        found = np.full((len(self.families), len(self.widths), *shape), np.nan)
        for run in runs:
            value = take(run).astype(np.float64).transpose(*labels)
            found[self._place(run)] = value.reindex(labels).values
        return found

    def of_family(self, runs: Sequence[Run], take: Take, **labels: Any) -> Array:
        """Return what all runs of a family share, over families and labels."""
        return np.asarray(np.fmax.reduce(self.table(runs, take, **labels), axis=1))


def _is_complete(run: Run) -> bool:
    return bool(run.results["evaluation"]["step"].values[-1] >= run.about["steps"])


def _labels(runs: Sequence[Run], result: str, dim: str) -> NDArray[Any]:
    """Return the labels that results of any run have along a dimension, in their order."""
    found = [run.results[result][dim].values for run in runs if result in run.results]
    labels = list(dict.fromkeys(label for values in found for label in values.tolist()))
    return np.array(labels) if labels and not isinstance(labels[0], str) else text(labels)


def _final(name: str) -> Take:
    """Return what takes a value of the final network."""

    def take(run: Run) -> xr.DataArray:
        each = run.results["evaluation"][name]
        return each.isel(step=-1) if "step" in each.dims else each

    return take


def _score(name: str) -> Take:
    """Return what takes a score of the final network; of characters, their mean or product."""
    of_characters = {"token_accuracy": "mean", "token_product": "prod"}

    def take(run: Run) -> xr.DataArray:
        if name not in of_characters:
            return _final(name)(run)
        each = _final("token_accuracy")(run)
        joined = getattr(each, of_characters[name])("answer_index", skipna=True)
        return joined.where(each.notnull().any("answer_index"))

    return take


def _of_task(name: str) -> Take:
    """Return what takes a value of each task; of several baselines the best one."""

    def take(run: Run) -> xr.DataArray:
        evaluation = run.results["evaluation"]
        each = evaluation[name]
        if "baseline" in each.dims:
            return each.max("baseline")
        return each if "task" in each.dims else each.expand_dims(task=evaluation["task"])

    return take


def _of_open_ended(name: str) -> Take:
    return lambda run: run.results["open_ended"][name]


def _curves(
    sizes: Mapping[str, xr.Variable], scores: Mapping[str, xr.Variable], of_task: dict[str, Array]
) -> Curves:
    most = {name: each.values[..., list(SHOTS).index("most")] for name, each in scores.items()}
    return Curves(
        parameters=sizes["parameters"].values,
        exact=most["exact"],
        token_accuracy=most["token_accuracy"],
        token_product=most["token_product"],
        excess=most["answer_loss"] - of_task["answer_entropy"][:, None],
        excess_error=most["answer_loss_error"],
        chance=of_task["chance"],
        problems=of_task["problems"],
        answer_length=of_task["answer_length"],
    )


def _open_ended(placed: _Placed, kept: Sequence[Run]) -> dict[str, xr.Variable]:
    """Return what networks do unasked, as far as they were tried."""
    runs = [run for run in kept if "open_ended" in run.results]
    labels = {dim: _labels(kept, "open_ended", dim) for dim in _OPEN_ENDED}
    quantities = {
        "probe_exact": (("probe",), "exact match on problems of kinds that were never trained"),
        "probe_chance": (("probe",), "exact match by guessing from the context"),
        "elicited": (("probe",), "whether the ability is three standard errors above chance"),
        "false_positive": (
            ("record_group", "prompt"),
            "probability that an outcome is predicted which does not happen",
        ),
        "ratio": (("prompt",), "false positives in group 1 over those in group 0"),
        "output_rate": (("kind",), "share of sampled continuations"),
    }
    found = {
        name: variable(
            ("family", "width", *dims),
            placed.table(
                runs,
                _of_open_ended(name),
                **{dim: labels[dim] for dim in dims},
            ),
            about,
        )
        for name, (dims, about) in quantities.items()
    }
    shared = {
        "bayes_ratio": ("prompt", "false positives in group 1 over group 0, by the Bayes rule"),
        "expected": ("probe", "whether the ability was expected beforehand"),
    }
    for name, (dim, about) in shared.items():
        values = placed.of_family(runs, _of_open_ended(name), **{dim: labels[dim]})
        found[name] = variable(("family", dim), values, about)
    return found
