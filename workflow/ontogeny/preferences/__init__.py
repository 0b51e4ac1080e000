"""Learning from preferences: comparisons, ratings, and what a policy can gain for its KL.

Pure functions of arrays, which know nothing of networks, runs or files. Conventions, the same in
the whole package:

- Scores, rewards and ratings are in nats: a sample whose score is d higher is preferred with
  probability ``sigmoid(d) = 1 / (1 + exp(-d))`` (Bradley-Terry). One nat is `POINTS` of Elo. The
  penalty on a KL is a pure number.
- A difference of a pair is that of its two scores, chosen - rejected or first - second, as said.
  A pair with equal scores counts as half right.
- KL is ``KL(p || p0)``, of a policy p from the start policy p0, in nats. In a finite world p0 and p
  are arrays of probabilities of all its N sequences.
- Best of n: the sample with the highest score of n independent ones; equal scores share evenly.
- What too few values do not determine is NaN, unless a function says otherwise; an invalid argument
  raises `ValueError`.

Bai et al. 2022 (arXiv 2204.05862) is cited by section, Gao et al. 2022 is arXiv 2210.10760.
"""

from ontogeny.preferences._activations import (
    Gaussian,
    fit_gaussian,
    linear_direction,
    plain_distance,
    relative_distance,
)
from ontogeny.preferences._best_of import best_of, best_of_bound, best_of_kl, best_of_samples
from ontogeny.preferences._comparisons import (
    TEMPERATURES,
    Calibration,
    accuracy,
    calibration,
    error_of_perfect,
    expected_accuracy,
    log_loss,
    temperature,
)
from ontogeny.preferences._fits import GAO_FORMS, GaoFit, Line, fit_gao, fit_line, peak
from ontogeny.preferences._frontier import (
    Optimum,
    closed_optimum,
    frontier,
    frontier_of_samples,
    small_kl_frontier,
)
from ontogeny.preferences._ratings import POINTS, Ratings, elo, fit_ratings

__all__ = [
    "GAO_FORMS",
    "POINTS",
    "TEMPERATURES",
    "Calibration",
    "GaoFit",
    "Gaussian",
    "Line",
    "Optimum",
    "Ratings",
    "accuracy",
    "best_of",
    "best_of_bound",
    "best_of_kl",
    "best_of_samples",
    "calibration",
    "closed_optimum",
    "elo",
    "error_of_perfect",
    "expected_accuracy",
    "fit_gao",
    "fit_gaussian",
    "fit_line",
    "fit_ratings",
    "frontier",
    "frontier_of_samples",
    "linear_direction",
    "log_loss",
    "peak",
    "plain_distance",
    "relative_distance",
    "small_kl_frontier",
    "temperature",
]
