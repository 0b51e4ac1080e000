"""Where the measures of a network mean nothing."""

import numpy as np
import xarray as xr

__all__ = ["LEAST_SEQUENCES", "analysis_caveats", "sequence_caveats"]

LEAST_SEQUENCES = 16
"""With fewer different sequences, means over them and their standard errors say little."""


def sequence_caveats(corpus: xr.Dataset) -> list[str]:
    """Return what follows where few sequences of the evaluation set differ.

    Parameters
    ----------
    corpus : Dataset
        With ``tokens`` by sequence.
    """
    tokens = corpus["tokens"].values
    different = len(np.unique(tokens, axis=0))
    if different >= max(LEAST_SEQUENCES, len(tokens) / 2):
        return []
    return [
        f"Only {different} of {len(tokens)} sequences of the evaluation set differ: means over "
        "them, and their errors, say little of others."
    ]


def analysis_caveats(analysis: xr.Dataset) -> list[str]:
    """Return the caveats of ``analysis.nc``."""
    end = float(analysis["window_end"])
    if np.isnan(end):
        return ["Without a phase change, measures of its window are missing."]
    if end >= float(analysis["step"][-1]):
        return ["The phase change does not end within the run."]
    return []
