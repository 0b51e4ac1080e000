"""What a run says of itself when it is opened: outcome, phase change, heads, network at a step."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from ontogeny.studies.induction.carried import training_of
from ontogeny.studies.induction.facts import facts_of_network
from ontogeny.studies.induction.head_kinds import HEAD_KINDS
from ontogeny.studies.induction.titles import title
from ontogeny.studies.induction.words import formed, learned

__all__ = ["columns", "data", "facts", "network", "phases", "title", "words"]

Results = Mapping[str, xr.Dataset]

_PHASES = ("before the phase change", "phase change", "after it")


def data(about: Mapping[str, Any]) -> dict[str, str]:
    """Return the file of the corpus of a run by name, from the folder of the study."""
    return {"corpus": f"corpora/{about['corpus']}.nc"} if "corpus" in about else {}


def columns(results: Results) -> dict[str, Any]:
    """Return the outcome of a run, one value a column."""
    found: dict[str, Any] = {}
    if "evaluation" in results:
        last = results["evaluation"].isel(step=-1)
        found |= {"loss": float(last["loss"]), "in_context_score": float(last["score"])}
    if "analysis" in results:
        analysis = results["analysis"]
        found |= {name: float(analysis[name]) for name in ("window_start", "window_end")}
        found |= {"learned": _heads(analysis)} if "head_kind" in analysis else {}
    return found


def words(results: Results) -> dict[str, str]:
    """Return the outcome of a run, when its circuit formed and what it learned, in words."""
    if "evaluation" not in results:
        return {}
    evaluation, found = results["evaluation"], columns(results)
    said = {
        "outcome": f"loss {found['loss']:.3f} nat, "
        f"in-context learning score {found['in_context_score']:.3f} nat"
    }
    if "analysis" in results:
        said["circuit"] = formed(evaluation, results["analysis"])
        said["learned"] = learned(evaluation.isel(step=-1), results["analysis"])
    return said


def phases(results: Results) -> xr.DataArray | None:
    """Return the ends of the phases of a run by their names; None where they are not known."""
    if "analysis" not in results:
        return None
    ends = [float(results["analysis"][name]) for name in ("window_start", "window_end")]
    return xr.DataArray([*ends, np.nan], {"boundary": list(_PHASES)}, "boundary")


def facts(results: Results) -> set[str]:
    """Return what is true of a run, so that figures can need it."""
    if "evaluation" not in results:
        return set()
    sizes = results["evaluation"].sizes
    return set(
        facts_of_network(
            layers=sizes["layer"],
            smeared_keys="smear" in results.get("checkpoints", ()),
            has_steps=sizes["step"] > 1,
        )
    )


def network(results: Results, place: int) -> Callable[[ArrayLike], NDArray[np.floating]]:
    """Return the network of a checkpoint, as a function from tokens (..., T) to logits (..., T, V).

    Parameters
    ----------
    results : mapping
        With ``corpus`` and ``checkpoints``.
    place : int
        Of the checkpoint.
    """
    import torch  # a run is opened without it

    from ontogeny.networks.decoder import Transformer
    from ontogeny.studies.induction.runs import build

    checkpoints = results["checkpoints"]
    if "decoder" in checkpoints.attrs:  # of state dicts that a notebook gave
        shape = Transformer(**json.loads(checkpoints.attrs["decoder"]))
    else:
        shape = build(training_of(checkpoints).network, results["corpus"].sizes["word"])
    parameters = {str(name): torch.tensor(each[place].values) for name, each in checkpoints.items()}

    def at(tokens: ArrayLike) -> NDArray[np.floating]:
        given = np.asarray(tokens, dtype=np.int64)
        with torch.no_grad():
            found = shape.logits(parameters, torch.as_tensor(np.atleast_2d(given))).numpy()
        return np.asarray(found.reshape(*given.shape, -1))

    return at


def _heads(analysis: xr.Dataset) -> str:
    """Return the heads of each kind, written as layer.head from 0, in words."""
    kinds = analysis["head_kind"].values
    said = []
    for number, kind in enumerate(HEAD_KINDS[1:], start=1):
        heads = [f"{layer}.{head}" for layer, head in np.argwhere(kinds == number)]
        said += [f"{kind} heads {', '.join(heads)}"] if heads else []
    return "; ".join(said)
