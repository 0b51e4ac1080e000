"""Claims where every sequence is known: runs are held against mathematics.

They are about the training and the bounds, and say nothing of over-optimisation.
"""

from functools import partial

from ontogeny.studies.rlhf.claims._policies import (
    PENALTY,
    excess_over_frontier,
    largest_line_ratio,
    objective_ratio,
)
from ontogeny.studies.rlhf.claims._shared import HERE, PAPER, claim
from ontogeny.studies.rlhf.comparison.bounds import LEAST_KL

__all__ = ["CLAIMS"]

_RATIO = (
    "mean true score gained over s sqrt(2 KL), s the standard deviation under the start policy, "
    f"largest over checkpoints from a KL of {LEAST_KL:g} and over runs against the true score"
)

CLAIMS = (
    claim(
        "nothing-beats-frontier", "No policy beats the frontier",
        "Of all policies with the same KL to the start policy, the start policy reweighted by the "
        "exponential of the score has the highest mean score, so no trained policy gains more.",
        HERE,
        "mean score minus the greatest possible one at the same KL, largest over all scores, "
        "checkpoints and runs",
        "below", 1e-6, excess_over_frontier,
        figure="root",
    ),
    claim(
        "line-is-no-bound", "With positive skew a policy gains more than s sqrt(2 KL)",
        "The line s sqrt(2 KL) does not bound the gain: it is the first term of an expansion whose "
        "second term has the sign of the skewness of the score.",
        PAPER, f"{_RATIO}, in worlds whose true score is skewed to the right",
        "above", 1.0, partial(largest_line_ratio, "positive"),
        figure="root",
    ),
    claim(
        "gain-below-line", "With negative skew every policy gains less than s sqrt(2 KL)",
        "Where the score is skewed to the left, the greatest possible gain is below the line.",
        PAPER, f"{_RATIO}, in worlds whose true score is skewed to the left",
        "below", 1.0, partial(largest_line_ratio, "negative"),
        figure="root",
    ),
    claim(
        "ppo-finds-the-optimum", "PPO comes close to the best policy",
        "Against the true score with a penalty on the KL, training ends near the policy that is "
        "best for this penalty, which is known in closed form.",
        HERE,
        "mean true score minus penalty times KL at the end, over the greatest possible value, both "
        f"less the score of the start policy; penalty {PENALTY:g}, worlds without skew",
        "above", 0.9, objective_ratio,
        figure="policy",
    ),
)  # fmt: skip
