"""From arrays to labelled datasets: the names of dimensions, and a unit for every variable."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

__all__ = ["DIMENSIONS", "coordinate", "dataset", "variable"]

DIMENSIONS = {
    "experiment": "experiment of the configuration",
    "seed": "seed of split and initial weights",
    "step": "optimiser updates done",
    "update": "optimiser update, counted from 0",
    "split": "set of pairs: train, test, all",
    "irrep": "irreducible representation",
    "complex_irrep": "irreducible representation over the complex numbers",
    "entry": "orthonormal matrix entry of the real irreps",
    "output_entry": "orthonormal matrix entry, of the candidate product",
    "matrix_entry": "entry of the matrices of all irreps, row by row",
    "complex_matrix_entry": "entry of the matrices of all complex irreps, row by row",
    "part": "real and imaginary part; or left, right and product part of a pair (a, b)",
    "law": "law of representations",
    "element": "group element",
    "left": "left factor a",
    "right": "right factor b",
    "output": "candidate product c",
    "side": "side of the product: left or right",
    "head": "attention head",
    "layer": "block of attention and MLP, the first one first",
    "position": "position in the sequence",
    "token": "input token: the elements, then =",
    "neuron": "hidden neuron",
    "example": "hidden neuron that stands for its cluster",
    "left_sign": "value of a one-dimensional irrep at the left factor",
    "right_sign": "value of a one-dimensional irrep at the right factor",
    "component": "principal component, the largest first",
    "feature": "coordinate of an embedding",
    "residual": "coordinate of the residual stream",
    "key_dimension": "coordinate inside a head",
    "concatenation": "coordinate of both embeddings, left then right",
    "matrix": "weight matrix",
    "boundary": "end of a phase of training",
    "bound": "previous and present checkpoint",
    "train_pair": "pair of the training set",
    "run": "run of the configuration: experiment and seed",
    "group": "group",
    "architecture": "architecture of the network",
    "selection": "which runs are counted: all, or those that have grokked",
    "statistic": "mean, standard deviation, median, ends of the interval of the mean",
    "end": "end of an interval: lower, upper",
    "predictor": "property of an irrep that may say when or whether it is learned",
    "claim": "claim of a paper",
    "frequency": "frequency k of waves of residues, 1 to (p - 1)/2",
    "other_entry": "orthonormal wave of the right summand",
    "other_head": "attention head",
    "wave": "cosine, sine",
    "product_wave": "product of a wave of the left and one of the right summand",
    "parity": "waves of the sum, of the difference",
    "key_rule": "rule that says which frequencies are key",
    "centring": "what is taken from the logits before their variance is counted",
    "place": "what is projected: the logits, the neurons",
    "width": "what a frequency spans: waves of the sum, products of waves, these and single waves",
    "exclusion": "what is taken from the logits",
    "spectrum": "numbers of a spectrum: norms of waves, of frequencies, squares of the first",
    "parameter": "parameter of the network",
    "circuit": "the whole network, its generalising, its memorising circuit",
    "milestone": "event of a training run",
    "ablation": "intervention in the network",
    "precision": "floating-point type",
    "earlier_head": "attention head of an earlier layer",
    "later_head": "attention head of a later layer",
    "composition": "how a later head reads an earlier one: by its keys, queries or values",
    "word": "token of the vocabulary",
    "following_word": "token of the vocabulary that comes next",
    "sequence": "sequence of the evaluation set",
    "index": "index in the context, counted from 0",
    "source_index": "index in the context that is attended to",
    "token_index": "index in a sequence with the token that comes after it",
    "stream_index": "index in the tokens of a whole text",
    "token_kind": "class of the token that is predicted",
    "offset": "position attended to, relative to an earlier copy of the token",
    "half": "half of a sequence",
    "predictor_in_context": "prediction from counts in the context",
    "removal": "how heads are removed together",
    "head_set": "heads that are removed together",
    "shown_head": "head whose attention is shown: the strongest of its kind",
    "moment": "before and after the phase change",
    "evaluator_pair": "two scores of a head that should agree",
    "context_bin": "indices of the context between two bounds, evenly spaced in the logarithm",
}
"""Every dimension of every stored dataset, with its meaning."""


def variable(
    dims: Sequence[str] | str,
    values: ArrayLike | float | int,
    long_name: str,
    units: str = "1",
    **attrs: Any,
) -> xr.Variable:
    """Return a variable with its description.

    Parameters
    ----------
    dims : sequence of str
        Names out of `DIMENSIONS`, or dotted paths of fields of the configuration.
    values : array_like
    long_name : str
        What it is, as an axis label would say it.
    units : str
        ``nat`` for cross-entropies, ``1`` for fractions, counts and steps.

    Raises
    ------
    ValueError
        If a dimension is neither.
    """
    dims = (dims,) if isinstance(dims, str) else tuple(dims)
    unknown = [dim for dim in dims if dim not in DIMENSIONS and "." not in dim]
    if unknown:
        msg = f"`dims` must be dimensions of this project, not {unknown!r}"
        raise ValueError(msg)
    values = np.asarray(values)
    return xr.Variable(dims, values, {"long_name": long_name, "units": units, **attrs})


def coordinate(dim: str, values: ArrayLike) -> xr.Variable:
    """Return the coordinate of a dimension, described by `DIMENSIONS`."""
    return variable(dim, values, DIMENSIONS[dim])


def dataset(
    variables: Mapping[str, xr.Variable],
    coordinates: Mapping[str, ArrayLike | xr.Variable],
    *,
    title: str,
) -> xr.Dataset:
    """Return a dataset of described variables.

    Parameters
    ----------
    variables : mapping of str to Variable
        Made by `variable`.
    coordinates : mapping
        Values of the coordinates; those that are no `Variable` are described by `DIMENSIONS`.
    title : str
        One line about the dataset.
    """
    described = {
        name: values if isinstance(values, xr.Variable) else coordinate(name, values)
        for name, values in coordinates.items()
    }
    return xr.Dataset(dict(variables), described, {"title": title})
