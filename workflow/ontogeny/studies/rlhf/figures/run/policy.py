"""Distance of a policy from its start, its entropy and its scores, along training.

All over the number of responses that it was trained on. Left, the KL divergence of responses from
the start policy. Middle, the entropy of the next token. Right, mean scores, less those of the start
policy: the true score (amber), the preference model that the policy is trained against (blue),
unless that is the true score, and other preference models. Bands are two standard errors to either
side; where all sequences are enumerated, there is no error.
"""

from itertools import cycle

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, handle, legend_below, settings
from ontogeny.studies.rlhf.config import GOLD
from ontogeny.studies.rlhf.labels import variable
from ontogeny.studies.rlhf.panels import COLOURS, GUIDE, samples_axis

__all__ = ["draw", "numbers"]

_OTHERS = (COLOURS["test"], PALETTE[3], PALETTE[6], PALETTE[5], PALETTE[1])


def numbers(evaluation: xr.Dataset, reward: str) -> xr.Dataset:
    """Select KL, entropy and scores at each checkpoint, and which score is trained against."""
    shown = ["samples", "kl", "entropy", "score", "score_error", "start_score"]
    is_reward = variable("judge", evaluation["judge"].values == reward, "is trained against")
    return evaluation[shown].assign_coords(is_reward=is_reward)


def _said(judge: str) -> str:
    return "true score" if judge == GOLD else f"score by preference model {judge}"


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
        handles, others = [], cycle(_OTHERS)
        for judge in numbers["judge"].values.tolist():
            one = numbers.sel(judge=judge)
            is_known = judge == GOLD or bool(one["is_reward"])
            colour = COLOURS["gold" if judge == GOLD else "train"] if is_known else next(others)
            gain, error = one["score"] - one["start_score"], 2 * one["score_error"]
            scores.fill_between(samples, gain - error, gain + error, color=colour, alpha=0.2, lw=0)
            scores.plot(samples, gain, color=colour)
            handles.append(handle(_said(judge), color=colour, lw=2))
        scores.axhline(0, **GUIDE)
        scores.set_ylabel("score gained [nat]")
        for axes in (kl, entropy, scores):
            samples_axis(axes)
        drawn.suptitle(title, fontsize=9)
        legend_below(drawn, handles, columns=2)
    return drawn
