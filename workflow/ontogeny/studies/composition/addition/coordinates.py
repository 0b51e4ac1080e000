"""The coordinates of the datasets of modular addition."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.composition.addition.followups import CIRCUITS
from ontogeny.studies.composition.addition.key_losses import EXCLUSIONS, PLACES
from ontogeny.studies.composition.addition.measures import PRECISIONS, SPECTRA, Snapshot
from ontogeny.studies.composition.addition.milestones import MILESTONES
from ontogeny.studies.composition.addition.readout import CENTRINGS, PRODUCTS
from ontogeny.studies.composition.addition.waves import PARITIES, WIDTHS, fourier_basis
from ontogeny.studies.composition.irreps import datasets
from ontogeny.studies.composition.irreps.analysis import splits_of
from ontogeny.studies.composition.labels import variable

__all__ = ["of_analysis", "of_modulus", "of_phases"]

Coordinates = dict[str, NDArray[np.generic] | xr.Variable]


def _names(values: Sequence[str]) -> NDArray[np.object_]:
    return np.array(list(values), dtype=object)


def of_modulus(network: Snapshot, train: NDArray[np.bool_] | None) -> Coordinates:
    """Return the coordinates that datasets of a modulus have.

    Parameters
    ----------
    network : Snapshot
        One of those measured; what it shows is along the dimensions.
    train : (p, p) ndarray of bool or None
        The training set.
    """
    p = len(network.logits)
    waves, without = fourier_basis(p), network.through is None
    of_names: dict[str, Sequence[str]] = {
        "split": splits_of(train),
        "side": datasets.SIDES,
        "matrix": list(network.matrices),
        "entry": waves.labels,
        "place": PLACES[:1] if without else PLACES,
        "width": WIDTHS,
        "exclusion": [name for name in EXCLUSIONS if not (without and name == "neurons")],
        "spectrum": SPECTRA,
        "centring": CENTRINGS,
        "circuit": CIRCUITS,
        "precision": PRECISIONS,
        "parameter": list(network.parameters or ()),
    }
    found: Coordinates = {name: _names(values) for name, values in of_names.items()}
    found["frequency"] = np.arange(1, (p + 1) // 2, dtype=np.int32)
    found["frequency_of_entry"] = variable(
        "entry", waves.frequency, "frequency, 0 for the constant"
    )
    return found


def of_phases() -> Coordinates:
    """Return the coordinates of phases and milestones."""
    return datasets.phase_coordinates() | {"milestone": _names(MILESTONES)}


def of_analysis(
    found: Mapping[str, xr.Variable],
    rules: Sequence[str],
    interventions: Sequence[str],
    examples: NDArray[np.int64] | None,
) -> Coordinates:
    """Return the further coordinates of what is known of one checkpoint alone.

    Parameters
    ----------
    found : mapping of str to Variable
        All that was measured of it.
    rules, interventions : sequence of str
        Those that could be applied.
    examples : (E,) ndarray of int or None
        The neurons shown.
    """
    sizes = {dim: size for each in found.values() for dim, size in each.sizes.items()}
    counted = ("neuron", "left", "right", "residue", "head", "other_head")
    return {
        "key_rule": _names(rules),
        "wave": _names(["cos", "sin"]),
        "product_wave": _names(PRODUCTS),
        "parity": _names(PARITIES),
        "ablation": _names(interventions),
        "other_entry": _names(fourier_basis(sizes["other_entry"]).labels),
        "example": np.asarray(() if examples is None else examples, dtype=np.int32),
        **{dim: np.arange(sizes[dim], dtype=np.int32) for dim in counted if dim in sizes},
    }
