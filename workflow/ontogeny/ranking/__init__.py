"""How well scores separate toxic comments from others, overall and by group.

Pure functions of arrays, which know nothing of networks, runs or files. Conventions, the same in
the whole package:

- A higher score means more toxic. A comment is called toxic when its score is above a threshold,
  not when it equals it.
- ``score (N,)`` holds any numbers but NaN, ``label (N,)`` is True for toxic comments,
  ``member (G, N)`` is True where a comment names a group, and ``background (N,)`` where it belongs
  to those that the groups are compared with. A comment may name several groups, or be in neither.
- ``D+, D-`` are the toxic and the other comments of a group, ``B+, B-`` those of the background.
- ``AUC(X, Y) = P(x > y) + P(x = y) / 2`` for a score x of X and a score y of Y.
- What cannot be computed, as a group lacks the comments for it, is NaN. How many comments a group
  must have is for the caller to say. Summaries over groups leave NaN out.

Borkan et al. 2019 (arXiv 1903.04561) define the AUCs, the equality gaps and their squares. The
background of a group is for the caller to say; in their code (`model_bias_analysis.py`) it is all
comments that do not name the group, whether they name another one or not.
"""

from ontogeny.ranking._aucs import GroupAUCs, auc, group_aucs
from ontogeny.ranking._gaps import counterfactual_gap, negative_aseg, positive_aseg
from ontogeny.ranking._noise import noise_by_score
from ontogeny.ranking._rates import (
    Confusion,
    GroupRates,
    confusion,
    equal_error_threshold,
    equality_difference,
    group_rates,
    rates,
)
from ontogeny.ranking._summaries import Average, average, final_score, power_mean

__all__ = [
    "Average",
    "Confusion",
    "GroupAUCs",
    "GroupRates",
    "auc",
    "average",
    "confusion",
    "counterfactual_gap",
    "equal_error_threshold",
    "equality_difference",
    "final_score",
    "group_aucs",
    "group_rates",
    "negative_aseg",
    "noise_by_score",
    "positive_aseg",
    "power_mean",
    "rates",
]
