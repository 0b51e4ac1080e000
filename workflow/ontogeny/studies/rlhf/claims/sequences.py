"""Claims where the true score is known but sequences are too many to enumerate: the findings."""

from functools import partial

from ontogeny.studies.rlhf.bases import PAIRS
from ontogeny.studies.rlhf.claims._policies import (
    FARTHEST,
    fit_of_root,
    frontier_ratio,
    gap_at_end,
    gap_at_one,
    gold_fall,
    later_turns,
    online_win_rate_by_bradley_terry,
    optimism,
    ratio_of_entropy,
    relative_less_plain,
    root_less_line,
    slope_ratio,
    tax,
)
from ontogeny.studies.rlhf.claims._preferences import (
    accuracy_lost_online,
    accuracy_lost_to_skill,
    accuracy_on_other_side,
    calibration_error,
    calibration_ratio,
    coefficient,
    excess_over_policy,
    gain_of_size,
    gain_of_weight,
    slope_on_threshold,
)
from ontogeny.studies.rlhf.claims._shared import HERE, PAPER, claim
from ontogeny.studies.rlhf.least import LEAST_SHARES, LEAST_SIZES

__all__ = ["CLAIMS"]

_SWAP = "mean over two runs that exchange the preference models"

_GROWTH = (
    claim(
        "gain-is-root-of-kl", "The score grows as the root of the KL",
        "The mean score of the preference model that a policy is trained against is close to "
        "linear in the root of the KL to the start policy.",
        PAPER, f"R2 of this score on sqrt(KL), checkpoints up to a KL of {FARTHEST:g}; {_SWAP}",
        "above", 0.95, fit_of_root,
        figure="root",
    ),
    claim(
        "root-beats-line", "The root of the KL explains the score better than the KL",
        "A line in the root of the KL fits the score that a policy is trained against better than "
        "a line in the KL itself.",
        PAPER, f"R2 on sqrt(KL) less R2 on KL, checkpoints up to a KL of {FARTHEST:g}; {_SWAP}",
        "above", 0.0, root_less_line,
        figure="root",
    ),
    claim(
        "gain-below-frontier", "Sampled policies stay below the frontier",
        "No policy gains more than the start policy reweighted by the exponential of the score, as "
        "far as samples of the start policy tell where this is.",
        HERE,
        "gain over the greatest possible one at the same KL, less two standard errors, largest "
        f"over scores and checkpoints where the greatest one is known; {_SWAP}",
        "below", 1.0, frontier_ratio,
        figure="root",
    ),
    claim(
        "sizes-run-parallel", "Policies of all sizes gain alike for their KL",
        "Policies of different size that are trained against the same preference model have "
        "parallel lines of its score over the root of the KL.",
        PAPER,
        "largest over smallest slope of the score on sqrt(KL), checkpoints up to a KL of "
        f"{FARTHEST:g}, over at least {LEAST_SIZES} sizes of the policy; mean over preference "
        "models",
        "below", 1.3, slope_ratio,
        figure="tax",
    ),
    claim(
        "entropy-falls", "Training against a preference model lowers the entropy",
        "The longer a policy is trained against a preference model, the less varied it is.",
        PAPER, f"entropy of the next token, end over start; {_SWAP}",
        "below", 0.6, ratio_of_entropy,
        figure="policy",
    ),
)  # fmt: skip

_OVER_OPTIMISATION = (
    claim(
        "judges-agree-early", "Early on, two preference models agree on the gain",
        "At a small KL, a preference model that learned from other comparisons sees as much gain "
        "as the one that the policy is trained against.",
        PAPER,
        "|difference of the two gains| at a KL of 1, in standard deviations under the start "
        f"policy; difference: {_SWAP}",
        "below", 0.15, gap_at_one,
        figure="root",
    ),
    claim(
        "judges-split-late", "In the end, two preference models disagree on the gain",
        "At the end of training, the preference model that a policy is trained against sees more "
        "gain than one that learned from other comparisons.",
        PAPER, f"difference of the two gains at the end, in calibrated score; {_SWAP}",
        "above", 0.25, gap_at_end,
        figure="split",
    ),
    claim(
        "gold-turns", "The true score rises and then falls",
        "By the true score, a policy that is trained against a preference model long enough "
        "becomes worse again.",
        PAPER, f"true score at its peak minus that at the end; {_SWAP}",
        "above", 0.5, gold_fall,
        figure="split",
    ),
    claim(
        "test-turns-later", "The second preference model turns after the true score",
        "A preference model that learned from other comparisons shows over-optimisation, but later "
        "than it begins.",
        HERE,
        "share of seeds in which its score peaks after more samples than the true score; samples: "
        f"{_SWAP}",
        "above", 0.5, later_turns, minimum=LEAST_SHARES,
        figure="split",
    ),
    claim(
        "optimism", "Preference models promise more Elo than is won",
        "The Elo that the mean score of the preference model predicts for a policy is higher than "
        "the one by which its responses are preferred.",
        PAPER,
        "Elo over the start policy at the end, from mean scores minus that from choices by the "
        f"true score; {_SWAP}",
        "above", 100.0, optimism,
        figure="elo",
    ),
)  # fmt: skip

_PREFERENCE_MODELS = (
    claim(
        "more-pairs-better", "More pairs make a preference model more accurate",
        "The accuracy of preference models rises with the logarithm of the number of pairs.",
        PAPER,
        "coefficient of the accuracy on ln pairs, beside ln parameters; at least 3 numbers of "
        "pairs",
        "above", 0.0, partial(coefficient, "pairs"),
        figure="scaling",
    ),
    claim(
        "larger-better", "Larger preference models are more accurate",
        "The accuracy of preference models rises with the logarithm of their size.",
        PAPER,
        "coefficient of the accuracy on ln parameters, beside ln pairs; at least 3 sizes",
        "above", 0.0, partial(coefficient, "parameters"),
        figure="scaling",
    ),
    claim(
        "calibrated", "Score differences predict how often a preference is right",
        "The logistic function of a difference of raw scores is the probability that the response "
        "with the higher score is preferred.",
        PAPER,
        "mean |accuracy - predicted accuracy| over bins of fresh pairs, raw scores, preference "
        f"models of about {PAIRS} pairs; beside it in comparison.nc that of a perfect model",
        "below", 0.03, calibration_error,
        figure="calibration",
    ),
    claim(
        "temperature-repairs", "A temperature repairs over-fitted preference models",
        "A preference model that has seen few pairs many times is too sure of itself; dividing its "
        "scores by one number, fitted on other pairs, mends that.",
        HERE,
        "mean |accuracy - predicted accuracy| after over before division, preference models with "
        "the most epochs",
        "below", 0.67, calibration_ratio,
        figure="calibration",
    ),
    claim(
        "high-scores-harder", "Preference models tell good responses apart less well",
        "The higher the scores that both responses of a pair exceed, the less accurate is a "
        "preference model.",
        PAPER,
        "slope of the accuracy on the quantile of scores that both exceed, preference models of "
        f"about {PAIRS} pairs",
        "below", 0.0, slope_on_threshold,
    ),
    claim(
        "policy-judges-worse", "A preference model judges better than the policy's own likelihood",
        "The mean log-probability of a response under the start policy predicts preferences less "
        "well than a preference model does.",
        PAPER,
        "accuracy of preference models minus that of the mean log-probability, preference models "
        f"of about {PAIRS} pairs",
        "above", 0.0, excess_over_policy,
    ),
)  # fmt: skip

_ONLINE = (
    claim(
        "better-data-harder", "Comparisons of better policies are harder to predict",
        "Preference models are less accurate on pairs of trained policies than on pairs of the "
        "start policy. So is the true score; comparison.nc contains its accuracy.",
        PAPER,
        "accuracy on pairs of the start policy minus that on pairs of trained policies, mean over "
        "preference models",
        "above", 0.03, accuracy_lost_online,
        figure="online",
    ),
    claim(
        "online-helps", "Comparisons of trained policies make a better policy",
        "A policy whose preference model learned in part from comparisons of trained policies is "
        "preferred to one whose preference model learned from as many of the start policy.",
        PAPER,
        "rate at which it would win by the true score after as many samples, derived with the "
        "model of Bradley and Terry from the win rates of both against the start policy, mean over "
        "preference models; at each one's best checkpoint: beside it in comparison.nc",
        "above", 0.55, online_win_rate_by_bradley_terry,
        figure="online",
    ),
)  # fmt: skip

_CONFLICT = (
    claim(
        "conflict", "Helpful and harmless preferences conflict",
        "A preference model of helpful pairs alone is wrong more often than right about harmless "
        "pairs, and the reverse.",
        PAPER, "accuracy of a model of one kind on pairs of the other, the larger of both",
        "below", 0.5, accuracy_on_other_side,
        figure="conflict",
    ),
    claim(
        "larger-less-conflict", "Larger preference models combine both better",
        "Of preference models of helpful and harmless pairs in equal parts, larger ones are more "
        "accurate on both.",
        PAPER, "mean accuracy on both, largest network minus smallest",
        "above", 0.0, gain_of_size,
        figure="conflict",
    ),
    claim(
        "weight-helps", "A weight on the rarer pairs helps",
        "Where one of the two is rarer, a loss that gives it more weight makes a preference model "
        "more accurate over both.",
        PAPER, "mean accuracy on both, weight on the rarer one above 1 less weight 1",
        "above", 0.0, gain_of_weight,
        figure="conflict",
    ),
    claim(
        "skill-is-free", "A skill costs nothing",
        "Pairs of a third kind, added to helpful and harmless ones, leave the accuracy on these as "
        "it is.",
        PAPER, "accuracy lost on helpful or harmless pairs by adding a third kind, the larger one",
        "below", 0.02, accuracy_lost_to_skill,
    ),
)  # fmt: skip

_START_POLICIES = (
    claim(
        "tax", "Small policies pay a tax for their alignment",
        "Training against a preference model raises the loss on sequences of the world, and it "
        "raises that of small policies more than that of large ones.",
        PAPER,
        "rise of the loss on held-out sequences by training, smallest policy minus largest; mean "
        "over preference models",
        "above", 0.0, tax,
        figure="tax",
    ),
    claim(
        "relative-beats-plain", "The relative distance finds foreign sequences better",
        "The relative Mahalanobis distance of activations detects sequences of another chain "
        "better than the plain one.",
        PAPER,
        "AUROC of the relative distance minus that of the plain one, each in its best layer; the "
        "share of layers is beside it in comparison.nc",
        "above", 0.0, relative_less_plain,
        figure="outside",
    ),
)  # fmt: skip

CLAIMS = (
    *_GROWTH,
    *_OVER_OPTIMISATION,
    *_PREFERENCE_MODELS,
    *_ONLINE,
    *_CONFLICT,
    *_START_POLICIES,
)
