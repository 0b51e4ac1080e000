"""What could have been predicted of families of published models, as one dataset."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import text
from ontogeny.scaling import FORECASTERS
from ontogeny.studies.surprise.config import Published
from ontogeny.studies.surprise.labels import dataset, measures, variable
from ontogeny.studies.surprise.published.analysis import (
    CONSTANTS,
    LAWS,
    abilities,
    average,
    losses,
)
from ontogeny.studies.surprise.published.least import LEAST_SIZES
from ontogeny.studies.surprise.published.models import NO_MODELS, Models

__all__ = ["of_families"]

FILL = {"name": "", "loss_fit_failure": "", "loss_failure": "", "is_averaged": False}
"""What a variable has where a family has nothing, if that is not NaN."""

Array = NDArray[Any]


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
    coordinates: dict[str, Array] = {
        "family": text(families),
        "task": text(tasks),
        "law": text(LAWS),
        "forecaster": text(FORECASTERS),
        "constant": text(CONSTANTS),
        **_numbers(sizes),
    }
    whole = dataset(
        {
            name: _nothing(name, each, coordinates)
            for _, variables in _parts(NO_MODELS, None, (), {})
            for name, each in variables.items()
        },
        coordinates,
        title="",
    )
    for family, (spec, models) in families.items():
        for named, variables in _parts(models, spec.loss, spec.average, spec.abilities):
            own = {"task": text(named), **_numbers(len(models.name))}
            for name, each in variables.items():
                places = {dim: values for dim, values in own.items() if dim in each.dims}
                whole[name].loc[{"family": family, **places}] = each.values
    return whole


def _parts(
    models: Models, loss: str | None, average_of: Sequence[str], chances: Mapping[str, float]
) -> Iterator[tuple[Sequence[str], Mapping[str, xr.Variable]]]:
    """Yield variables of a family, with the tasks that they are of."""
    size = models.parameters
    losses_of = np.full(size.size, np.nan)
    if loss is not None:
        losses_of = models.loss[:, models.task.index(loss)]
    yield (
        (),
        {
            "name": variable("size", text(models.name), "name of the model"),
            "parameters": variable("size", size, "number of parameters"),
            "loss": variable("size", losses_of, "cross-entropy, as published", "nat"),
            **{f"loss_{name}": each for name, each in measures(losses(size, losses_of)).items()},
        },
    )
    named = tuple(dict.fromkeys((*average_of, *chances)))
    is_averaged = np.array([task in average_of for task in named], dtype=np.bool_)
    yield (
        named,
        {
            "score": variable(("size", "task"), _scores(models, named), "score, as published"),
            "is_averaged": variable(
                "task", is_averaged, "whether the task counts for the mean score"
            ),
        },
    )
    yield average_of, measures(average(size, _scores(models, average_of)))
    chance = np.array([*chances.values()], dtype=np.float64)
    found = abilities(size, _scores(models, tuple(chances)), chance=chance)
    yield (
        tuple(chances),
        measures(found) | {"chance": variable("task", chance, "score of a guess")},
    )


def _nothing(name: str, like: xr.Variable, coordinates: Mapping[str, Array]) -> xr.Variable:
    """Return a variable of families none of which has anything yet."""
    dims = ("family", *like.dims)
    shape = [coordinates[str(dim)].size for dim in dims]
    return xr.Variable(dims, np.full(shape, FILL.get(name, np.nan), like.dtype), like.attrs)


def _numbers(sizes: int) -> dict[str, Array]:
    return {"size": np.arange(sizes), "cut": np.arange(LEAST_SIZES, max(LEAST_SIZES, sizes))}


def _scores(models: Models, tasks: Sequence[str]) -> NDArray[np.float64]:
    places = np.array([models.task.index(task) for task in tasks], dtype=np.intp)
    return models.score[:, places]
