"""Laws of size: what can be predicted of a larger network from smaller ones.

Pure functions of arrays, which know nothing of networks, runs or files. Conventions, the same in
the whole package:

- A size N is positive, in any unit; sizes may come in any order.
- Logarithms are natural, apart from decades, which are differences of log10 N.
- A loss is positive, an ability has a score between 0 and 1.
- A law that cannot be fitted raises `NoConvergence`, whose message says why; it never returns the
  best of searches that failed.
- Random draws come from a seed, so the same numbers give the same results.
"""

from ontogeny.scaling._abruptness import crossing, emergence_null, emergence_score, gain, width
from ontogeny.scaling._forecasts import (
    FORECASTERS,
    cuts,
    forecast,
    forecast_loss,
    quanta,
)
from ontogeny.scaling._intervals import band, profile_interval
from ontogeny.scaling._joint import FEWEST_POINTS, JointFit, fit_joint
from ontogeny.scaling._laws import LAWS, PARAMETERS, Fit, fit, predict, refits
from ontogeny.scaling._lead import lead
from ontogeny.scaling._metric import (
    VERDICTS,
    explained,
    geometric,
    isotonic,
    verdict,
)
from ontogeny.scaling._shapes import NoConvergence

__all__ = [
    "FEWEST_POINTS",
    "FORECASTERS",
    "LAWS",
    "PARAMETERS",
    "VERDICTS",
    "Fit",
    "JointFit",
    "NoConvergence",
    "band",
    "crossing",
    "cuts",
    "emergence_null",
    "emergence_score",
    "explained",
    "fit",
    "fit_joint",
    "forecast",
    "forecast_loss",
    "gain",
    "geometric",
    "isotonic",
    "lead",
    "predict",
    "profile_interval",
    "quanta",
    "refits",
    "verdict",
    "width",
]
