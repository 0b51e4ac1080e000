"""All families of parity networks in one dataset: laws, forecasts, and single abilities."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from ontogeny.joins import Run
from ontogeny.labels import text
from ontogeny.scaling import LAWS
from ontogeny.studies.surprise.labels import dataset
from ontogeny.studies.surprise.parity_families import (
    CONSTANTS,
    FORECASTERS_OF_PARITY,
    abilities,
    cuts_of,
    described,
    families_of,
    forecasts,
    kin_of,
    laws,
    measured,
    steps_of,
    widths_of,
)

__all__ = ["parity_scaling"]


def parity_scaling(runs: Sequence[Run], *, learned: float, least_sizes: int) -> xr.Dataset:
    """Return what the networks of each family say of its size.

    Parameters
    ----------
    runs : sequence of Run
        On worlds of parity, described by family, kin, seed, world, width, steps, alpha and tasks;
        with ``results["evaluation"]``.
    learned : float
        A task is learned when its accuracy exceeds this.
    least_sizes : int
        Fewest sizes that a law is fitted to. Results of a family that has fewer are NaN.

    Returns
    -------
    Dataset
        By family and width: size, loss after training and after a quarter of it, learned tasks,
        loss along steps. By family: laws and their constants, exponents, forecasts at every cut,
        and how single tasks depend on size. By kin, which are families that differ in their seed
        alone: bands, and how far seeds differ. NaN, or nothing, where a family lacks a width, task
        or step. A run that ends before its last step has diverged; ``left_out`` counts these, and
        nothing else has them.
    """
    families = families_of(runs)
    found = measured(families, learned) | laws(families, learned, least_sizes)
    found |= forecasts(families, least_sizes) | abilities(families, learned, least_sizes)
    coordinates: dict[str, ArrayLike | xr.Variable] = {
        "family": text(str(family.about["family"]) for family in families),
        "kin": text(kin_of(families)),
        **described(families),
        "width": widths_of(families),
        "step": steps_of(families),
        "task": np.arange(max(len(family.probability) for family in families)),
        "law": text(LAWS),
        "constant": text(CONSTANTS),
        "cut": np.array(cuts_of(families, least_sizes), dtype=np.int64),
        "forecaster": text(FORECASTERS_OF_PARITY),
        "end": text(("lower", "upper")),
    }
    return dataset(found, coordinates, title="Families of networks on worlds of parity")
