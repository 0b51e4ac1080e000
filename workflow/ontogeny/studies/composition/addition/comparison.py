"""Many runs of addition in one dataset, a row for each: settings, outcome, mechanism, phases."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from ontogeny.joins import Run
from ontogeny.joins.outcomes import outcomes
from ontogeny.joins.rows import columns, described, stacked
from ontogeny.labels import text
from ontogeny.studies.composition.addition.milestones import MILESTONES
from ontogeny.studies.composition.carried import training_of
from ontogeny.studies.composition.labels import dataset, variable

__all__ = ["DELETIONS", "comparison"]

DELETIONS = (
    "neurons: replaced by polynomials of waves",
    "neurons: only waves of a + b of key frequencies",
    "neurons: only the directions that logits read",
    "logits: only key frequencies",
    "logits: only cos(w (a + b − c)) of key frequencies",
)
"""Interventions that take away what is not a wave of a key frequency, and nothing else."""

Row = dict[str, xr.Variable]
Numbers = dict[str, tuple[Any, str] | tuple[Any, str, str]]


def comparison(runs: Sequence[Run]) -> xr.Dataset:
    """Join the runs on residues, whatever their labels.

    Parameters
    ----------
    runs : sequence of Run
        Described by experiment, sweep (the name of the experiment where it is of none), seed and
        modulus, which is odd; with ``history``, ``addition_analysis`` and ``addition_evaluation``.

    Returns
    -------
    Dataset
        By run; what a run does not have is NaN. ``key_frequency(run, frequency)`` is 0 or 1, NaN
        for a frequency that the modulus of the run does not have.
    """
    frequency = np.arange(1, max(run.about["modulus"] // 2 for run in runs) + 1, dtype=np.int32)
    milestone = text(MILESTONES)
    key = stacked(
        [run.results["addition_analysis"]["key_frequency"] for run in runs], frequency=frequency
    )
    passed = stacked(
        [run.results["addition_evaluation"]["milestone_step"] for run in runs], milestone=milestone
    )
    found = columns([_row(run) for run in runs])
    found["key_frequency"] = variable(("run", "frequency"), key, "key frequency")
    found["milestone_step"] = variable(
        ("run", "milestone"), passed, "first checkpoint after the milestone"
    )
    coordinates: dict[str, ArrayLike | xr.Variable] = {
        "frequency": frequency,
        "milestone": milestone,
        **described(runs),
    }
    return dataset(found, coordinates, title="Runs that add")


def _row(run: Run) -> Row:
    history, last, along = (
        run.results[name] for name in ("history", "addition_analysis", "addition_evaluation")
    )
    found = _of_circuit(last) | _of_spectra(last) | _of_interventions(last)
    return outcomes(history) | found | _along_training(along) | _settings(history)


def _of_circuit(last: xr.Dataset) -> Row:
    """Return what the network is made of."""
    key = last["key_frequency"].values
    directions = last["direction_fve"].values[:, key]
    cubes = last["cube_fve"].sel(centring="global").values[key]
    numbers: Numbers = {
        "uniform_loss": (np.log(2 * len(key) + 1), "loss of equal logits", "nat"),
        "key_frequencies": (key.sum(), "number of key frequencies"),
        "key_share": (key.mean(), "share of the frequencies that are key"),
        "explained_share": (last["explained_share"], "share of neurons explained"),
        "mean_fve": (last["mean_fve"], "mean share of a neuron in one frequency"),
        "key_cube_fve": (cubes.sum(), "share of the logits in cubes of key frequencies"),
        "key_sum_share": (
            last["key_sum_share"],
            "share of sums in the logits' waves of sum and difference",
        ),
        "least_direction_fve": (
            directions.min(initial=np.inf) if key.any() else np.nan,
            "smallest share of a direction u or v in its wave",
        ),
        "key_margin": (last["key_margin"], "margin of one unit of all key cubes"),
        "distance_irrelevance": (last["distance_irrelevance"], "distance irrelevance"),
    }
    if "gradient_symmetricity" in last:
        symmetricity = last["gradient_symmetricity"]
        numbers["gradient_symmetricity"] = (symmetricity, "gradient symmetricity")
    return _described(numbers)


def _of_spectra(last: xr.Dataset) -> Row:
    """Return how sparse the weights are in the Fourier basis."""
    gini = last["spectrum_gini"].sel(spectrum="norms of waves")
    return _described(
        {
            "unembedding_residual_energy": (
                last["unembedding_residual_energy"],
                "share of the neuron-to-logit map outside key frequencies",
            ),
            "embedding_gini": (
                gini.sel(matrix="left_embedding"),
                "Gini coefficient of the left embedding",
            ),
            "unembedding_gini": (
                gini.sel(matrix="unembedding"),
                "Gini coefficient of the neuron-to-logit map",
            ),
            "permuted_gini": (
                last["gini_permuted"].sel(spectrum="norms of waves").max(),
                "largest Gini coefficient with residues in random order",
            ),
        }
    )


def _of_interventions(last: xr.Dataset) -> Row:
    """Return the loss after each removal."""
    key = last["key_frequency"].values
    loss = last["intervention_loss"].sel(split="all")
    removed = last["load_bearing"].sel(place="logits").values
    return _described(
        {
            "worst_deletion": (
                (loss.sel(ablation=list(DELETIONS)) / loss.sel(ablation="none")).max(),
                "largest loss without non-Fourier content, relative",
            ),
            "excluded_wave_loss": (
                last["excluded_wave_loss"].sel(exclusion="logits"),
                "excluded wave loss of the final checkpoint",
                "nat",
            ),
            "least_key_removal": (
                removed[key].min(initial=np.inf) if key.any() else np.nan,
                "least loss without one key frequency, relative",
            ),
            "most_other_removal": (
                removed[~key].max(initial=-np.inf) if (~key).any() else np.nan,
                "largest loss without one other frequency, relative",
            ),
        }
    )


def _along_training(along: xr.Dataset) -> Row:
    """Return when the phases end, and what weights and logits come to."""
    weights = along["squared_weights"].values
    ends, last = along["phase_boundary"], along.isel(step=-1)
    whole = last.sel(circuit="whole")
    return _described(
        {
            "memorisation_end": (ends.sel(boundary="memorisation"), "end of memorisation"),
            "circuit_end": (ends.sel(boundary="circuit formation"), "end of circuit formation"),
            "cleanup_end": (ends.sel(boundary="cleanup"), "end of cleanup"),
            "weights_ratio": (
                weights[-1] / weights.max(),
                "squared weights at the final checkpoint divided by their peak",
            ),
            "weight_norm": (last["weight_norm"], "norm of all weights"),
            "whole_logit_margin": (whole["logit_margin"], "margin of the right logit"),
            "whole_efficiency": (whole["efficiency"], "margin divided by the weight norm"),
            "generalising_share": (
                last["generalising_share"],
                "share of the logits in waves of a + b of key frequencies",
            ),
            "embedding_gini_trend": (
                along["gini_trend"].sel(matrix="left_embedding"),
                "correlation of the embedding's Gini coefficient with the step",
            ),
        }
    )


def _settings(history: xr.Dataset) -> Row:
    """Return the settings of a run that claims tell apart."""
    training = training_of(history)
    optimiser = training.optimiser
    changes = optimiser.weight_decay_schedule
    recipe = training.model_dump(mode="json", exclude={"schedule"})
    settings: dict[str, str | float] = {
        "architecture": training.architecture.kind,
        "labels": training.data.labels,
        "recipe": json.dumps(recipe, sort_keys=True),
        "initial_scale": training.initial_scale,
        "optimiser": optimiser.kind,
        "training_loss": optimiser.loss,
        "fraction": training.data.fraction or np.nan,
        "weight_decay": optimiser.weight_decay,
        "decay_change": float(changes[0].step) if changes else np.nan,
        "changed_decay": changes[0].weight_decay if changes else np.nan,
        "l1": optimiser.l1,
        "dropout": optimiser.dropout,
        "steps": float(training.schedule.steps),
        "training_pairs": float(history.sizes["train_pair"]),
    }
    return _described({name: (value, name.replace("_", " ")) for name, value in settings.items()})


def _described(numbers: Numbers) -> Row:
    """Return values, each given with its long name and, when it has one, its unit."""
    return {name: variable((), *each) for name, each in numbers.items()}
