"""Irreducible representations as labelled datasets."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from ontogeny.groups import Group
from ontogeny.representations import (
    Irrep,
    basis,
    character,
    frobenius_schur,
    law_violations,
    smallest_orbits,
)
from ontogeny.studies.composition.labels import dataset, variable

__all__ = ["irreps_dataset", "require_laws"]


def irreps_dataset(
    group: Group, complex_irreps: tuple[Irrep, ...], real_irreps: tuple[Irrep, ...]
) -> xr.Dataset:
    """Return the irreps of a group as a dataset.

    Parameters
    ----------
    group : Group
    complex_irreps, real_irreps : tuple of Irrep
        All of them over each field.

    Returns
    -------
    Dataset
        Over the real numbers: ``degree``, ``rank``, ``kind`` and ``smallest_orbit`` by irrep (the
        last NaN for groups of more than 120 elements), ``character``,
        ``matrix(element, matrix_entry)``, the orthonormal ``basis(element, entry)``. Over the
        complex numbers ``complex_matrix(element, complex_matrix_entry, complex_part)``,
        ``complex_character``, ``frobenius_schur``. For both the largest violation of each law.
    """
    n = group.order
    entries = basis(real_irreps)
    real_law = law_violations(group, real_irreps)
    complex_law = law_violations(group, complex_irreps)
    complex_part = np.array(["real", "imaginary"], dtype=object)
    characters = np.stack([character(i) for i in real_irreps])
    variables = {
        "degree": variable("irrep", [i.degree for i in real_irreps], "degree"),
        "rank": variable("irrep", entries.ranks, "dimension of the span of the matrix entries"),
        "kind": variable(
            "irrep", _text(str(i.kind) for i in real_irreps), "real, complex or quaternionic"
        ),
        "character": variable(("irrep", "element"), characters, "character"),
        "smallest_orbit": variable(
            "irrep",
            smallest_orbits(group, characters.real),
            "size of the smallest orbit of a vector",
        ),
        "matrix": variable(("element", "matrix_entry"), _rows(real_irreps), "matrix entry"),
        "basis": variable(("element", "entry"), entries.matrix, "orthonormal matrix entry"),
        "violation": variable("law", list(real_law.values()), "largest violation, real irreps"),
        "complex_violation": variable(
            "law", list(complex_law.values()), "largest violation, complex irreps"
        ),
        "complex_degree": variable("complex_irrep", [i.degree for i in complex_irreps], "degree"),
        "frobenius_schur": variable(
            "complex_irrep",
            [frobenius_schur(group, i) for i in complex_irreps],
            "Frobenius-Schur indicator",
        ),
        "complex_character": variable(
            ("complex_irrep", "element", "complex_part"),
            _parts(np.stack([character(i) for i in complex_irreps])),
            "character",
        ),
        "complex_matrix": variable(
            ("element", "complex_matrix_entry", "complex_part"),
            _parts(_rows(complex_irreps)),
            "matrix entry",
        ),
    }
    coordinates: dict[str, ArrayLike | xr.Variable] = {
        "element": np.arange(n, dtype=np.int32),
        "irrep": _text(entries.names),
        "complex_irrep": _text(i.name for i in complex_irreps),
        "entry": _text(entries.labels),
        "law": _text(real_law),
        "complex_part": complex_part,
        "irrep_of_entry": variable("entry", entries.irrep, "index of the irrep of each entry"),
        "irrep_of_matrix_entry": variable(
            "matrix_entry", _owners(real_irreps), "index of the irrep of each matrix entry"
        ),
        "irrep_of_complex_matrix_entry": variable(
            "complex_matrix_entry", _owners(complex_irreps), "index of the complex irrep"
        ),
    }
    title = f"Irreducible representations of {group.name}"
    return dataset(variables, coordinates, title=title).assign_attrs(group=group.name)


def require_laws(irreps: xr.Dataset, *, limit: float = 1e-9) -> None:
    """Refuse irreps that violate a law by more than the limit.

    Raises
    ------
    ValueError
        It names the law and the violation.
    """
    for field in ("violation", "complex_violation"):
        for law in irreps["law"].values:
            violation = float(irreps[field].sel(law=law))
            if not violation <= limit:
                msg = (
                    f"the irreps of {irreps.attrs['group']} violate {law} by {violation:.3g}, "
                    f"more than {limit:g}"
                )
                raise ValueError(msg)


def _text(values: Iterable[str]) -> NDArray[np.object_]:
    return np.array(list(values), dtype=object)


def _rows(irreps: tuple[Irrep, ...]) -> NDArray[Any]:
    return np.concatenate([i.matrices.reshape(len(i.matrices), -1) for i in irreps], axis=1)


def _owners(irreps: tuple[Irrep, ...]) -> NDArray[Any]:
    return np.repeat(np.arange(len(irreps)), [i.degree**2 for i in irreps])


def _parts(values: NDArray[Any]) -> NDArray[Any]:
    return np.stack([values.real, values.imag], axis=-1)
