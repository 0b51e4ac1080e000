"""Networks of one's own in a notebook: what the workflow measures, of arrays and functions."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray

from ontogeny.caveats import of_all, with_warnings
from ontogeny.given_networks import as_array, require_different, steps_of
from ontogeny.networks.decoder import Transformer
from ontogeny.records import Record
from ontogeny.studies.induction import network_functions as functions
from ontogeny.studies.induction.analysis.heads import earlier_copies
from ontogeny.studies.induction.caveats import analysis_caveats, sequence_caveats
from ontogeny.studies.induction.config import Analysis
from ontogeny.studies.induction.datasets import evaluation_dataset
from ontogeny.studies.induction.findings import analysis_dataset
from ontogeny.studies.induction.foreign import circuit_weights, parameters_of, sizes_of
from ontogeny.studies.induction.foreign_runs import EVALUATED, record_of
from ontogeny.studies.induction.given_sequences import given_corpus
from ontogeny.studies.induction.network_functions import Heads
from ontogeny.studies.induction.opened import words
from ontogeny.studies.induction.records import checkpoints_dataset, history_dataset
from ontogeny.studies.induction.stages import analysis_of, classes_of, evaluation_of, given_of
from ontogeny.studies.induction.words import about

__all__ = ["Heads", "follow_heads"]

StateDict = Mapping[str, Any]
Run = Callable[[NDArray[np.int64]], tuple[Any, Any]]
Tokens = NDArray[np.integer]

_OF_CORPUS = ("tokens", "member", "word", "token_kind")
"""Variables that a stored corpus has."""

_SHORTEST = 13
"""Tokens of a sequence: a context of 12 has an early and a late part."""


def follow_heads(
    corpus: xr.Dataset | Tokens,
    networks: Mapping[int, StateDict | Run | Heads],
    *,
    vocabulary: int | None = None,
    repeated: Tokens | None = None,
    tensors: Mapping[str, str] | None = None,
    heads: int | None = None,
    positions: Literal["all", "first"] = "all",
    warm_up: int = 0,
    thresholds: Analysis | None = None,
) -> xr.DataTree:
    """Follow the heads of networks of one's own along their checkpoints, as the workflow does.

    Parameters
    ----------
    corpus : Dataset or (N, T + 1) ndarray of int
        A stored corpus, or sequences that losses are measured on.
    networks : mapping of int
        By step. All are state dicts of a network that the decoder can compute
        (`ontogeny.networks.decoder`), or all are functions: from tokens, (B, M) of int64, at most
        16 sequences at once, to a pair: logits (B, M, V) or losses (B, M - 1) of all tokens but the
        first [nat], and attention patterns, (B, H, M, M) for each layer. `Heads` adds how the
        network is run without some heads, and its weights.
    vocabulary : int, optional
        V, for functions on sequences that are given; one more than the greatest token unless it is
        said. Probes are drawn from it: 10 sequences of 101 tokens, of as many as `corpus` has, and
        token 0 begins them.
    repeated : (B, M) ndarray of int, optional
        Sequences whose tokens come again, on which prefix matching is measured in the place of the
        probes of 101 tokens.
    tensors : mapping of str to str, optional
        Names of tensors by parameters of the decoder, where they are not those of TransformerLens,
        GPT-2 or this project: ``{layer}`` is the number of a layer, ``.T`` behind a name the
        transpose, ``[0/3]`` behind that the first third of the columns.
    heads : int, optional
        H, where the matrices of all heads are one matrix.
    positions : {"all", "first"}
        Which layers of a state dict's network see positions.
    warm_up : int
        A phase change is looked for only after these updates.
    thresholds : Analysis, optional

    Returns
    -------
    DataTree
        ``corpus``, ``history``, ``evaluation`` and ``analysis``, and of state dicts
        ``checkpoints``, as the workflow stores them. What functions do not tell is absent,
        and the attribute ``absent`` of a dataset says why. The attributes of the root say in words
        what the network and the data are, when its circuit formed and what it learned.

    Raises
    ------
    ValueError
        If sequences, networks or names are none that can be followed; one message, which says what
        is wrong, of which step and what to give.
    """
    ordered = {step: networks[step] for step in steps_of(networks)}
    _require_one_kind(ordered)
    settings = _Settings(repeated, warm_up, thresholds or Analysis())
    if isinstance(next(iter(ordered.values())), Mapping):
        shape, parameters = _decoder(ordered, tensors, heads, positions)
        found = _of_weights(corpus, shape, parameters, settings)
    else:
        given = _functions(ordered, tensors, heads)
        found = _of_functions(corpus, given, vocabulary, settings)
    tree = xr.DataTree.from_dict(found)
    tree.attrs = {
        "study": "induction",
        "experiment": "networks of one's own",
        **about(found["corpus"], found["evaluation"]),
        **words(found),
        **of_all(found.values()),
    }
    return tree


def _require_one_kind(networks: Mapping[int, Any]) -> None:
    for step, each in networks.items():
        if not isinstance(each, Mapping | Heads) and not callable(each):
            msg = (
                f"`networks[{step}]` is of the type {type(each).__name__}; give a state dict, a "
                "function or `Heads`"
            )
            raise ValueError(msg)  # noqa: TRY004
    if len({isinstance(each, Mapping) for each in networks.values()}) > 1:
        msg = "`networks` has state dicts and functions; give all networks in one of both ways"
        raise ValueError(msg)


class _Settings(NamedTuple):
    repeated: Tokens | None
    warm_up: int
    thresholds: Analysis


def _decoder(
    states: Mapping[int, Any],
    tensors: Mapping[str, str] | None,
    heads: int | None,
    positions: str,
) -> tuple[Transformer, dict[int, dict[str, NDArray[np.floating]]]]:
    """Return the shape of state dicts, and the parameters of each by step."""
    shape, found = None, {}
    for step, state in states.items():
        with _of_step(step):
            held = _arrays(state)
            if shape is None:
                sizes = sizes_of(held, tensors, heads=heads)
                if sizes.d_head * sizes.heads != sizes.d_model:
                    msg = (
                        f"{sizes.heads} heads of width {sizes.d_head} do not share the stream, "
                        f"which has {sizes.d_model} coordinates; give it as a function"
                    )
                    raise ValueError(msg)
                shape = Transformer(
                    sizes.vocabulary,
                    layers=sizes.layers,
                    d_model=sizes.d_model,
                    heads=sizes.heads,
                    d_mlp=sizes.d_mlp,
                    smeared_keys=sizes.smeared_keys,
                    positions=positions,
                )
            found[step] = parameters_of(held, shape.shapes(), tensors)
    if shape is None:
        msg = "`networks` is empty; give at least one state dict"
        raise ValueError(msg)
    return shape, found


def _functions(
    networks: Mapping[int, Any], tensors: Mapping[str, str] | None, heads: int | None
) -> dict[int, Heads]:
    """Return functions with the weights of their circuits, by step."""
    found = {}
    for step, network in networks.items():
        each = network if isinstance(network, Heads) else Heads(network)
        with _of_step(step):
            if each.weights is not None:
                weights = circuit_weights(_arrays(each.weights), tensors, heads=heads)
                each = replace(each, weights=weights)
        found[step] = each
    return found


def _of_weights(
    corpus: xr.Dataset | Tokens,
    shape: Transformer,
    parameters: Mapping[int, Mapping[str, NDArray[np.floating]]],
    settings: _Settings,
) -> dict[str, xr.Dataset]:
    data = _corpus(corpus, shape.vocabulary)
    if data.sizes["word"] != shape.vocabulary:
        msg = (
            f"the networks have embeddings of {shape.vocabulary} tokens, and the corpus has "
            f"{data.sizes['word']} tokens; give the corpus that they were trained on"
        )
        raise ValueError(msg)
    repeated = _repeated(settings.repeated, shape.vocabulary)
    record = record_of(data["tokens"].values.astype(np.int64), shape, parameters)
    require_different([*record.measures["loss"]], "losses")
    checkpoints = checkpoints_dataset(record).assign_attrs(decoder=json.dumps(asdict(shape)))
    evaluation = evaluation_of(shape, data, checkpoints, repeated)
    analysis = analysis_of(
        shape,
        data,
        checkpoints,
        evaluation,
        settings.thresholds,
        warm_up=settings.warm_up,
        repeated=repeated,
    )
    return {
        "corpus": data,
        "checkpoints": checkpoints,
        "history": history_dataset(record).drop_dims("update"),
        "evaluation": evaluation,
        "analysis": analysis,
    }


def _of_functions(
    corpus: xr.Dataset | Tokens,
    networks: Mapping[int, Heads],
    vocabulary: int | None,
    settings: _Settings,
) -> dict[str, xr.Dataset]:
    data = _corpus(corpus, vocabulary)
    given = given_of(data, _repeated(settings.repeated, data.sizes["word"]))
    sequences = given.sequences.numpy()[:EVALUATED]
    parts, measured = [], {}
    for step, network in networks.items():
        with _of_step(step):
            measured[step] = functions.measures(network, sequences)
    _require_the_same_parts(networks, measured)
    require_different([each["loss"] for each in measured.values()], "losses")
    for step, network in networks.items():
        with _of_step(step):
            parts.append(functions.evaluate(network, given))
    _require_the_same_heads(networks, parts)
    last = networks[max(networks)]
    steps = np.array(list(networks), dtype=np.int64)
    evaluation = evaluation_dataset(
        steps, parts, given.chosen, classes=classes_of(data), baseline=functions.baseline_of(last)
    )
    analysis = analysis_dataset(
        evaluation,
        functions.final_checkpoint(last, given),
        settings.thresholds,
        warm_up=settings.warm_up,
    )
    joined = {
        name: np.stack([each[name] for each in measured.values()]) for name in ("loss", "accuracy")
    }
    history = history_dataset(Record(steps, {}, joined, np.empty(0))).drop_dims("update")
    if np.isnan(joined["accuracy"]).any():
        history = _without(history.drop_vars("accuracy"), [functions.NO_LOGITS])
    evaluation = with_warnings(evaluation, sequence_caveats(data))
    analysis = with_warnings(analysis, analysis_caveats(analysis))
    return {
        "corpus": data,
        "history": history,
        "evaluation": _without(evaluation, functions.absent_of_evaluation(last)),
        "analysis": _without(analysis, functions.absent_of_analysis(last)),
    }


def _require_the_same_parts(
    networks: Mapping[int, Heads], measured: Mapping[int, Mapping[str, NDArray[np.float64]]]
) -> None:
    """Refuse functions that differ in which measures can be computed."""
    parts = {
        step: {
            "logits": not np.isnan(measured[step]["accuracy"]).any(),
            "`without`": each.without is not None,
            "`weights`": each.weights is not None,
        }
        for step, each in networks.items()
    }
    first, *others = parts
    for step in others:
        for name, is_given in parts[step].items():
            if is_given != parts[first][name]:
                has, lacks = (step, first) if is_given else (first, step)
                msg = (
                    f"`networks[{has}]` gives {name} and `networks[{lacks}]` does not; give {name} "
                    "at all steps or at none"
                )
                raise ValueError(msg)


def _require_the_same_heads(steps: Iterable[int], parts: Iterable[list[Any]]) -> None:
    """Refuse networks of different numbers of layers or heads, from what was measured of each."""
    first = None
    for step, (_, attention, *_) in zip(steps, parts, strict=True):
        layers, heads = attention.previous_token.shape
        first = first or (step, layers, heads)
        if first[1:] != (layers, heads):
            msg = (
                f"the network of step {step} has {layers} layers of {heads} heads, and that of "
                f"step {first[0]} has {first[1]} of {first[2]}; give the checkpoints of one network"
            )
            raise ValueError(msg)


def _without(found: xr.Dataset, reasons: list[str]) -> xr.Dataset:
    """Return a dataset that says what is absent from it, and why."""
    return found.assign_attrs(absent="\n".join(reasons)) if reasons else found


@contextmanager
def _of_step(step: int) -> Iterator[None]:
    """Name the step of a network, for messages."""
    try:
        yield
    except ValueError as error:
        msg = f"the network of step {step}: {error}"
        raise ValueError(msg) from error


def _arrays(state: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    return {name: as_array(values) for name, values in state.items()}


def _corpus(corpus: xr.Dataset | Tokens, vocabulary: int | None) -> xr.Dataset:
    """Return a stored corpus, or sequences as one."""
    if isinstance(corpus, xr.Dataset):
        lacking = [name for name in _OF_CORPUS if name not in corpus.variables]
        if lacking:
            msg = (
                f"`corpus` lacks {', '.join(lacking)}, which a stored corpus has; give one from "
                "`results/<configuration>/induction/corpora`, or sequences as an array"
            )
            raise ValueError(msg)
        return corpus
    sequences = _tokens(corpus, "corpus")
    count, length = sequences.shape
    if count < 2 or length < _SHORTEST:
        msg = (
            f"`corpus` has the shape {sequences.shape}; give at least 2 sequences of "
            f"{_SHORTEST} tokens"
        )
        raise ValueError(msg)
    size = vocabulary or int(sequences.max()) + 1
    _require_known(sequences, size, "corpus")
    return given_corpus(sequences, size)


def _repeated(repeated: Tokens | None, vocabulary: int) -> Tokens | None:
    """Return sequences whose tokens come again, if they are given and do."""
    if repeated is None:
        return None
    found = _tokens(repeated, "repeated")
    _require_known(found, vocabulary, "repeated")
    if not earlier_copies(torch.from_numpy(found), offset=0).any():
        msg = "`repeated` has no token that comes again in its sequence; give tokens several times"
        raise ValueError(msg)
    return found


def _tokens(values: Tokens, name: str) -> NDArray[np.int64]:
    found = np.asarray(values)
    if found.ndim != 2 or found.dtype.kind not in "iu":
        msg = (
            f"`{name}` has the shape {found.shape} and the type {found.dtype}; give whole numbers, "
            "one row a sequence"
        )
        raise ValueError(msg)
    return found.astype(np.int64)


def _require_known(tokens: NDArray[np.int64], vocabulary: int, name: str) -> None:
    if tokens.min() < 0 or tokens.max() >= vocabulary:
        msg = (
            f"`{name}` has tokens from {tokens.min()} to {tokens.max()}, and the vocabulary has "
            f"those from 0 to {vocabulary - 1}"
        )
        raise ValueError(msg)
