"""What could have been predicted of families of published models, as one dataset."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import text
from ontogeny.scaling import FORECASTERS
from ontogeny.studies.surprise.config import PointsTable, Published
from ontogeny.studies.surprise.labels import dataset, measures, variable
from ontogeny.studies.surprise.published.analysis import (
    CONSTANTS,
    LAWS,
    LEAST,
    abilities,
    average,
    losses,
)
from ontogeny.studies.surprise.published.models import NO_MODELS, Models

__all__ = ["of_families"]

FILL = {"name": "", "loss_failure": "", "is_averaged": False}
"""What a variable has where a family has nothing, if that is not NaN."""

NO_WORLD = Published(table=PointsTable(file=""))


def of_families(
    families: Mapping[str, tuple[Published, Models]], tasks: Sequence[str]
) -> xr.Dataset:
    """Return what could have been predicted of families of models.

    Parameters
    ----------
    families : mapping of str to pair of Published, Models
        By name, the world of each and its models, by rising size.
    tasks : sequence of str
        All tasks that a world names for its average or as an ability.

    Returns
    -------
    Dataset
        By ``family``, whose sizes are numbered from 0; NaN where a family lacks something:
        ``name(size)``, ``parameters(size)``; ``loss(size)``, and as ``loss_*`` what `losses`
        returns; ``score(task, size)``, ``chance(task)``, ``is_averaged(task)`` and what `average`
        and `abilities` return.
    """
    sizes = max((len(models.name) for _, models in families.values()), default=0)
    whole = {"task": text(tasks)} | _numbers(sizes)
    found = [_family(spec, models, whole) for spec, models in families.values()]
    nothing = _family(NO_WORLD, NO_MODELS, whole)
    joined = xr.concat(
        [*found, nothing], "family", data_vars="all", join="exact", combine_attrs="override"
    ).isel(family=slice(len(found)))
    return joined.assign_coords(family=text(families))


def _family(spec: Published, models: Models, whole: Mapping[str, NDArray[Any]]) -> xr.Dataset:
    size, named = models.parameters, tuple(dict.fromkeys((*spec.average, *spec.abilities)))
    loss = np.full(size.size, np.nan)
    if spec.loss is not None:
        loss = models.loss[:, models.task.index(spec.loss)]
    of_tasks = {
        "score": variable(("size", "task"), _scores(models, named), "score, as published"),
        "is_averaged": variable(
            "task",
            np.array([task in spec.average for task in named], dtype=np.bool_),
            "whether the task counts for the mean score",
        ),
    }
    of_loss = {
        "name": variable("size", text(models.name), "name of the model"),
        "parameters": variable("size", size, "number of parameters"),
        "loss": variable("size", loss, "cross-entropy, as published", "nat"),
        **{f"loss_{name}": each for name, each in measures(losses(size, loss)).items()},
    }
    of_average = measures(average(size, _scores(models, spec.average)))
    chance = np.array([*spec.abilities.values()], dtype=np.float64)
    of_abilities = measures(
        abilities(size, _scores(models, tuple(spec.abilities)), chance=chance)
    ) | {"chance": variable("task", chance, "score of a guess")}
    return xr.merge(
        [
            _filled(of_loss, (), size.size, whole),
            _filled(of_tasks, named, size.size, whole),
            _filled(of_average, spec.average, size.size, whole),
            _filled(of_abilities, tuple(spec.abilities), size.size, whole),
        ],
        join="exact",
        compat="override",
    )


def _filled(
    variables: Mapping[str, xr.Variable],
    tasks: Sequence[str],
    sizes: int,
    whole: Mapping[str, NDArray[Any]],
) -> xr.Dataset:
    """Return variables of some tasks and sizes at all of them."""
    found = dataset(
        variables,
        {
            "task": text(tasks),
            "law": text(LAWS),
            "forecaster": text(FORECASTERS),
            "constant": text(CONSTANTS),
            **_numbers(sizes),
        },
        title="",
    )
    fill = {name: FILL.get(name, np.nan) for name in variables}
    return found.reindex(whole, fill_value=fill)


def _numbers(sizes: int) -> dict[str, NDArray[Any]]:
    return {"size": np.arange(sizes), "cut": np.arange(LEAST, max(LEAST, sizes))}


def _scores(models: Models, tasks: Sequence[str]) -> NDArray[np.float64]:
    places = np.array([models.task.index(task) for task in tasks], dtype=np.intp)
    return models.score[:, places]
