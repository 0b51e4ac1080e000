"""The results of modular addition as labelled variables.

The measures along training need no function here; see
`ontogeny.studies.composition.addition.measures.Measures`.

Symbols as in `ontogeny.studies.composition.addition.waves`.
"""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.composition.addition.algorithms import LogitModels
from ontogeny.studies.composition.addition.attention import Patterns
from ontogeny.studies.composition.addition.milestones import Milestones
from ontogeny.studies.composition.addition.neuron_waves import Clusters, NeuronTable
from ontogeny.studies.composition.addition.readout import (
    DirectionFit,
)
from ontogeny.studies.composition.addition.split_losses import SplitLosses
from ontogeny.studies.composition.irreps import datasets
from ontogeny.studies.composition.irreps.analysis import Phases
from ontogeny.studies.composition.labels import variable

__all__ = [
    "ablation_variables",
    "attention_variables",
    "direction_variables",
    "key_variables",
    "logit_variables",
    "matrix_variables",
    "model_variables",
    "neuron_variables",
    "phase_variables",
    "unembedding_variables",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Variables = dict[str, xr.Variable]
Coordinates = dict[str, NDArray[np.generic] | xr.Variable]


def key_variables(rules: Mapping[str, Mask], used: str, margin: float) -> Variables:
    """Return the key frequencies, and what every rule calls key.

    Parameters
    ----------
    rules : mapping of str to (q,) ndarray of bool
        By those names of `ontogeny.studies.composition.addition.keys.RULES` that can be applied.
    used : str
        The rule whose frequencies are the key frequencies.
    margin : float
        Of these.
    """
    by_rule = np.stack(list(rules.values()))
    return {
        "key_frequency": variable("frequency", rules[used], f"key frequency by the rule {used}"),
        "key_by_rule": variable(("key_rule", "frequency"), by_rule, "key frequency"),
        "key_votes": variable("frequency", by_rule.sum(axis=0), "rules that call it key"),
        "key_disagreement": variable(
            "key_rule",
            (by_rule != rules[used]).sum(axis=1),
            f"frequencies that the rule judges otherwise than {used}",
        ),
        "key_margin": variable((), margin, "margin of one unit of all key cubes"),
    }


def direction_variables(fit: DirectionFit) -> Variables:
    """Return how well the read directions of the neurons are waves of ``a + b``."""
    by_wave = ("wave", "frequency")
    p = 2 * fit.fve.shape[1] + 1
    return {
        "direction_fve": variable(
            by_wave, fit.fve, "share of the neurons along a direction u or v in its wave of a + b"
        ),
        "direction_chance": variable((), 1 / (p**2 - 1), "direction_fve of random neurons"),
        "direction_coordinate": variable(
            by_wave, fit.coordinate, "coordinate of a direction u or v on its unit wave"
        ),
        "direction_amplitude": variable(by_wave, fit.amplitude(), "amplitude of the wave"),
        "direction_product": variable(
            (*by_wave, "product_wave"), fit.products, "coordinate on a unit product of waves"
        ),
        "direction_ratio": variable(
            by_wave, fit.ratio, "ratio of the two products that make a wave of a + b"
        ),
    }


def logit_variables(energy: Array, norms: Array, key: Mask) -> Variables:
    """Return the spectrum of the logits.

    Parameters
    ----------
    energy : (2, q) ndarray
        By parity.
    norms : (p, p) ndarray
        Of their 2-D transform.
    key : (q,) ndarray of bool
    """
    of_key = energy[:, key].sum(axis=1)
    total = energy.sum(axis=0)
    share = np.divide(energy[0], total, out=np.full(len(total), np.nan), where=total > 0)
    of_keys = of_key[0] / of_key.sum() if of_key.sum() > 0 else np.nan
    return {
        "parity_energy": variable(
            ("parity", "frequency"), energy, "squared norm of the logits in waves of a + b or a - b"
        ),
        "sum_share": variable(
            "frequency", share, "share of the sum in waves of sum and difference"
        ),
        "key_sum_share": variable(
            (), of_keys, "share of the sum in waves of sum and difference, all key frequencies"
        ),
        "logit_transform_norm": variable(
            ("entry", "other_entry"), norms, "norm of the logits' component"
        ),
    }


def matrix_variables(shares: Mapping[str, Array], permuted: Mapping[str, Array]) -> Variables:
    """Return what embeddings and neuron-to-logit map hold of each frequency.

    Parameters
    ----------
    shares : mapping of str to (q,) ndarray
        Share of each frequency in each matrix, by name; at least one.
    permuted : mapping of str to (3,) ndarray
        Gini coefficients of each with residues in random order, by spectrum.
    """
    stacked = np.stack(list(shares.values()))
    return {
        "matrix_share": variable(
            ("matrix", "frequency"), stacked, "share of the matrix in a frequency"
        ),
        "matrix_chance": variable(
            (), 2 / (2 * stacked.shape[1] + 1), "matrix_share of a random matrix"
        ),
        "gini_permuted": variable(
            ("matrix", "spectrum"),
            np.stack(list(permuted.values())),
            "spectrum_gini with residues in random order",
        ),
    }


def unembedding_variables(residual: tuple[float, float], components: Array) -> Variables:
    """Return what the neuron-to-logit map is made of.

    Parameters
    ----------
    residual : pair of float
        From `ontogeny.studies.composition.addition.readout.residual`.
    components : (p, h) ndarray
        Fourier components of the map.
    """
    norm, squared = residual
    return {
        "unembedding_residual": variable(
            (), norm, "norm of the neuron-to-logit map outside key frequencies, relative"
        ),
        "unembedding_residual_energy": variable(
            (), squared, "squared norm of the neuron-to-logit map outside key frequencies, relative"
        ),
        "unembedding_wave": variable(
            ("entry", "neuron"),
            components.astype(np.float32),
            "component of the neuron-to-logit map",
        ),
    }


def neuron_variables(
    table: NeuronTable,
    grouped: Clusters,
    active: Array,
    norms: Array,
    examples: NDArray[np.int64],
    activations: Array,
) -> Variables:
    """Return neurons and clusters by frequency.

    Parameters
    ----------
    table : NeuronTable
    grouped : Clusters
    active : (h,) ndarray
    norms : (p, p) ndarray
        Of the 2-D transform of the neurons.
    examples : (E,) ndarray of int
        Neurons whose activations are kept.
    activations : (E, p, p) ndarray
    """
    p = activations.shape[1]
    found = {
        "neuron_fve": variable(
            ("neuron", "frequency"), table.fve, "share of the variance in one frequency"
        ),
        "neuron_chance": variable((), 8 / (p**2 - 1), "neuron_fve of random activations"),
        "neuron_frequency": variable("neuron", table.frequency, "frequency with the largest share"),
        "neuron_best_fve": variable(
            "neuron", table.best, "largest share of the variance in one frequency"
        ),
        "neuron_sum_share": variable(
            "neuron",
            table.sum_share,
            "share of the variance in waves of a + b of the neuron's frequency",
        ),
        "neuron_explained": variable(
            "neuron", table.explained, "neuron explained by one frequency"
        ),
        "neuron_active": variable(
            "neuron", active, "share of pairs on which the neuron is above 0"
        ),
        "explained_share": variable((), table.explained.mean(), "share of neurons explained"),
        "mean_fve": variable((), table.best.mean(), "mean over neurons of the explained share"),
        "neuron_transform_norm": variable(
            ("entry", "other_entry"), norms, "norm of the neurons' component"
        ),
        "cluster_size": variable("frequency", grouped.size, "neurons explained"),
        "neurons_unexplained": variable((), grouped.unexplained, "neurons not explained"),
        "cluster_mean_fve": variable("frequency", grouped.fve, "mean share of a neuron's variance"),
        "cluster_sum_share": variable(
            "frequency", grouped.sum_share, "mean share of a neuron's variance in waves of a + b"
        ),
        "example_frequency": variable(
            "example", table.frequency[examples], "frequency of the neuron"
        ),
        "example_activation": variable(
            ("example", "left", "right"), activations.astype(np.float32), "activation"
        ),
    }
    if table.unembedding_share is not None and grouped.unembedding_share is not None:
        found["neuron_unembedding_share"] = variable(
            "neuron",
            table.unembedding_share,
            "share of the neuron's column of the map in its frequency",
        )
        found["cluster_unembedding_share"] = variable(
            "frequency",
            grouped.unembedding_share,
            "mean share of a neuron's column of the map in its frequency",
        )
    return found


def attention_variables(
    found: Patterns,
    attention: Array,
    components: Array,
    scores: Array,
    written: Array,
    read: Array,
) -> Variables:
    """Return attention by frequency.

    Parameters
    ----------
    found : Patterns
    attention : (j, p, p, 3) ndarray
    components : (j, p) ndarray
        Fourier components of the token scores.
    scores, written, read : (j, q) ndarray
        Shares of the frequencies in token scores, in what heads write, in what neurons read of it.
    """
    by_frequency = ("head", "frequency")
    p = attention.shape[1]
    return {
        "attention_to_left": variable(
            ("head", "left", "right"), attention[..., 0].astype(np.float32), "attention to a"
        ),
        "attention_fve": variable(
            by_frequency, found.fve, "share of the attention to a that is linear in waves"
        ),
        "attention_chance": variable((), 2 / (p**2 - 1), "attention_fve of random attention"),
        "attention_cosine": variable(by_frequency, found.cosine, "amplitude of the cosine"),
        "attention_sine": variable(by_frequency, found.sine, "amplitude of the sine"),
        "attention_frequency": variable("head", found.frequency, "frequency that explains most"),
        "attention_deviation": variable(
            "head", found.deviation, "standard deviation of the attention to a"
        ),
        "attention_to_equals": variable("head", found.to_equals, "mean attention of = to itself"),
        "attention_correlation": variable(
            ("head", "other_head"), found.correlation, "correlation of the attention to a"
        ),
        "score_component": variable(("head", "entry"), components, "component of token scores"),
        "score_share": variable(by_frequency, scores, "share of a frequency in token scores"),
        "output_share": variable(
            by_frequency, written, "share of a frequency in the output of the head"
        ),
        "neuron_input_share": variable(
            by_frequency, read, "share of a frequency in the input of neurons from the head"
        ),
        "head_chance": variable((), 2 / (p - 1), "score_share and output_share of random numbers"),
    }


def ablation_variables(
    ablated: Mapping[str, SplitLosses], removed: Array, whole: float
) -> Variables:
    """Return losses after interventions.

    Parameters
    ----------
    ablated : mapping of str to SplitLosses
        By intervention, in the order of the dimension.
    removed : (place, q, split) ndarray [nat]
        Loss without each frequency, of logits and of neurons, by split; all pairs last.
    whole : float [nat]
        Loss of the network on all pairs.
    """
    by_split = ("ablation", "split")
    return {
        "intervention_loss": variable(
            by_split, [each.loss for each in ablated.values()], "loss after the intervention", "nat"
        ),
        "intervention_accuracy": variable(
            by_split,
            [each.accuracy for each in ablated.values()],
            "accuracy after the intervention",
        ),
        "removed_loss": variable(
            ("place", "frequency", "split"), removed, "loss without one frequency", "nat"
        ),
        "load_bearing": variable(
            ("place", "frequency"),
            removed[..., -1] / whole,
            "loss without one frequency / loss of the network, all pairs",
        ),
        "uniform_loss": variable(
            (), np.log(2 * removed.shape[1] + 1), "loss of equal logits", "nat"
        ),
    }


def model_variables(
    whole: LogitModels,
    distance: float,
    circles: tuple[float, float] | None,
    isolated: tuple[Array, Array] | None,
    symmetricity: float | None,
) -> Variables:
    """Return what tells a clock from a pizza.

    Parameters
    ----------
    whole : LogitModels
    distance : float
        Distance irrelevance.
    circles : pair of float or None
        Circularity of left and right embedding.
    isolated : pair of (q,) ndarray or None
        Shares of clock and pizza in the logits of the network with one circle of its embeddings, at
        the frequency of the circle.
    symmetricity : float or None
        Gradient symmetricity.
    """
    found = {
        "clock_share": variable("frequency", whole.clock, "share of the logits in a clock"),
        "pizza_share": variable("frequency", whole.pizza, "share of the logits in a pizza"),
        "distance_irrelevance": variable((), distance, "distance irrelevance"),
    }
    if circles is not None:
        found["circularity"] = variable("side", list(circles), "circularity of the embedding")
    for name, values in zip(("clock", "pizza"), isolated or (), strict=isolated is not None):
        about = f"share in a {name} with the embeddings' circles of one frequency alone"
        found[f"isolated_{name}_share"] = variable("frequency", values, about)
    if symmetricity is not None:
        found["gradient_symmetricity"] = variable((), symmetricity, "gradient symmetricity")
    return found


def phase_variables(found: Phases, passed: Milestones, trends: Array | None) -> Variables:
    """Return phases and milestones of a run.

    Parameters
    ----------
    found : Phases
    passed : Milestones
    trends : (matrix,) ndarray or None
        Of the Gini coefficient of norms of waves, by matrix.
    """
    variables = datasets.phase_variables(found) | {
        "milestone_step": variable(
            "milestone", passed.step, "first checkpoint after the milestone"
        ),
        "milestone_interval": variable(
            ("milestone", "bound"), passed.interval, "checkpoints between which it is passed"
        ),
    }
    if trends is not None:
        variables["gini_trend"] = variable(
            "matrix", trends, "Spearman correlation of the Gini coefficient with the step"
        )
    return variables
