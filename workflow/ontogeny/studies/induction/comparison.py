"""All runs in one dataset: curves over steps, paths, and one number a run for every claim.

Symbols: ``R`` runs; ``S`` steps of any run; ``T`` the longest context.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.induction.analysis.paths import principal_components, turn
from ontogeny.studies.induction.analysis.phase import departure
from ontogeny.studies.induction.labels import dataset, variable

__all__ = ["Run", "comparison"]

Array = NDArray[np.floating]

_INDUCTION, _PREVIOUS = 2, 1


@dataclass(frozen=True)
class Run:
    """A run as this stage reads it.

    Attributes
    ----------
    experiment, corpus : str
    seed, layers, steps : int
    mlp, smeared : bool
    corpora, evaluation, measures : Dataset
        Of its corpus and of the run.
    """

    experiment: str
    corpus: str
    seed: int
    layers: int
    steps: int
    mlp: bool
    smeared: bool
    corpora: xr.Dataset
    evaluation: xr.Dataset
    measures: xr.Dataset

    @property
    def plain(self) -> bool:
        """Return whether it is attention-only, with keys of their own."""
        return not self.mlp and not self.smeared

    @property
    def window(self) -> tuple[float, float]:
        """Return start and end of its phase change [step]; NaN without one."""
        return float(self.measures["window_start"]), float(self.measures["window_end"])

    def at(self, step: float) -> int:
        """Return the place of the checkpoint at or before a step."""
        return int(np.searchsorted(self.evaluation["step"].values, step, side="right")) - 1


def comparison(runs: Sequence[Run]) -> xr.Dataset:
    """Return all runs as one dataset.

    Parameters
    ----------
    runs : sequence of Run

    Returns
    -------
    Dataset
    """
    step = np.unique(np.concatenate([run.evaluation["step"].values for run in runs]))
    references = [_reference(run, runs) for run in runs]
    paths = _paths(runs)
    names = ("experiment", "corpus", "seed", "layers", "steps", "mlp", "smeared")
    about = {
        name: variable("run", _column(runs, name), f"{name.replace('_', ' ')} of the run")
        for name in names
    }
    single = {
        name: variable("run", [measure(run) for run in runs], text, units)
        for name, (measure, text, units) in _SINGLE.items()
    }
    relative = {
        name: variable(
            "run",
            [
                measure(run, reference) if reference is not None else np.nan
                for run, reference in zip(runs, references, strict=True)
            ],
            text,
            units,
        )
        for name, (measure, text, units) in _RELATIVE.items()
    }
    curves = {
        name: variable(
            ("run", "step"), _along(runs, step, [curve(run) for run in runs]), text, units
        )
        for name, (curve, text, units) in _CURVES.items()
    }
    length = max(run.evaluation.sizes["index"] for run in runs)
    return dataset(
        {
            **{f"{name}_of_run": values for name, values in about.items()},
            **single,
            **relative,
            **curves,
            "path": variable(
                ("run", "step", "component"),
                _along(runs, step, paths),
                "per-token losses, principal components of all runs of the corpus",
                "nat",
            ),
            "turn": variable(
                "run",
                [
                    turn(path, run.evaluation["step"].values, start=start, end=end,
                         warm_up=int(run.measures["warm_up"]))
                    for run, path, (start, end) in zip(
                        runs, paths, _windows(runs), strict=True
                    )
                ],
                "turn of the path at the window, or at that of two-layer runs [degree]",
            ),
            "index_loss": variable(
                ("run", "moment", "index"),
                _context(runs, length),
                "cross-entropy by context index",
                "nat",
            ),
        },
        {
            "step": step,
            "component": np.array([1, 2]),
            "moment": np.array(["before", "after"], dtype=object),
        },
        title="All runs of the study of induction heads",
    )  # fmt: skip


def _column(runs: Sequence[Run], name: str) -> NDArray[Any]:
    values = [getattr(run, name) for run in runs]
    return np.array(values, dtype=object if isinstance(values[0], str) else None)


def _reference(run: Run, runs: Sequence[Run]) -> Run | None:
    """Return the plain one-layer run of the same corpus, of the same seed if there is one."""
    those = [each for each in runs if each.corpus == run.corpus and each.plain and each.layers == 1]
    same = [each for each in those if each.seed == run.seed]
    return next(iter(same or those), None)


def _windows(runs: Sequence[Run]) -> list[tuple[float, float]]:
    """Return the window of each run; for one without, the mean one of plain two-layer runs."""
    found = []
    for run in runs:
        own = run.window
        if np.isnan(own[0]):
            two = [r.window for r in runs if r.corpus == run.corpus and r.plain and r.layers == 2]
            two = [window for window in two if np.isfinite(window[0])]
            mean = np.mean(two, axis=0) if two else (np.nan, np.nan)
            own = float(mean[0]), float(mean[1])
        found.append(own)
    return found


def _along(runs: Sequence[Run], step: NDArray[np.integer], curves: list[Array]) -> Array:
    """Return curves of all runs at the steps of any; NaN where a run has no checkpoint."""
    found = np.full((len(runs), len(step), *curves[0].shape[1:]), np.nan)
    for number, (run, curve) in enumerate(zip(runs, curves, strict=True)):
        found[number, np.searchsorted(step, run.evaluation["step"].values)] = curve
    return found


def _paths(runs: Sequence[Run]) -> list[Array]:
    """Return the path of each run; runs of one corpus share their components."""
    found: dict[int, Array] = {}
    for corpus in dict.fromkeys(run.corpus for run in runs):
        those = [number for number, run in enumerate(runs) if run.corpus == corpus]
        losses = [runs[number].evaluation["chosen_loss"].values for number in those]
        parts = np.cumsum([len(each) for each in losses])[:-1]
        whole = principal_components(np.concatenate(losses).astype(np.float64))
        found |= dict(zip(those, np.split(whole, parts), strict=True))
    return [found[number] for number in range(len(runs))]


def _context(runs: Sequence[Run], length: int) -> Array:
    """Return the loss by context index at the start and at the end of each window."""
    found = np.full((len(runs), 2, length), np.nan)
    for number, (run, (start, _)) in enumerate(zip(runs, _windows(runs), strict=True)):
        loss = run.evaluation["index_loss"].values
        first = run.at(start) if np.isfinite(start) else run.at(float(run.measures["warm_up"]))
        found[number, 0, : loss.shape[1]] = loss[first]
        found[number, 1, : loss.shape[1]] = loss[-1]
    return found


def _share_of_repeats(run: Run) -> float:
    """Return the share of tokens inside a repeated phrase; NaN where there are no phrases."""
    if "repeat" not in run.corpora["token_kind"].values:
        return float("nan")
    return float(run.corpora["member"].sel(token_kind="repeat").mean())


def _score_at(run: Run, place: int) -> float:
    return float(run.evaluation["score"][place])


def _change_after_warm_up(run: Run) -> float:
    """Return by how much the score falls from twice the warm-up to the end."""
    return _score_at(run, run.at(2 * float(run.measures["warm_up"]))) - _score_at(run, -1)


def _prefix_before(run: Run) -> float:
    start = run.window[0]
    best = run.measures["best_prefix"].values
    return float(best[run.at(start)]) if np.isfinite(start) else float("nan")


def _middle(run: Run) -> float:
    return sum(run.window) / 2


def _apart(run: Run) -> float:
    """Return the distance of the two middles, as a share of the training."""
    return abs(_middle(run) - float(run.measures["prefix_middle"])) / run.steps


def _of_kind(run: Run, kind: int) -> NDArray[np.bool_]:
    return run.measures["head_kind"].values == kind


def _of_induction(name: str) -> Callable[[Run], float]:
    """Return the mean of a score of the final checkpoint over its induction heads."""

    def mean(run: Run) -> float:
        chosen = run.evaluation[name].isel(step=-1).values[_of_kind(run, _INDUCTION)]
        return float(chosen.mean()) if chosen.size else float("nan")

    return mean


def _projection(run: Run) -> float:
    """Return the largest projection of an induction head, mean over checkpoints past the window."""
    heads, start = _of_kind(run, _INDUCTION), run.window[0]
    if not heads.any() or np.isnan(start):
        return float("nan")
    later = run.measures["projection"].values[run.at(run.window[1]) :]
    return float(later.mean(axis=0)[heads].max())


def _preserved_changes(run: Run) -> Array:
    last = run.evaluation.isel(step=-1)
    return last["ablated_score"].sel(ablation="pattern-preserving").values - float(last["score"])


def _least_single(run: Run) -> float:
    changes = _preserved_changes(run)[_of_kind(run, _INDUCTION)]
    return float(changes.min()) if changes.size else float("nan")


def _largest_other(run: Run) -> float:
    others = np.abs(_preserved_changes(run)[~_of_kind(run, _INDUCTION)])
    return float(others.max(initial=0.0))


def _idealised(run: Run) -> float:
    """Return which share of the loss of a full knock-out exact previous-token attention saves."""
    removed = float(run.measures["removed_loss"].sel(removal="full", head_set="previous-token"))
    clean, ideal = float(run.evaluation["loss"][-1]), float(run.measures["idealised_loss"])
    return (removed - ideal) / (removed - clean)


def _repeat_gain(place: Callable[[Run], int]) -> Callable[[Run], float]:
    """Return by how much the second half of repeated random tokens is easier at a checkpoint."""

    def gain(run: Run) -> float:
        first, second = run.evaluation["half_loss"].values[place(run)]
        return float(first - second)

    return gain


def _start(run: Run) -> int:
    start = run.window[0]
    return run.at(start if np.isfinite(start) else 2 * float(run.measures["warm_up"]))


def _class_change(name: str) -> Callable[[Run], float]:
    """Return by how much the loss of a class of tokens rises from the window's start to the end."""

    def change(run: Run) -> float:
        if np.isnan(run.window[0]):
            return float("nan")
        loss = run.evaluation["class_loss"].sel(token_kind=name).values
        return float(loss[-1] - loss[run.at(run.window[0])])

    return change


def _broken(run: Run) -> float:
    classes = run.evaluation["token_kind"].values
    return _class_change("first use" if "first use" in classes else "break")(run)


def _lost(head_set: str, removal: str) -> Callable[[Run, Run], float]:
    """Return which share of the score beyond that of one layer is lost without a set of heads.

    NaN for a run without induction heads: its sets have no meaning.
    """

    def share(run: Run, reference: Run) -> float:
        if not _of_kind(run, _INDUCTION).any():
            return float("nan")
        removed = float(run.measures["removed_score"].sel(head_set=head_set, removal=removal))
        clean, one = _score_at(run, -1), _score_at(reference, -1)
        return (removed - clean) / (one - clean) if clean < one else float("nan")

    return share


def _departure(run: Run, reference: Run) -> float:
    step = run.evaluation["step"].values
    if not np.array_equal(step, reference.evaluation["step"].values) or run is reference:
        return float("nan")
    losses = (each.evaluation["sequence_loss"].values for each in (reference, run))
    return departure(step, *losses, warm_up=int(run.measures["warm_up"]))


_STEP = "[step]"
_SINGLE: dict[str, tuple[Callable[[Run], float], str, str]] = {
    "repeat_share": (_share_of_repeats, "share of tokens that repeat a phrase", "1"),
    "window_start": (lambda run: run.window[0], f"start of the phase change {_STEP}", "1"),
    "window_end": (lambda run: run.window[1], f"end of the phase change {_STEP}", "1"),
    "window_middle": (_middle, f"middle of the phase change {_STEP}", "1"),
    "window_fall": (
        lambda run: float(run.measures["window_fall"]),
        "fall of the score inside the window",
        "nat",
    ),
    "final_score": (lambda run: _score_at(run, -1), "last in-context learning score", "nat"),
    "score_change": (_change_after_warm_up, "fall of the score after twice the warm-up", "nat"),
    "final_loss": (lambda run: float(run.evaluation["loss"][-1]), "last cross-entropy", "nat"),
    "prefix_before": (_prefix_before, "best prefix matching at the window's start", "1"),
    "prefix_after": (
        lambda run: float(run.measures["best_prefix"][-1]),
        "best prefix matching of the final checkpoint",
        "1",
    ),
    "prefix_middle": (
        lambda run: float(run.measures["prefix_middle"]),
        f"best prefix matching half-way {_STEP}",
        "1",
    ),
    "middles_apart": (_apart, "distance of the two middles, share of the training", "1"),
    "bump_height": (
        lambda run: float(run.measures["bump_height"]),
        "excess of ln loss over its convex envelope",
        "1",
    ),
    "bump_step": (lambda run: float(run.measures["bump_step"]), f"its place {_STEP}", "1"),
    "induction_heads": (
        lambda run: float(_of_kind(run, _INDUCTION).sum()),
        "number of induction heads",
        "1",
    ),
    "previous_heads": (
        lambda run: float(_of_kind(run, _PREVIOUS).sum()),
        "number of previous-token heads",
        "1",
    ),
    "ov_eigenvalue": (_of_induction("ov_eigenvalue"), "OV eigenvalues of induction heads", "1"),
    "qk_trace": (_of_induction("qk_trace"), "QK trace of induction heads", "1"),
    "copying": (_of_induction("copying"), "copying score of induction heads", "1"),
    "projection": (_projection, "largest projection of an induction head", "nat"),
    "least_single": (_least_single, "least change of score without one induction head", "nat"),
    "largest_other": (_largest_other, "largest change of score without another head", "nat"),
    "copying_correlation": (
        lambda run: float(run.measures["evaluator_correlation"][0]),
        "correlation of copying and OV eigenvalues",
        "1",
    ),
    "matching_correlation": (
        lambda run: float(run.measures["evaluator_correlation"][1]),
        "correlation of prefix matching and QK trace",
        "1",
    ),
    "composition_excess": (
        lambda run: float(run.measures["composition_excess"]),
        "K-composition beyond random heads, in their deviations",
        "1",
    ),
    "idealised_share": (_idealised, "loss saved by exact previous-token attention", "1"),
    "gain_before": (_repeat_gain(_start), "gain on repeated tokens before", "nat"),
    "gain_after": (_repeat_gain(lambda _: -1), "gain on repeated tokens at the end", "nat"),
    "continuation_change": (_class_change("continuation"), "change of loss, repeats", "nat"),
    "break_change": (_broken, "change of loss, first uses or broken patterns", "nat"),
}

_RELATIVE: dict[str, tuple[Callable[[Run, Run], float], str, str]] = {
    "departure": (_departure, f"first step with less loss than one layer {_STEP}", "1"),
    "induction_lost": (
        _lost("induction", "pattern-preserving"),
        "share of the score lost without induction heads",
        "1",
    ),
    "others_lost": (
        _lost("all others", "pattern-preserving"),
        "share of the score lost without all other heads",
        "1",
    ),
    "as_many_lost": (
        _lost("as many others", "pattern-preserving"),
        "share of the score lost without as many other heads",
        "1",
    ),
    "induction_mean_lost": (
        _lost("induction", "mean"),
        "share of the score lost with induction heads at their mean",
        "1",
    ),
    "previous_full_lost": (
        _lost("previous-token", "full"),
        "share of the score lost without previous-token heads",
        "1",
    ),
    "previous_preserved_lost": (
        _lost("previous-token", "pattern-preserving"),
        "the same with patterns preserved",
        "1",
    ),
    "relative_score": (
        lambda run, reference: _score_at(run, -1) - _score_at(reference, -1),
        "last score less that of one layer",
        "nat",
    ),
}

_CURVES: dict[str, tuple[Callable[[Run], Array], str, str]] = {
    "loss": (lambda run: run.evaluation["loss"].values, "cross-entropy", "nat"),
    "score": (lambda run: run.evaluation["score"].values, "in-context learning score", "nat"),
    "best_prefix": (lambda run: run.measures["best_prefix"].values, "best prefix matching", "1"),
    "best_previous": (
        lambda run: run.measures["best_previous"].values,
        "attention on the token before, best head",
        "1",
    ),
    "learning_slope": (
        lambda run: run.measures["learning_slope"].values,
        "d loss / d ln step",
        "nat",
    ),
}
