"""Published models as labelled datasets, and back."""

import numpy as np
import xarray as xr

from ontogeny.labels import text
from ontogeny.studies.surprise.labels import dataset, variable
from ontogeny.studies.surprise.published.models import Models
from ontogeny.studies.surprise.published.tables import Points

__all__ = ["models_of", "points_dataset", "points_of", "published_dataset"]


def published_dataset(models: Models) -> xr.Dataset:
    """Return the dataset of published models, NaN where a value is not known."""
    variables = {
        "family": variable("model", text(models.family), "family of the model"),
        "parameters": variable("model", models.parameters, "number of parameters"),
        "tokens_seen": variable("model", models.tokens, "tokens seen in training"),
        "compute": variable("model", models.compute, "training compute", "FLOP"),
        "updates": variable("model", models.step, "optimiser updates done"),
        "score": variable(("model", "task"), models.score, "score, as published"),
        "loss": variable(("model", "task"), models.loss, "cross-entropy, as published", "nat"),
    }
    coordinates = {"model": text(models.name), "task": text(models.task)}
    return dataset(variables, coordinates, title="Published evaluations of models")


def models_of(published: xr.Dataset) -> Models:
    """Return the models of a dataset from `published_dataset`."""
    return Models(
        name=tuple(map(str, published["model"].values)),
        family=tuple(map(str, published["family"].values)),
        parameters=published["parameters"].values,
        tokens=published["tokens_seen"].values,
        compute=published["compute"].values,
        step=published["updates"].values,
        task=tuple(map(str, published["task"].values)),
        score=published["score"].values,
        loss=published["loss"].values,
    )


def points_dataset(points: Points) -> xr.Dataset:
    """Return the dataset of published training runs that are points of a figure."""
    variables = {
        "parameters": variable("point", points.parameters, "number of parameters"),
        "tokens_seen": variable("point", points.tokens, "tokens seen in training"),
        "compute": variable("point", points.compute, "training compute", "FLOP"),
        "loss": variable("point", points.loss, "cross-entropy, as published", "nat"),
    }
    coordinates = {"point": np.arange(points.loss.size)}
    return dataset(variables, coordinates, title="Published losses of training runs")


def points_of(published: xr.Dataset) -> Points:
    """Return the training runs of a dataset from `points_dataset`."""
    return Points(*(published[name].values for name in ("parameters", "compute", "loss")))
