"""From a class to both sides of every law, over all histories."""

import numpy as np
import xarray as xr

from ontogeny.labels import text
from ontogeny.studies.imitation.analysis.enumeration import Histories, enumerate_histories
from ontogeny.studies.imitation.analysis.laws import (
    LAWS,
    distance,
    kept_distance,
    kept_probability,
    laws,
    sequences,
)
from ontogeny.studies.imitation.config import Learning
from ontogeny.studies.imitation.labels import dataset, variable
from ontogeny.studies.imitation.stages.reading import problem_of, stream

__all__ = ["enumerated"]


def enumerated(policy_class: xr.Dataset, learning: Learning, steps: int) -> xr.Dataset:
    """Return both sides of every law, over all histories.

    Parameters
    ----------
    policy_class : Dataset
        From `model_class`.
    learning : Learning
        The learner; where its class does not contain the demonstrator, there are no laws but D7
        without the condition that the demonstrator is plausible.
    steps : int
        Of a history.
    """
    found = enumerate_histories(problem_of(policy_class, learning), learning.alpha, steps)
    left, right = sequences(found)
    sides = dict.fromkeys(LAWS, (np.nan, np.nan))
    if found.truth is not None:
        sides |= laws(found, (left, right), learning.alpha, stream(learning.seed, "events"))
    variables = {
        "left": variable("law", [sides[law][0] for law in LAWS], "left side of the law"),
        "right": variable("law", [sides[law][1] for law in LAWS], "right side of the law"),
        "sequence_left": variable("sequence", left, "E[1_x 1_D Π 1/(1+θ)] of the sequence x"),
        "sequence_right": variable("sequence", right, "probability under the demonstrator"),
        "total": variable((), found.probability.sum(), "sum of all probabilities"),
        "weight": variable((), found.weight, "prior weight of the demonstrator"),
        "excess": variable((), found.excess, "largest p(a) − d(a)"),
        **_expectations(found),
    }
    coordinates = {"law": text(LAWS), "sequence": np.arange(len(left))}
    return dataset(variables, coordinates, title="All histories of the conservative learner")


def _expectations(found: Histories) -> dict[str, xr.Variable]:
    values = {
        "queries": (found.mean(found.queries), "expected queries", "1"),
        "cubes": (found.mean(found.cubes), "E Σ θ³", "1"),
        "logs": (found.mean(found.logs), "E Σ ln(1+θ)", "nat"),
        "distance": (
            distance(found),
            "KL(histories under the imitator ‖ under the demonstrator)",
            "nat",
        ),
        "divergence": (found.mean(found.divergence), "E Σ KL(imitator ‖ demonstrator)", "nat"),
    }
    of_truth = {
        "information": (found.mean(found.information), "E Σ θ KL(d‖ξ)", "nat"),
        "kept": (kept_probability(found), "P(demonstrator always plausible)", "1"),
        "kept_logs": (
            found.mean(found.kept_logs),
            "E Σ ln(1+θ) while the demonstrator is plausible",
            "nat",
        ),
        "kept_divergence": (
            found.mean(found.kept_divergence),
            "E Σ KL(imitator ‖ demonstrator) while the demonstrator is plausible",
            "nat",
        ),
        "kept_distance": (
            kept_distance(found),
            "KL(histories while the demonstrator is always plausible ‖ under the demonstrator)",
            "nat",
        ),
    }
    if found.truth is None:
        of_truth = {name: (np.nan, about, units) for name, (_, about, units) in of_truth.items()}
    return {
        name: variable((), value, about, units)
        for name, (value, about, units) in (values | of_truth).items()
    }
