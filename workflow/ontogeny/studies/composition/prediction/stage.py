"""How early it is known what a run will learn: a stage after its analyses, from datasets to one."""

from collections.abc import Sequence

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
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.prediction.algebra import (
    Structure,
    powers,
    shares,
    structure,
    winners,
)
from ontogeny.studies.composition.prediction.flow import quadratic_flow, relu_flow
from ontogeny.studies.composition.prediction.followed import (
    Specialised,
    Told,
    specialisation,
    told,
)
from ontogeny.studies.composition.prediction.functions import NeuronFunctions
from ontogeny.studies.composition.prediction.gradient import (
    Hidden,
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

MOST_ELEMENTS = 120
"""Groups with more elements have no flow."""

MOST_PAIRS = 10**6
"""Networks with more activations (pairs times neurons) have no flow with ReLU."""

HIDDEN: dict[str, Hidden] = {"sum": "relu", "square": "square", "product": "product"}
"""How the hidden layer joins the embeddings, and what the gradient of the loss calls it."""


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
    """Return how well each checkpoint tells which irreps a run, and each neuron, will learn.

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
    """
    frame = frame_of(table, irreps)
    architecture = build(training_of(checkpoints).architecture, frame.order)

    def functions_at(k: int) -> NeuronFunctions:
        parameters = {str(name): each.values[k] for name, each in checkpoints.items()}
        return neuron_functions(architecture, parameters)

    step = checkpoints["step"].values
    constants, last = structure(frame), functions_at(-1)
    strong = analysis["logit_similarity"].values > STRONG
    strong[0] = False
    winner = winners(last, frame)
    shown = strongest(winner, powers(last, frame)[..., 1:].sum(axis=(0, 2)))
    similarity = _similarity(evaluation).values
    knowing, special = [], []
    initial: Variables = {}
    for k in range(len(step)):
        functions = functions_at(k)
        scores = neuron_scores(functions, frame, constants)
        if k == 0:
            scores |= flows(functions, frame, constants, steps=flow_steps)
            scores |= _gradient(functions, frame, architecture.joins, checkpoints, history)
            initial, absences = _initial(functions, scores, frame), _absences(scores, frame)
        knowing.append(told(scores, similarity[k], winner, strong))
        aligned = scores["alignment"]
        special.append(specialisation(functions, frame, constants, aligned, winner, shown))
    variables = (
        _moments(step, evaluation)
        | _told(knowing)
        | _specialised(special)
        | _final(last, frame, winner, shown)
        | initial
    )
    variables["strong"] = variable("irrep", strong, f"logit similarity above {STRONG} in the end")
    variables["learned_step"] = _learned_step(evaluation)
    result = dataset(
        variables,
        used(_coordinates(step, frame, len(winner), shown), variables),
        title="How early it is known what a run will learn",
    ).assign_attrs(absences)
    return with_warnings(result, _caveats(result))


def flows(
    initial: NeuronFunctions, frame: Frame, constants: Structure, *, steps: int
) -> dict[str, Array]:
    """Return the shares at the end of the flows that are cheap enough, (h, R) each, by score."""
    n, neurons = initial.left.shape
    found = {}
    if n <= MOST_ELEMENTS:
        flow = quadratic_flow(initial, frame, constants, steps=steps)
        found["quadratic flow"] = flow.shares
        if neurons * n**2 <= MOST_PAIRS:
            found["ReLU flow"] = relu_flow(initial, frame, steps=steps).shares
    return found


def _gradient(
    initial: NeuronFunctions,
    frame: Frame,
    joins: str | None,
    checkpoints: xr.Dataset,
    history: xr.Dataset,
) -> dict[str, Array]:
    """Return the gradient score, where the hidden layer is a function of the embeddings alone."""
    train = train_pairs_of(history, frame.order)
    if train is None or joins not in HIDDEN:
        return {}
    constant = checkpoints["b_U"].values[0] if "b_U" in checkpoints else None
    slope = loss_gradient(initial, frame.product, train, hidden=HIDDEN[joins], constant=constant)
    return {"gradient": gradient_score(initial, slope, frame)}


def _similarity(evaluation: xr.Dataset) -> xr.DataArray:
    """Return the logit similarity along steps: on test pairs, or on all where there are none."""
    return evaluation.get("test_logit_similarity", evaluation["logit_similarity"])


def _learned_step(evaluation: xr.Dataset) -> xr.Variable:
    return evaluation.get("learned_step", evaluation["all_pairs_learned_step"]).variable


def _moments(step: NDArray[np.int64], evaluation: xr.Dataset) -> Variables:
    """Return at which checkpoint each knowledge is there, and the step by which shares count."""
    accuracy = evaluation["accuracy"]
    splits = [str(split) for split in evaluation["split"].values]
    counted = "test" if "test" in splits else splits[0]
    target = first_step(step, is_learned(accuracy.sel(split=counted).values))
    reached = bool(np.isfinite(target))
    until = target if reached else float(step[-1])
    moments = [float(step[np.abs(step - share * until).argmin()]) for share in KNOWLEDGE.values()]
    memorised = is_learned(accuracy.sel(split="train").values) if "train" in splits else None
    moments.append(np.nan if memorised is None else first_step(step, memorised))
    return {
        "knowledge_step": variable("knowledge", moments, "step of the checkpoint"),
        "target_step": variable(
            (), until, f"first checkpoint with {counted} accuracy 0.99, or the last one"
        ),
        "target_reached": variable((), reached, f"whether {counted} accuracy reaches 0.99"),
    }


def _told(knowing: Sequence[Told]) -> Variables:
    dims = ("step", "score")
    about = {
        "neuron_auc": ("auc", "AUC of a score for the winner of a neuron"),
        "neuron_auc_null": ("null", "neuron_auc with winners exchanged among neurons: mean"),
        "neuron_auc_null_sd": ("deviation", "neuron_auc with winners exchanged among neurons: sd"),
        "neuron_top": ("top", "share of neurons whose winner has the largest score"),
        "neuron_auc_among_strong": (
            "auc_among_strong",
            "AUC of a score for the winner, among strong irreps",
        ),
        "set_auc": ("set_auc", "AUC of a network score for the strong irreps"),
    }
    found = {
        name: variable(dims, np.stack([getattr(each, field) for each in knowing]), long_name)
        for name, (field, long_name) in about.items()
    }
    network = np.stack([each.network for each in knowing])
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
    return np.concatenate([[-1], place * 5 // max(len(place), 1)])


def _specialised(special: Sequence[Specialised]) -> Variables:
    found = {
        name: variable("step", np.array([getattr(each, name) for each in special]), about)
        for name, about in {
            "settled": "share of neurons in which the winner leads",
            "participation": "sum of the squared shares of a neuron, mean",
            "winner_alignment": "alignment of a neuron in its winner, mean",
            "winner_rank": "effective rank of a neuron in its winner, mean",
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
    shown: NDArray[np.integer],
) -> Variables:
    """Return what each neuron has become."""
    names = text([*frame.irreps, "none"])
    largest = shares(powers(last, frame)).max(axis=1)
    return _phases(last, frame, winner) | {
        "winner": variable("neuron", names[winner], "irrep that wins the neuron"),
        "winner_share": variable(
            "neuron", largest.astype(np.float32), "largest share of an irrep in the end"
        ),
        "neurons_with_winner": variable((), int((winner >= 0).sum()), "neurons with a winner"),
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
        names = text(frame.irreps)
        found["initial_flow"] = variable(
            "neuron",
            names[scores["quadratic flow"].argmax(axis=1)],
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


def _absences(initial: dict[str, Array], frame: Frame) -> dict[str, str]:
    reasons = {
        f"The group has more than {MOST_ELEMENTS} elements: no quadratic flow.": (
            frame.order > MOST_ELEMENTS
        ),
        f"Pairs times neurons are more than {MOST_PAIRS:,}: no flow with ReLU.": (
            frame.order <= MOST_ELEMENTS and "ReLU flow" not in initial
        ),
        "The hidden layer is not a function of the two embeddings alone: no gradient of the loss "
        "by what neurons read.": "gradient" not in initial,
    }
    lines = [reason for reason, holds in reasons.items() if holds]
    return {"absent": "\n".join(lines)} if lines else {}


def _caveats(result: xr.Dataset) -> list[str]:
    """Return what makes the measures of a run mean little."""
    strong, neurons = result["strong"].values[1:], int(result["neurons_with_winner"])
    sentences = {
        "The accuracy that counts never reaches 0.99: winners and strong irreps are those of a "
        "network that is still learning.": not bool(result["target_reached"]),
        "No irrep is strong: there is no set to be told.": not strong.any(),
        "All irreps are strong: there is no set to be told.": bool(strong.all()),
        f"Only {neurons} of {result.sizes['neuron']} neurons have a winner.": (
            neurons < result.sizes["neuron"] / 2
        ),
    }
    return [sentence for sentence, holds in sentences.items() if holds]
