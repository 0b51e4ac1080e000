"""How far a policy goes from its start, and what it scores.

Along the responses that it was trained on. Left, the KL divergence of responses from the start
policy. Middle, the entropy of the next token. Right, mean scores, less those of the start policy:
the true score (amber), and preference models, the first of which (blue) is the one that the policy
is trained against, unless that is the true score. Bands are two standard errors to either side;
where all sequences are enumerated, there is no error.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, handle, legend_below, settings
from ontogeny.studies.rlhf.panels import COLOURS, GUIDE, samples_axis

__all__ = ["draw", "numbers"]

_COLOURS = (*COLOURS.values(), PALETTE[3], PALETTE[6], PALETTE[5], PALETTE[1])
_NAMES = {"gold": "true score"}


def numbers(evaluation: xr.Dataset) -> xr.Dataset:
    """Select KL, entropy and scores at each checkpoint."""
    shown = ["samples", "kl", "entropy", "score", "score_error", "start_score"]
    return evaluation[shown]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the KL, the entropy and the scores."""
    samples = numbers["samples"]
    with settings():
        drawn = figure(width=1.2 * style.width, height=0.5 * style.width)
        kl, entropy, scores = drawn.subplots(1, 3)
        kl.plot(samples, numbers["kl"], color="#444444")
        kl.set_ylabel("KL to the start policy [nat]")
        entropy.plot(samples, numbers["entropy"], color="#444444")
        entropy.set_ylabel("entropy [nat/token]")
        handles = []
        for judge, colour in zip(numbers["judge"].values, _COLOURS, strict=False):
            one = numbers.sel(judge=judge)
            gain, error = one["score"] - one["start_score"], 2 * one["score_error"]
            scores.fill_between(samples, gain - error, gain + error, color=colour, alpha=0.2, lw=0)
            scores.plot(samples, gain, color=colour)
            handles.append(handle(_NAMES.get(str(judge), str(judge)), color=colour, lw=2))
        scores.axhline(0, **GUIDE)
        scores.set_ylabel("score gained [nat]")
        for axes in (kl, entropy, scores):
            samples_axis(axes)
        drawn.suptitle(title, fontsize=9)
        legend_below(drawn, handles, columns=4)
    return drawn
