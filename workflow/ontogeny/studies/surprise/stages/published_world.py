"""A published world as a stored dataset."""

from collections.abc import Sequence

import xarray as xr

from ontogeny.studies.surprise.config import Published
from ontogeny.studies.surprise.published.dataset import points_dataset, published_dataset
from ontogeny.studies.surprise.published.reading import read_published
from ontogeny.studies.surprise.published.tables import Points

__all__ = ["published_world"]


def published_world(spec: Published, texts: Sequence[str]) -> xr.Dataset:
    """Return what the tables of a world hold.

    Parameters
    ----------
    spec : Published
    texts : sequence of str
        The contents of its files, in the order of the configuration.

    Returns
    -------
    Dataset
        Of models as from `published_dataset`, or of training runs as from `points_dataset`.

    Raises
    ------
    ValueError
        As `read_published`.
    """
    world = read_published(spec, texts)
    return points_dataset(world) if isinstance(world, Points) else published_dataset(world)
