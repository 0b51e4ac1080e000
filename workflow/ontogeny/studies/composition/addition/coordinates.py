"""The coordinates of the datasets of modular addition."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.composition.addition.followups import CIRCUITS
from ontogeny.studies.composition.addition.key_losses import EXCLUSIONS, PLACES
from ontogeny.studies.composition.addition.keys import RULES
from ontogeny.studies.composition.addition.measures import PRECISIONS, SPECTRA
from ontogeny.studies.composition.addition.milestones import MILESTONES
from ontogeny.studies.composition.addition.readout import CENTRINGS, PRODUCTS
from ontogeny.studies.composition.addition.waves import PARITIES, WIDTHS, fourier_basis
from ontogeny.studies.composition.irreps import datasets
from ontogeny.studies.composition.irreps.analysis import SPLITS
from ontogeny.studies.composition.labels import variable

__all__ = ["of_analysis", "of_modulus", "of_phases"]

Coordinates = dict[str, NDArray[np.generic] | xr.Variable]


def _names(values: Sequence[str]) -> NDArray[np.object_]:
    return np.array(list(values), dtype=object)


def of_modulus(p: int, parameters: Sequence[str]) -> Coordinates:
    """Return the coordinates that every dataset of a modulus has."""
    waves = fourier_basis(p)
    of_names: dict[str, Sequence[str]] = {
        "split": SPLITS,
        "side": datasets.SIDES,
        "matrix": datasets.MATRICES,
        "entry": waves.labels,
        "place": PLACES,
        "width": WIDTHS,
        "exclusion": EXCLUSIONS,
        "spectrum": SPECTRA,
        "centring": CENTRINGS,
        "circuit": CIRCUITS,
        "precision": PRECISIONS,
        "parameter": parameters,
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
    p: int, interventions: Sequence[str], examples: NDArray[np.int64], neurons: int, heads: int
) -> Coordinates:
    """Return the further coordinates of what is known of one checkpoint alone."""
    residue = np.arange(p, dtype=np.int32)
    found: Coordinates = {
        "key_rule": _names(RULES),
        "wave": _names(["cos", "sin"]),
        "product_wave": _names(PRODUCTS),
        "parity": _names(PARITIES),
        "ablation": _names(interventions),
        "other_entry": _names(fourier_basis(p).labels),
        "example": examples.astype(np.int32),
        "neuron": np.arange(neurons, dtype=np.int32),
        "left": residue,
        "right": residue,
    }
    if heads:
        found["head"] = found["other_head"] = np.arange(heads, dtype=np.int32)
    return found
