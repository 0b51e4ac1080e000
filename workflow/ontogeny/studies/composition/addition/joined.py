"""Many runs of addition in one dataset, a row for each: settings, outcome, mechanism, phases."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins.outcomes import outcomes
from ontogeny.studies.composition.addition.milestones import MILESTONES
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.labels import dataset, variable

__all__ = ["DELETIONS", "AddingRun", "addition"]

DELETIONS = (
    "neurons: polynomials",
    "neurons: waves of a + b",
    "neurons: read directions",
    "logits: key blocks",
    "logits: key cubes",
)
"""Interventions that take away what is not a wave of a key frequency, and nothing else."""

Row = dict[str, xr.Variable]


@dataclass(frozen=True, eq=False)
class AddingRun:
    """One run on a cyclic group.

    Attributes
    ----------
    experiment : str
    sweep : str
        The sweep that the experiment is of; its own name when it is of none.
    seed : int
    modulus : int
        Odd.
    history : Dataset
    mechanism, measures : Dataset
    """

    experiment: str
    sweep: str
    seed: int
    modulus: int
    history: xr.Dataset
    mechanism: xr.Dataset
    measures: xr.Dataset


def addition(runs: Sequence[AddingRun]) -> xr.Dataset:
    """Join the runs on residues, whatever their labels.

    Parameters
    ----------
    runs : sequence of AddingRun

    Returns
    -------
    Dataset
        By run; what a run does not have is NaN. ``key(run, frequency)`` is 0 or 1, NaN for a
        frequency that the modulus of the run does not have.
    """
    rows = [_row(run) for run in runs]
    names = dict.fromkeys(name for row in rows for name in row)
    found: dict[str, xr.Variable] = {}
    for name in names:
        about = next(row[name] for row in rows if name in row)
        values = [row[name].values if name in row else np.nan for row in rows]
        found[name] = xr.Variable("run", np.array(values, dtype=np.float64), about.attrs)
    most = max(run.modulus // 2 for run in runs)
    key = np.full((len(runs), most), np.nan)
    milestone = np.full((len(runs), len(MILESTONES)), np.nan)
    for index, run in enumerate(runs):
        key[index, : run.mechanism.sizes["frequency"]] = run.mechanism["key"].values
        milestone[index] = run.measures["milestone_step"].values
    found["key"] = variable(("run", "frequency"), key, "key frequency")
    found["milestone_step"] = variable(
        ("run", "milestone"), milestone, "first checkpoint after the milestone"
    )
    settings = [_settings(run) for run in runs]
    for name in settings[0]:
        column = _column([each[name] for each in settings])
        found[name] = variable("run", column, name.replace("_", " "))
    coordinates = {
        f"{name}_of_run": variable("run", _column([getattr(run, name) for run in runs]), name)
        for name in ("experiment", "sweep", "seed", "modulus")
    }
    return dataset(
        found,
        coordinates
        | {
            "frequency": np.arange(1, most + 1, dtype=np.int32),
            "milestone": _column(list(MILESTONES)),
        },
        title="Runs that add",
    )


def _settings(run: AddingRun) -> dict[str, str | float]:
    """Return the settings of a run that claims tell apart."""
    training = Training.model_validate(json.loads(run.history.attrs["spec"]))
    optimiser = training.optimiser
    changes = optimiser.weight_decay_schedule
    recipe = training.model_dump(mode="json", exclude={"schedule"})
    return {
        "architecture": training.architecture.kind,
        "labels": training.data.labels,
        "recipe": json.dumps(recipe, sort_keys=True),
        "training_loss": optimiser.loss,
        "fraction": training.data.fraction,
        "weight_decay": optimiser.weight_decay,
        "decay_change": float(changes[0].step) if changes else np.nan,
        "changed_decay": changes[0].weight_decay if changes else np.nan,
        "l1": optimiser.l1,
        "dropout": optimiser.dropout,
        "steps": float(training.schedule.steps),
        "training_pairs": float(run.history.sizes["train_pair"]),
    }


def _column(values: Sequence[str | int | float]) -> NDArray[np.generic]:
    return np.array(values, dtype=object if isinstance(values[0], str) else None)


def _row(run: AddingRun) -> Row:
    return outcomes(run.history) | _of_mechanism(run.mechanism) | _of_measures(run.measures)


def _of_mechanism(last: xr.Dataset) -> Row:
    key = last["key"].values
    gini = last["gini"].sel(spectrum="waves")
    loss = last["ablated_loss"].sel(split="all")
    removed = last["load_bearing"].sel(place="logits").values
    directions = last["direction_fve"].values[:, key]
    numbers = {
        "uniform_loss": (np.log(2 * len(key) + 1), "loss of equal logits", "nat"),
        "key_frequencies": (key.sum(), "number of key frequencies", "1"),
        "key_share": (key.mean(), "share of the frequencies that are key", "1"),
        "explained_share": (last["explained_share"], "share of neurons explained", "1"),
        "mean_fve": (last["mean_fve"], "mean share of a neuron in one frequency", "1"),
        "logit_fve": (
            last["logit_fve"].sel(centring="global").values[key].sum(),
            "share of the logits in cubes of key frequencies",
            "1",
        ),
        "key_sum_share": (
            last["key_sum_share"],
            "share of sums in the logits' waves of sum and difference",
            "1",
        ),
        "unembedding_residual_energy": (
            last["unembedding_residual_energy"],
            "share of the neuron-to-logit map outside key frequencies",
            "1",
        ),
        "least_direction_fve": (
            directions.min(initial=np.inf) if key.any() else np.nan,
            "least share of a read direction in its wave",
            "1",
        ),
        "embedding_gini": (
            gini.sel(matrix="left_embedding"),
            "Gini coefficient of the left embedding",
            "1",
        ),
        "unembedding_gini": (
            gini.sel(matrix="unembedding"),
            "Gini coefficient of the neuron-to-logit map",
            "1",
        ),
        "permuted_gini": (
            last["gini_permuted"].sel(spectrum="waves").max(),
            "largest Gini coefficient with residues in random order",
            "1",
        ),
        "worst_deletion": (
            (loss.sel(ablation=list(DELETIONS)) / loss.sel(ablation="none")).max(),
            "largest loss without non-Fourier content, relative",
            "1",
        ),
        "excluded_loss": (
            last["excluded_loss"].sel(exclusion="logits"),
            "excluded loss of the final checkpoint",
            "nat",
        ),
        "least_key_removal": (
            removed[key].min(initial=np.inf) if key.any() else np.nan,
            "least loss without one key frequency, relative",
            "1",
        ),
        "most_other_removal": (
            removed[~key].max(initial=-np.inf) if (~key).any() else np.nan,
            "largest loss without one other frequency, relative",
            "1",
        ),
        "key_margin": (last["key_margin"], "margin of one unit of all key cubes", "1"),
        "distance_irrelevance": (last["distance_irrelevance"], "distance irrelevance", "1"),
    }
    if "gradient_symmetricity" in last:
        symmetricity = last["gradient_symmetricity"]
        numbers["gradient_symmetricity"] = (symmetricity, "gradient symmetricity", "1")
    return {
        name: variable((), float(value), about, units)
        for name, (value, about, units) in numbers.items()
    }


def _of_measures(along: xr.Dataset) -> Row:
    weights = along["squared_weights"].values
    ends = along["phase_boundary"]
    numbers = {
        "memorisation_end": (ends.sel(boundary="memorisation"), "end of memorisation"),
        "circuit_end": (ends.sel(boundary="circuit formation"), "end of circuit formation"),
        "cleanup_end": (ends.sel(boundary="cleanup"), "end of cleanup"),
        "weights_ratio": (weights[-1] / weights.max(), "last squared weights over their peak"),
        "weight_norm": (along["weight_norm"][-1], "norm of all weights"),
        "logit_margin": (
            along["logit_margin"].sel(circuit="whole")[-1],
            "margin of the right logit",
        ),
        "efficiency": (
            along["efficiency"].sel(circuit="whole")[-1],
            "margin over weight norm",
        ),
        "generalising_share": (
            along["generalising_share"][-1],
            "share of the logits in waves of a + b of key frequencies",
        ),
        "embedding_gini_trend": (
            along["gini_trend"].sel(matrix="left_embedding"),
            "correlation of the embedding's Gini coefficient with the step",
        ),
    }
    return {name: variable((), float(value), about) for name, (value, about) in numbers.items()}
