"""What a run is and what it shows, in sentences."""

import numpy as np
import xarray as xr

from ontogeny.studies.induction.head_kinds import HEAD_KINDS

__all__ = ["about", "formed", "learned"]


def about(corpus: xr.Dataset, evaluation: xr.Dataset) -> dict[str, str]:
    """Return what networks and data are: ``network`` and ``data``."""
    steps, sizes = evaluation["step"].values, evaluation.sizes
    when = f"step {steps[0]}" if len(steps) == 1 else f"steps {steps[0]} to {steps[-1]}"
    return {
        "network": f"{_counted(sizes['layer'], 'layer')} of {_counted(sizes['head'], 'head')}, "
        f"{_counted(len(steps), 'checkpoint')} ({when})",
        "data": f"{corpus.sizes['sequence']} sequences of {corpus.sizes['token_index']} tokens out "
        f"of {corpus.sizes['word']}",
    }


def formed(evaluation: xr.Dataset, analysis: xr.Dataset) -> str:
    """Return when the circuit of a run formed."""
    start, end, fall = (float(analysis[f"window_{each}"]) for each in ("start", "end", "fall"))
    score = evaluation["score"].values
    if np.isfinite(start):
        return (
            f"between steps {start:.0f} and {end:.0f}, while the in-context learning score fell by "
            f"{fall:.2f} nat"
        )
    return (
        "no phase change: the in-context learning score, late less early loss, has no steep fall "
        f"that is large enough; it is {score[0]:.2f} nat at first and {score[-1]:.2f} at the end"
    )


def learned(final: xr.Dataset, analysis: xr.Dataset) -> str:
    """Return which heads the final checkpoint has, as layer.head from 0, from its scores."""
    scores = {
        "induction": ("prefix matching", final["matching"].sel(offset=1).values),
        "previous-token": ("previous-token attention", final["previous_token"].values),
    }
    if "head_kind" not in analysis:
        strongest = [
            f"{about} {scores_of.max():.2f} of {_head(*_place(scores_of))}"
            for about, scores_of in scores.values()
        ]
        return f"strongest heads at the end: {', '.join(strongest)}"
    kinds = analysis["head_kind"].values
    parts = []
    for kind, (about, values) in scores.items():
        places = np.argwhere(kinds == HEAD_KINDS.index(kind))
        each = [
            f"{_head(*map(int, place))} ({about} {values[tuple(place)]:.2f})" for place in places
        ]
        parts.append(f"{kind} heads: {', '.join(each) or 'none'}")
    return "; ".join(parts)


def _place(values: np.ndarray) -> tuple[int, ...]:
    return tuple(int(each) for each in np.unravel_index(int(values.argmax()), values.shape))


def _head(layer: int, head: int) -> str:
    return f"{layer}.{head}"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
