"""How early it is known what a run will learn: a stage after its analyses, from datasets to one."""

from collections.abc import Collection, Sequence
from functools import partial

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.caveats import with_warnings
from ontogeny.joins.outcomes import first_step, is_learned
from ontogeny.labels import text, used
from ontogeny.studies.composition.carried import train_pairs_of, training_of
from ontogeny.studies.composition.irreps.analysis import Frame, strongest
from ontogeny.studies.composition.irreps.datasets import frame_of
from ontogeny.studies.composition.labels import dataset, variable
from ontogeny.studies.composition.networks.architectures import Architecture
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.prediction.algebra import (
    Structure,
    leading,
    powers,
    shares,
    structure,
    winners,
)
from ontogeny.studies.composition.prediction.flow import (
    MOST_ELEMENTS,
    MOST_PAIRS,
    quadratic_flow,
    relu_flow,
)
from ontogeny.studies.composition.prediction.followed import (
    Judged,
    Specialised,
    judged,
    specialisation,
)
from ontogeny.studies.composition.prediction.functions import NeuronFunctions
from ontogeny.studies.composition.prediction.gradient import (
    Joins,
    gradient_score,
    loss_gradient,
)
from ontogeny.studies.composition.prediction.reading import neuron_functions
from ontogeny.studies.composition.prediction.scores import SCORES, neuron_scores
from ontogeny.studies.composition.prediction.waves import (
    MULTIPLES,
    is_abelian,
    misalignment,
    phase_symmetry,
    phases,
)

__all__ = ["KNOWLEDGE", "STRONG", "prediction"]

Array = NDArray[np.float64]
Variables = dict[str, xr.Variable]

STRONG = 0.1
"""An irrep is strong when its logit similarity at the final checkpoint exceeds this."""

KNOWLEDGE = {"weights": 0.0, "1 %": 0.01, "3 %": 0.03, "10 %": 0.1}
"""Moments of training, as shares of the steps until accuracy is learned; then ``memorised``."""

FUNCTIONS = ("left input", "right input", "output")
"""The three functions of a neuron."""

_ACCURACIES = {"test": "test accuracy", "train": "training accuracy"}


def prediction(
    table: xr.Dataset,
    irreps: xr.Dataset,
    checkpoints: xr.Dataset,
    history: xr.Dataset,
    analysis: xr.Dataset,
    evaluation: xr.Dataset,
    *,
    flow_steps: int,
) -> xr.Dataset:
    """Return how well each checkpoint predicts which irreps a run, and each neuron, will learn.

    Parameters
    ----------
    table, irreps : Dataset
        Of the group.
    checkpoints, history, analysis, evaluation : Dataset
        Of the run, whose first checkpoint is the initial one.
    flow_steps : int
        Number of steps of the flows from the initial weights.

    Returns
    -------
    Dataset
        The attribute ``absent`` says what it lacks and why.

    Raises
    ------
    ValueError
        If the training pairs are not known.
    """
    frame = frame_of(table, irreps)
    train = _train_pairs(history, frame.order)
    architecture = build(training_of(checkpoints).architecture, frame.order)
    functions_at = partial(_functions, architecture, checkpoints)
    step, constants = checkpoints["step"].values, structure(frame)
    first, last = functions_at(0), functions_at(-1)
    initial = neuron_scores(first, frame, constants)
    initial |= flows(first, frame, constants, steps=flow_steps)
    initial |= _gradient(first, frame, train, architecture.joins)
    strong = _strong(analysis)
    winner = winners(last, frame)
    shown = strongest(winner, powers(last, frame)[..., 1:].sum(axis=(0, 2)))
    known, special = [], []
    for k, similarity in enumerate(_similarity(evaluation).values):
        functions = functions_at(k)
        scores = initial if k == 0 else neuron_scores(functions, frame, constants)
        known.append(judged(scores, similarity, winner, strong))
        aligned = scores["alignment"]
        special.append(specialisation(functions, frame, constants, aligned, winner, shown))
    variables = (
        _moments(step, evaluation)
        | _judged(known)
        | _specialised(special)
        | _final(last, frame, winner, strong)
        | _initial(first, initial, frame)
        | {"learned_step": _learned_step(evaluation)}
    )
    result = dataset(
        variables,
        used(_coordinates(step, frame, len(winner), shown), variables),
        title="Early predictions of the irreps that a run learns",
    ).assign_attrs(_absences(initial, frame, evaluation))
    return with_warnings(result, _caveats(result, evaluation))


def _functions(architecture: Architecture, checkpoints: xr.Dataset, k: int) -> NeuronFunctions:
    """Return the functions of the neurons at the k-th checkpoint."""
    parameters = {str(name): each.values[k] for name, each in checkpoints.items()}
    return neuron_functions(architecture, parameters)


def _strong(analysis: xr.Dataset) -> NDArray[np.bool_]:
    """Return which irreps are strong at the final checkpoint; the trivial one never is."""
    strong = np.asarray(analysis["logit_similarity"].values > STRONG)
    strong[0] = False
    return strong


def _train_pairs(history: xr.Dataset, order: int) -> NDArray[np.bool_]:
    train = train_pairs_of(history, order)
    if train is None:
        msg = "the training pairs are not known"
        raise ValueError(msg)
    return train


def flows(
    initial: NeuronFunctions, frame: Frame, constants: Structure, *, steps: int
) -> dict[str, Array]:
    """Return the shares at the end of the flows that are cheap enough, (h, R) each, by score."""
    n, neurons = initial.left.shape
    found = {}
    if n <= MOST_ELEMENTS:
        found["quadratic flow"] = quadratic_flow(initial, frame, constants, steps=steps)
        if neurons * n**2 <= MOST_PAIRS:
            found["ReLU flow"] = relu_flow(initial, frame, steps=steps)
    return found


def _gradient(
    initial: NeuronFunctions, frame: Frame, train: NDArray[np.bool_], joins: Joins | None
) -> dict[str, Array]:
    """Return the gradient score, where the hidden layer is a function of the embeddings alone."""
    if joins is None:
        return {}
    slope = loss_gradient(initial, frame.product, train, joins=joins)
    return {"gradient": gradient_score(initial, slope, frame)}


def _similarity(evaluation: xr.Dataset) -> xr.DataArray:
    """Return the logit similarity along steps: on test pairs, or on all where there are none."""
    return evaluation.get("test_logit_similarity", evaluation["logit_similarity"])


def _learned_step(evaluation: xr.Dataset) -> xr.Variable:
    return evaluation.get("learned_step", evaluation["all_pairs_learned_step"]).variable


def _moments(step: NDArray[np.int64], evaluation: xr.Dataset) -> Variables:
    """Return at which checkpoint each knowledge is there, and the step by which shares count.

    Training pairs are memorised while test pairs are not yet learned. Where all pairs are trained
    on, there is nothing to memorise that is not learned.
    """
    accuracy, counted = evaluation["accuracy"], _counted(evaluation)
    target = first_step(step, is_learned(accuracy.sel(split=counted).values))
    reached = bool(np.isfinite(target))
    until = target if reached else float(step[-1])
    moments = [float(step[np.abs(step - share * until).argmin()]) for share in KNOWLEDGE.values()]
    memorised = first_step(step, is_learned(accuracy.sel(split="train").values))
    moments.append(memorised if counted == "test" else np.nan)
    about = _ACCURACIES[counted]
    return {
        "knowledge_step": variable("knowledge", moments, "step of the checkpoint"),
        "target_step": variable(
            (), until, f"first checkpoint with {about} 0.99, or the final one if there is none"
        ),
        "target_reached": variable((), reached, f"whether {about} reaches 0.99"),
    }


def _counted(evaluation: xr.Dataset) -> str:
    """Return the split whose accuracy says when a run has learned."""
    return "test" if "test" in evaluation["split"].values else "train"


def _judged(known: Sequence[Judged]) -> Variables:
    dims = ("step", "score")
    about = {
        "neuron_auc": ("auc", "AUC of a score for the winner of a neuron"),
        "neuron_auc_null": (
            "null",
            "AUC of a score for the winner of a neuron, mean over exchanges of winners",
        ),
        "neuron_auc_null_sd": (
            "deviation",
            "AUC of a score for the winner of a neuron, standard deviation over exchanges of "
            "winners",
        ),
        "neuron_top": ("top", "share of neurons whose winner has the largest score"),
        "neuron_auc_among_strong": (
            "auc_among_strong",
            "AUC of a score for the winner, among strong irreps",
        ),
        "set_auc": ("set_auc", "AUC of a network score for the strong irreps"),
    }
    found = {
        name: variable(dims, np.stack([getattr(each, field) for each in known]), long_name)
        for name, (field, long_name) in about.items()
    }
    network = np.stack([each.network for each in known])
    found["network_score"] = variable((*dims, "irrep"), network, "score of the network")
    found["power_fifth"] = variable(
        "irrep",
        _fifths(network[0, SCORES.index("power")]),
        "fifth of the irreps by power in the initial network, from 0",
    )
    return found


def _fifths(score: Array) -> NDArray[np.int64]:
    """Return the fifth of each non-trivial irrep by its score, 0 to 4; -1 for the trivial one."""
    place = np.argsort(np.argsort(score[1:], kind="stable"), kind="stable")
    return np.concatenate([[-1], (2 * place + 1) * 5 // (2 * max(len(place), 1))])


def _specialised(special: Sequence[Specialised]) -> Variables:
    found = {
        name: variable("step", np.array([getattr(each, name) for each in special]), about)
        for name, about in {
            "settled": "share of neurons in which the winner has the largest share",
            "participation": "sum of the squared shares of irreps in a neuron, mean over neurons",
            "winner_alignment": "alignment of a neuron in its winner, mean over neurons",
            "winner_rank": "effective rank of a neuron in its winner, mean over neurons",
        }.items()
    }
    found["neuron_share"] = variable(
        ("step", "example", "irrep"),
        np.stack([each.share for each in special]),
        "share of an irrep in a neuron",
    )
    return found


def _final(
    last: NeuronFunctions,
    frame: Frame,
    winner: NDArray[np.integer],
    strong: NDArray[np.bool_],
) -> Variables:
    """Return what the network, and each neuron, has become."""
    names = text([*frame.irreps, "none"])
    largest = shares(powers(last, frame)).max(axis=1)
    return _phases(last, frame, winner) | {
        "strong": variable(
            "irrep", strong, f"whether logit similarity at the final checkpoint exceeds {STRONG}"
        ),
        "winner": variable("neuron", names[winner], "irrep that wins the neuron"),
        "winner_share": variable(
            "neuron",
            largest.astype(np.float32),
            "largest share of an irrep at the final checkpoint",
        ),
        "neurons_with_winner": variable(
            (), int((winner >= 0).sum()), "number of neurons with a winner"
        ),
    }


def _initial(initial: NeuronFunctions, scores: dict[str, Array], frame: Frame) -> Variables:
    """Return what single neurons have at first, from which probabilities are fitted."""
    dims = ("neuron", "irrep")
    found = {
        "initial_power": variable(
            ("function", *dims),
            powers(initial, frame).astype(np.float32),
            "power of a function of the initial neuron",
        ),
        "initial_alignment": variable(
            dims, scores["alignment"].astype(np.float32), "alignment of the initial neuron"
        ),
    }
    if "gradient" in scores:
        found["initial_gradient"] = variable(
            dims, scores["gradient"].astype(np.float32), "gradient score of the initial neuron"
        )
    if "quadratic flow" in scores:
        names = text([*frame.irreps, "none"])
        found["initial_flow"] = variable(
            "neuron",
            names[leading(scores["quadratic flow"])],
            "irrep to which the quadratic flow of the initial neuron leads",
        )
    return found


def _phases(last: NeuronFunctions, frame: Frame, winner: NDArray[np.integer]) -> Variables:
    """Return the phases of the neurons of an abelian group, each in its winner."""
    if not is_abelian(frame):
        return {}
    phase = phases(last, frame)
    at = np.arange(len(winner)), np.maximum(winner, 0)
    known = winner >= 0
    of_winner = np.where(known, phase[:, *at], np.nan)
    return {
        "neuron_phase": variable(
            ("function", "neuron"), of_winner, "phase of a function of a neuron", "rad"
        ),
        "phase_misalignment": variable(
            "neuron",
            np.where(known, misalignment(phase)[at], np.nan),
            "phase misalignment of a neuron",
            "rad",
        ),
        "phase_symmetry": variable(
            ("irrep", "multiple"),
            phase_symmetry(phase[0], winner),
            "mean resultant length of a multiple of the phases of an irrep's neurons",
        ),
    }


def _coordinates(
    step: NDArray[np.int64], frame: Frame, neurons: int, shown: NDArray[np.integer]
) -> dict[str, NDArray[np.generic]]:
    return {
        "step": step,
        "score": text(SCORES),
        "irrep": text(frame.irreps),
        "knowledge": text((*KNOWLEDGE, "memorised")),
        "function": text(FUNCTIONS),
        "multiple": np.array(MULTIPLES),
        "neuron": np.arange(neurons, dtype=np.int32),
        "example": shown.astype(np.int32),
    }


def _absences(initial: Collection[str], frame: Frame, evaluation: xr.Dataset) -> dict[str, str]:
    """Return what a run lacks and why, from the names of its initial scores."""
    reasons = {
        f"The group has more than {MOST_ELEMENTS} elements: no sphere flow.": (
            "quadratic flow" not in initial
        ),
        f"Pairs times neurons are more than {MOST_PAIRS:,}: no ReLU flow.": (
            "quadratic flow" in initial and "ReLU flow" not in initial
        ),
        "The hidden layer is not a function of the two embeddings alone: no gradient of the loss "
        "by what neurons read.": "gradient" not in initial,
        "All pairs are trained on: no step at which the training pairs are memorised.": (
            _counted(evaluation) == "train"
        ),
    }
    lines = [reason for reason, holds in reasons.items() if holds]
    return {"absent": "\n".join(lines)} if lines else {}


def _caveats(result: xr.Dataset, evaluation: xr.Dataset) -> list[str]:
    """Return what makes the measures of a run mean little."""
    accuracy = _ACCURACIES[_counted(evaluation)]
    strong, neurons = result["strong"].values[1:], int(result["neurons_with_winner"])
    sentences = {
        f"{accuracy.capitalize()} never reaches 0.99: winners and strong irreps are those of a "
        "network that is still learning.": not bool(result["target_reached"]),
        "No irrep is strong: there is no set to predict.": not strong.any(),
        "All irreps are strong: there is no set to predict.": bool(strong.all()),
        "No neuron has a winner.": neurons == 0,
        f"Only {neurons} of {result.sizes['neuron']} neurons have a winner.": (
            0 < neurons < result.sizes["neuron"] / 2
        ),
    }
    return [sentence for sentence, holds in sentences.items() if holds]
