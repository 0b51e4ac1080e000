"""What could have been predicted of all published models of the configuration."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import text
from ontogeny.scaling import NoConvergence
from ontogeny.studies.surprise.config import PointsTable, Published, WideTable
from ontogeny.studies.surprise.labels import dataset, measures, variable
from ontogeny.studies.surprise.published.analysis import CONSTANTS, compute, joint
from ontogeny.studies.surprise.published.dataset import models_of, points_of
from ontogeny.studies.surprise.published.families import of_families
from ontogeny.studies.surprise.published.models import NO_MODELS, Models, of_family, scores_of
from ontogeny.studies.surprise.published.reading import families_of
from ontogeny.studies.surprise.published.tables import Points

__all__ = ["published_scaling"]

JOINT = ("floor", "factor_size", "exponent_size", "factor_data", "exponent_data")
"""Constants of L = floor + factor_size N^-exponent_size + factor_data D^-exponent_data."""


def published_scaling(
    specs: Mapping[str, Published], worlds: Mapping[str, xr.Dataset]
) -> xr.Dataset:
    """Return the laws, forecasts and residuals of all published worlds.

    Parameters
    ----------
    specs : mapping of str to Published
        By name of the world.
    worlds : mapping of str to Dataset
        As `published_world` returns them, by the same names.

    Returns
    -------
    Dataset
        NaN where a family or a world lacks something.

        By ``family``, such as ``pythia, deduplicated``: what `of_families` returns, and
        ``world_of_family``.

        By ``world``: of scores given compute, ``residual(task)`` and ``reference_residual(task)``,
        with the number of ``models(task)`` and the task of the ``reference``; of losses, the
        constants of the fit in size and data, ``joint(constant)``, with the number of
        ``joint_points`` and ``joint_objective``, and in ``joint_failure`` why there is no fit.

        By ``model`` of worlds with a reference: ``compute``, ``model_score(task)``,
        ``reference_score``, and what is expected at that compute, ``fitted(task)`` and
        ``reference_fitted(task)``; ``world_of_model`` and ``family_of_model``.
    """
    held = {
        name: models_of(world) if "model" in world.dims else points_of(world)
        for name, world in worlds.items()
    }
    tasks = tuple(
        dict.fromkeys(task for spec in specs.values() for task in (*spec.average, *spec.abilities))
    )
    families = {
        f"{name}, {family}": (name, of_family(models, family))
        for name, models in held.items()
        if isinstance(models, Models)
        for family in families_of(specs[name])
    }
    by_family = of_families(
        {family: (specs[name], models) for family, (name, models) in families.items()}, tasks
    ).reindex(constant=text(dict.fromkeys((*CONSTANTS, *JOINT))))
    owners = text(name for name, _ in families.values())
    return dataset(
        {
            **{str(name): each.variable for name, each in by_family.data_vars.items()},
            "world_of_family": variable("family", owners, "world of the family"),
            **_given_compute(specs, held, tasks),
            **_joint(specs, held),
        },
        {
            **{str(name): each.values for name, each in by_family.coords.items()},
            "world": text(held),
            "model": text(
                f"{name}, {model}"
                for name, each in held.items()
                for model in _compared(specs[name], each).name
            ),
        },
        title="Forecasts for published models, compared with their outcomes",
    )


def _given_compute(
    specs: Mapping[str, Published], held: Mapping[str, Models | Points], tasks: Sequence[str]
) -> dict[str, xr.Variable]:
    """Return how far compute decides abilities, of worlds one after another."""
    references = {name: _reference(specs[name]) for name in held}
    of_worlds, of_models = [], []
    for name, each in held.items():
        models, abilities = _compared(specs[name], each), tuple(specs[name].abilities)
        score = np.full((len(models.name), len(tasks)), np.nan)
        reference = np.full(len(models.name), np.nan)
        if models.name:
            score[:, [tasks.index(task) for task in abilities]] = scores_of(models, abilities)
            reference = scores_of(models, [references[name]])[:, 0]
        measured = measures(compute(models.compute, score, reference))
        of_worlds.append({key: of for key, of in measured.items() if "model" not in of.dims})
        of_models.append(
            {
                "compute": variable("model", models.compute, "training compute", "FLOP"),
                "model_score": variable(("model", "task"), score, "score, as published"),
                "reference_score": variable("model", reference, "score of the reference"),
                "family_of_model": variable("model", text(models.family), "family of the model"),
                "world_of_model": variable(
                    "model", text(name for _ in models.name), "world of the model"
                ),
                **{key: of for key, of in measured.items() if "model" in of.dims},
            }
        )
    return {
        "reference": variable(
            "world", text(references.values()), "task that others are compared with"
        ),
        **{
            key: xr.Variable(("world", *first.dims), _values(of_worlds, key, np.stack), first.attrs)
            for key, first in of_worlds[0].items()
        },
        **{
            key: xr.Variable(first.dims, _values(of_models, key, np.concatenate), first.attrs)
            for key, first in of_models[0].items()
        },
    }


def _values(
    found: Sequence[Mapping[str, xr.Variable]],
    key: str,
    join: Callable[[Sequence[NDArray[Any]]], NDArray[Any]],
) -> NDArray[Any]:
    return join([each[key].values for each in found])


def _compared(spec: Published, held: Models | Points) -> Models:
    """Return the models of a world whose scores are compared at equal compute, often none."""
    return held if isinstance(held, Models) and _reference(spec) else NO_MODELS


def _reference(spec: Published) -> str:
    return (spec.table.reference if isinstance(spec.table, WideTable) else None) or ""


def _joint(
    specs: Mapping[str, Published], held: Mapping[str, Models | Points]
) -> dict[str, xr.Variable]:
    """Return the fits of losses in size and data."""
    places = [[*dict.fromkeys((*CONSTANTS, *JOINT))].index(name) for name in JOINT]
    constants = np.full((len(held), len({*CONSTANTS, *JOINT})), np.nan)
    objective, points = np.full(len(held), np.nan), np.zeros(len(held), dtype=np.int64)
    failure = [""] * len(held)
    for row, (name, runs) in enumerate(held.items()):
        table = specs[name].table
        if not (isinstance(runs, Points) and isinstance(table, PointsTable)):
            continue
        points[row] = runs.loss.size - table.left_out
        try:
            fit = joint(runs.parameters, runs.tokens, runs.loss, left_out=table.left_out)
        except NoConvergence as error:
            failure[row] = str(error)
        else:
            constants[row, places] = [getattr(fit, name) for name in JOINT]
            objective[row] = fit.objective
    return {
        "joint": variable(
            ("world", "constant"), constants, "constant of the law in size and data; floor [nat]"
        ),
        "joint_objective": variable("world", objective, "sum of Huber losses of the joint fit"),
        "joint_points": variable("world", points, "training runs that the joint fit is of"),
        "joint_failure": variable(
            "world", text(failure), "why there is no joint fit, empty if there is"
        ),
    }
