"""The stages of modular addition: of runs in any form, and of stored datasets."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.caveats import warned
from ontogeny.joins.outcomes import spikes
from ontogeny.labels import used
from ontogeny.studies.composition.addition import coordinates, final, variables
from ontogeny.studies.composition.addition.keys import RULES
from ontogeny.studies.composition.addition.measures import SPECTRA, Snapshot
from ontogeny.studies.composition.addition.milestones import milestones, trend
from ontogeny.studies.composition.addition.reading import ResidueRun, read_run
from ontogeny.studies.composition.addition.readout import parity_energy
from ontogeny.studies.composition.addition.split_losses import split_losses
from ontogeny.studies.composition.addition.waves import margin, transform_norms
from ontogeny.studies.composition.caveats import addition_caveats
from ontogeny.studies.composition.irreps.analysis import SPLITS, phases, splits_of
from ontogeny.studies.composition.labels import dataset, measures, measures_along, variable

__all__ = ["analysis", "analysis_of", "evaluation", "evaluation_of"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Variables = dict[str, xr.Variable]


def analysis(
    table: xr.Dataset, checkpoints: xr.Dataset, history: xr.Dataset, *, key_rule: str = RULES[0]
) -> xr.Dataset:
    """Return how the final checkpoint of a stored run adds; see `analysis_of`.

    Parameters
    ----------
    table : Dataset
        Of addition modulo an odd number.
    checkpoints, history : Dataset
        Of the run.
    key_rule : {"gap", "embedding", "cluster", "ablation"}
        Whose key frequencies all measures use.

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError
        If the table is that of another group.
    """
    return analysis_of(read_run(table, checkpoints, history), key_rule)


def evaluation(
    table: xr.Dataset, checkpoints: xr.Dataset, history: xr.Dataset, analysis: xr.Dataset
) -> xr.Dataset:
    """Return every progress measure along the checkpoints of a stored run; see `evaluation_of`.

    The key frequencies are those of the final checkpoint, from `analysis`, for all checkpoints.

    Parameters
    ----------
    table, checkpoints, history, analysis : Dataset

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError
        If the table is that of another group than addition modulo an odd number.
    """
    return evaluation_of(read_run(table, checkpoints, history), analysis["key_frequency"].values)


@warned(addition_caveats)
def analysis_of(run: ResidueRun, key_rule: str | None = None) -> xr.Dataset:
    """Return how the final checkpoint of a run adds, as far as the network shows it.

    What else than the sum it may have to answer enters losses, accuracies and margins; waves are
    those of ``a + b`` whatever is asked for.

    Parameters
    ----------
    run : ResidueRun
    key_rule : {"gap", "embedding", "cluster", "ablation"}, optional
        Whose key frequencies all measures use. By default ``gap``, or ``ablation``, which reads
        logits alone, where the neuron-to-logit map is not known.

    Returns
    -------
    Dataset
        The attribute ``absent`` says what it lacks and why.

    Raises
    ------
    ValueError
        If the rule reads a part of the network that is not known.

    Examples
    --------
    Logits alone, of a network that adds modulo 7 with the frequency 2:

    >>> a, b, c = np.indices((7, 7, 7))
    >>> logits = 8 * np.cos(2 * np.pi * 2 * (a + b - c) / 7)
    >>> run = ResidueRun(
    ...     order=7,
    ...     train=None,
    ...     answer=(a + b)[..., 0] % 7,
    ...     step=np.array([0]),
    ...     snapshot=lambda index: Snapshot(logits),
    ... )
    >>> found = analysis_of(run)
    >>> found["frequency"].values[found["key_frequency"].values].tolist()
    [2]
    >>> found.attrs["absent"].splitlines()[0][:34]
    'The training pairs are not known: '
    """
    network = run.snapshot(-1)
    hidden = final.hidden_layer(network)
    removed = final.removed_losses(run, network)
    whole = float(split_losses(network.logits, run.train, run.answer).loss[-1])
    rules = final.key_rules(network, hidden, removed, whole)
    rule = _used_rule(key_rule, rules)
    key = rules[rule]
    ablated = {
        name: split_losses(logits, run.train, run.answer)
        for name, logits in final.changed_logits(run, network, hidden, key)
    }
    found = (
        measures(run.measures(-1, key))
        | variables.key_variables(rules, rule, margin(key))
        | variables.logit_variables(
            parity_energy(network.logits), transform_norms(network.logits), key
        )
        | final.matrix_variables(network, key)
        | final.neuron_variables(network, hidden)
        | variables.ablation_variables(ablated, removed, whole)
        | final.attention_variables(run, network)
        | final.model_variables(run, network, key)
    )
    found |= final.cube_variables(found["cube_fve"], key)
    named = coordinates.of_modulus(network, run.train) | coordinates.of_analysis(
        found, list(rules), list(ablated), None if hidden is None else hidden.examples
    )
    about = _absences(run, network)
    return dataset(
        found, used(named, found), title="Mechanism of addition in a network"
    ).assign_attrs(about)


def _used_rule(key_rule: str | None, rules: dict[str, Mask]) -> str:
    """Return the rule that is asked for, or else the first one or that of logits alone."""
    if key_rule is None:
        return RULES[0] if RULES[0] in rules else "ablation"
    if key_rule not in rules:
        msg = (
            f"`key_rule` = {key_rule!r} reads a part of the network that is not known; "
            f"take one of {', '.join(rules)}"
        )
        raise ValueError(msg)
    return key_rule


@warned(addition_caveats)
def evaluation_of(run: ResidueRun, key: Mask) -> xr.Dataset:
    """Return every progress measure along the checkpoints of a run, as far as networks show it.

    Parameters
    ----------
    run : ResidueRun
    key : (q,) ndarray of bool
        The key frequencies of the final checkpoint, used for all checkpoints.

    Returns
    -------
    Dataset
        The attribute ``absent`` says what it lacks and why.
    """
    network = run.snapshot(-1)
    found = measures_along("step", [run.measures(index, key) for index in range(len(run.step))])
    if "test" in splits_of(run.train):
        found |= _phase_variables(run.step, found)
    if run.update_loss is not None:
        known = len(run.update_loss) > 0
        count = np.searchsorted(spikes(run.update_loss), run.step) if known else np.nan * run.step
        found["slingshots"] = variable("step", count, "spikes of the training loss so far")
    found["key_frequency"] = variable("frequency", key, "key frequency of the final checkpoint")
    named = coordinates.of_modulus(network, run.train) | coordinates.of_phases()
    named["step"] = run.step
    if run.decay_time is not None:
        named["decay_time"] = variable(
            "step", run.decay_time, "sum over updates of learning rate times weight decay"
        )
    return dataset(
        found,
        used(named, found),
        title="Progress measures of addition along training",
    ).assign_attrs(_absences(run, network))


def _phase_variables(step: NDArray[np.int64], along: Variables) -> Variables:
    """Return phases and milestones, from measures along `step`."""
    train, test = (SPLITS.index(split) for split in ("train", "test"))
    loss, accuracy = along["loss"].values, along["accuracy"].values
    excluded = along["excluded_wave_loss"].values[:, 0]
    weights = along["squared_weights"].values if "squared_weights" in along else None
    found = phases(
        step,
        train_accuracy=accuracy[:, train],
        test_accuracy=accuracy[:, test],
        test_loss=loss[:, test],
        excluded_loss=excluded,
        squared_weights=weights,
    )
    passed = milestones(
        step,
        train_loss=loss[:, train],
        test_loss=loss[:, test],
        train_accuracy=accuracy[:, train],
        test_accuracy=accuracy[:, test],
        restricted_wave_loss=along["restricted_wave_loss"].values[:, 0, 0, SPLITS.index("all")],
        excluded_wave_loss=excluded,
        squared_weights=weights,
    )
    trends = None
    if "spectrum_gini" in along:
        gini = along["spectrum_gini"].values[:, :, SPECTRA.index("norms of waves")]
        trends = np.array([trend(step, line, found.boundary[0]) for line in gini.T])
    return variables.phase_variables(found, passed, trends)


def _absences(run: ResidueRun, network: Snapshot) -> dict[str, str]:
    """Return the attribute that says what is not known, and so not measured, a line for each."""
    reasons = {
        "The training pairs are not known: no losses and accuracies of training and test pairs, "
        "excluded wave losses, margins, efficiency, softmax_collapse, phases or milestones.": (
            run.train is None
        ),
        "All pairs are trained on: no losses and accuracies of test pairs, "
        "test_over_restricted_wave_loss, phases or milestones.": (
            run.train is not None and bool(run.train.all())
        ),
        "The hidden layer is not known: no neurons, clusters, read directions, or losses of what "
        "is changed in the neurons.": network.hidden is None,
        "The embeddings are not known: no embedding_norm, fourier_density, fourier_crispness, "
        "circularity, or spectrum_gini, matrix_share and circle_coordinate of embeddings.": (
            network.embeddings is None
        ),
        "The neuron-to-logit map is not known: no unembedding_norm, unembedding_residual, "
        "unembedding_wave, read directions, losses of what is changed in the neurons, or "
        "spectrum_gini, matrix_share and circle_coordinate of the map.": network.unembedding
        is None,
        "The weights are not known: no squared_weights, norms of weights, efficiency, alignment, "
        "end of cleanup, or peak of the squared weights.": network.parameters is None,
        "The gradient of the training loss is not known: no alignment.": run.gradient is None,
        "The architecture is not known: no attention, gradient_symmetricity, "
        "isolated_clock_share or isolated_pizza_share.": run.architecture is None,
        "The training loss of single updates is not known: no slingshots.": (
            run.update_loss is None
        ),
        "The optimiser is not known: no decay_time.": run.decay_time is None,
    }
    lines = [reason for reason, is_true in reasons.items() if is_true]
    return {"absent": "\n".join(lines)} if lines else {}
