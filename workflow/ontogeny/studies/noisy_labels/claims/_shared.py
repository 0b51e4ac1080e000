"""The claims that are judged on several sources of labels, each on its own.

None of the thresholds is the paper's, which states its claims in words. Several were set after
prototypes on the same data, so a claim that holds narrowly says little. The quantities are those of
`_networks` and `_raters`.
"""

from collections.abc import Callable
from functools import partial
from typing import Literal

from ontogeny.claims import Claim
from ontogeny.estimates import Estimate
from ontogeny.studies.noisy_labels.claims._networks import (
    AUC,
    BIAS,
    agreement_of_measures,
    bias_when_stopped,
    difference_of,
    gain_of_better_rater,
    gain_of_correction,
    gain_of_tuning,
    least_bias_of_others,
    share_without_winner,
)
from ontogeny.studies.noisy_labels.claims._raters import (
    dependence_on_comment,
    exaggeration,
    excess_of_named,
)
from ontogeny.studies.noisy_labels.least import (
    LARGEST_GAP,
    LEAST_GROUPS,
    LEAST_HARMLESS,
    LEAST_RUNS,
)

__all__ = [
    "on_accuracy",
    "on_accuracy_of_raters",
    "on_bias",
    "on_class_noise",
    "on_dependence",
    "on_exaggeration",
    "on_people",
    "on_templates",
]

PAPER = "arXiv 2110.01577"
HERE = "docs/noisy-labels.md"

LEAST_WINNERS = 5
"""Seeds with which it is said whether one recipe wins everything."""

MADE_UP = "These comments are made up: see the same claim on real ones."


def on_accuracy(source: str, *, tuning: float) -> tuple[Claim, ...]:
    """Return claims on which recipe gives the highest AUC.

    Parameters
    ----------
    source : {"comments", "votes", "generated"}
    tuning : float
        What fine-tuning has to gain.

    Returns
    -------
    tuple of Claim
    """
    return (
        _claim(
            "tuning-helps", source, "Fine-tuning on clean comments helps",
            "A network that goes on with the clean comments alone becomes more accurate.",
            PAPER,
            "AUC after fine-tuning minus that before, mean over naive, one-hot, loss correction "
            "and multi-head",
            "above", tuning, gain_of_tuning,
            figure="strategies",
        ),
        _claim(
            "noisy-labels-help", source, "Noisy labels help",
            "Many noisy labels added to few clean ones make a network more accurate than the clean "
            "ones alone.",
            PAPER, "AUC of naive minus that of clean", "above", 0.01,
            partial(difference_of, "naive", "clean", AUC),
            figure="strategies",
        ),
        _claim(
            "multi-head-before-tuning", source, "Multi-head is ahead before fine-tuning",
            "Before fine-tuning, a network with a head for each labeller is more accurate than one "
            "that has the labeller as an input.",
            PAPER, "AUC of multi-head minus that of one-hot", "above", 0.0,
            partial(difference_of, "multi-head", "one-hot", AUC),
            figure="strategies",
        ),
        _claim(
            "correction-does-not-help", source, "Loss correction does not help",
            "Two rates of error do not describe noise that depends on the comment, so correcting "
            "the loss by a transition matrix gains nothing.",
            PAPER, "AUC of loss correction minus that of naive", "below", 0.005,
            partial(difference_of, "loss-correction", "naive", AUC),
            figure="strategies",
        ),
        _claim(
            "accuracy-measures-agree", source, "Subgroup and BPSN AUC rank recipes as AUC does",
            "AUC within groups, and AUC of harmless comments of groups against toxic ones of the "
            "background, put the recipes in the order in which AUC puts them.",
            PAPER,
            "rank correlation (Spearman) over the nine recipes of mean subgroup AUC, or of mean "
            f"BPSN AUC, with AUC, all {_judged_on(source)}; the smaller one",
            "above", 0.7, agreement_of_measures,
            figure="strategies",
        ),
    )  # fmt: skip


def on_bias(source: str) -> tuple[Claim, ...]:
    """Return claims on which recipe is least biased, and whether that is due to its labels."""
    return (
        _claim(
            "clean-is-least-biased", source, "Clean labels alone give the least bias",
            "By the negative average equality gap, a network that learns from the clean comments "
            "alone is the least biased of the nine recipes.",
            PAPER,
            "least mean |negative AEG| of the eight other recipes minus that of clean, "
            f"{_judged_on(source)}",
            "above", 0.0, least_bias_of_others,
            figure="strategies",
        ),
        _claim(
            "weakness-explains-it", source, "Weakness explains the small bias of clean",
            "Naive training, stopped when it is as accurate as clean, is hardly more biased than "
            "clean: then clean is the least biased because it has learned least, not because its "
            "labels are better.",
            HERE,
            "mean |negative AEG| of naive at the checkpoint whose development AUC is nearest to "
            f"that of clean, at most {LARGEST_GAP:g} off, minus that of clean, "
            f"{_judged_on(source)}",
            "below", 0.01, bias_when_stopped,
            figure="trade",
        ),
        _claim(
            "few-noisy-is-less-biased", source, "Few noisy labels give less bias than few clean",
            "With the rater's labels for the same few comments a network is even less biased than "
            "with the true ones, so a small gap is not a sign of good labels.",
            HERE, f"mean |negative AEG| of few-noisy minus that of clean, {_judged_on(source)}",
            "below", 0.0,
            partial(difference_of, "few-noisy", "clean", BIAS),
            figure="strategies",
        ),
        _claim(
            "noise-adds-bias", source, "Noisy labels add bias to what true labels give",
            "A network that learns from the rater's labels is more biased than one that learns "
            "from the true label of every comment, whose gap is not 0 either.",
            HERE, f"mean |negative AEG| of naive minus that of oracle, {_judged_on(source)}",
            "above", 0.0,
            partial(difference_of, "naive", "oracle", BIAS),
            figure="strategies",
        ),
        _claim(
            "no-winner", source, "No recipe wins everything",
            "The most accurate recipe is not the least biased one.",
            PAPER,
            "share of seeds in which the recipe with the highest AUC on the test comments does not "
            f"have the least mean |negative AEG| {_judged_on(source)}",
            "above", 0.5, share_without_winner, minimum=LEAST_WINNERS,
            figure="trade",
        ),
    )  # fmt: skip


def on_templates(source: str) -> tuple[Claim, ...]:
    """Return the claim on bias on templates, beside the one on test comments."""
    return (
        _claim(
            "clean-is-least-biased-on-templates", source,
            "Clean labels alone give the least bias on templates",
            "On sentences that differ in the group that they name, a network that learns from the "
            "clean comments alone has the smallest negative average equality gap of the nine "
            "recipes.",
            PAPER,
            "least mean |negative AEG| on templates of the eight other recipes minus that of clean",
            "above", 0.0, partial(least_bias_of_others, on="templates"),
            figure="strategies",
        ),
    )  # fmt: skip


def on_accuracy_of_raters(source: str) -> tuple[Claim, ...]:
    """Return the claim on raters of different accuracy."""
    return (
        _claim(
            "better-raters-gain-less", source, "With a better rater fine-tuning gains less",
            "The more accurate the noisy labels are, the less is gained by going on with the clean "
            "comments alone.",
            PAPER,
            "gain in AUC by fine-tuning with the most accurate rater minus that with the least "
            "accurate one, mean over strategies; below 0 where the ratio of gains is below 1",
            "below", 0.0, gain_of_better_rater,
            figure="quality",
        ),
    )  # fmt: skip


def on_class_noise(source: str) -> tuple[Claim, ...]:
    """Return the claim on noise that depends on the true label alone."""
    return (
        _claim(
            "correction-helps-class-noise", source, "Loss correction helps with an unbiased rater",
            "Where a rater has no bias against groups, a transition matrix describes its noise "
            "well enough for loss correction to help.",
            HERE,
            "AUC of loss correction minus that of naive, rater of the same accuracy that keeps all "
            "harmless comments with a group",
            "above", 0.01, gain_of_correction,
            figure="quality",
        ),
    )  # fmt: skip


def on_dependence(source: str) -> tuple[Claim, ...]:
    """Return the claim that a rater's noise depends on the comment."""
    return (
        _claim(
            "noise-depends-on-input", source, "Noise depends on the comment",
            "Among comments with one true label, a rater is wrong on some kinds far more often "
            "than on others, so no transition matrix describes its noise.",
            HERE,
            "range over bins of the oracle's score (mean over seeds) of the share of wrong labels "
            "among comments with one true label, the larger one of the two labels, less what is "
            "expected of it if noise depends on that label alone; unit: a test comment",
            "above", 0.1, dependence_on_comment,
            figure="raters",
            unit="comments",
        ),
    )  # fmt: skip


def on_exaggeration(source: str) -> tuple[Claim, ...]:
    """Return the claim that a network exaggerates what it sees of groups."""
    return (
        _claim(
            "raters-exaggerate", source, "The rater is biased against every group",
            "A network that labels comments calls harmless ones toxic more often if they name a "
            "group, whichever group it is.",
            HERE,
            "false-positive rate of the rater on a group minus that on the background, least over "
            f"groups that at least {LEAST_HARMLESS} harmless comments name; unit: a harmless "
            "comment, interval for all groups together",
            "above", 0.08, exaggeration,
            figure="raters",
            unit="comments",
        ),
    )  # fmt: skip


def on_people(source: str) -> tuple[Claim, ...]:
    """Return the claim that single annotators are biased against groups."""
    return (
        _claim(
            "human-raters-exaggerate", source, "Single annotators are biased against groups",
            "People, too, call harmless comments toxic more often if these name a group. A comment "
            "is harmless if most of the same votes say so.",
            HERE,
            "share of the votes on a harmless comment that call it toxic, mean over comments that "
            "name a group minus that over all; unit: a harmless comment that names a group",
            "above", 0.03, excess_of_named,
            figure="raters",
            unit="comments",
        ),
    )  # fmt: skip


def _judged_on(source: str) -> str:
    """Return in words where groups are compared, as `judged_on` decides."""
    where = "on test comments"
    if source != "generated":
        where = "on templates (without templates: on test comments)"
    return f"{where}, over at least {LEAST_GROUPS} groups"


def _claim(
    name: str,
    source: str,
    title: str,
    statement: str,
    paper: str,
    quantity: str,
    side: Literal["above", "below"],
    threshold: float,
    measure: Callable[..., Estimate],
    *,
    figure: str,
    unit: str = "seeds",
    minimum: int = LEAST_RUNS,
) -> Claim:
    """Return a claim about one source of labels."""
    return Claim(
        f"{name}-{source}",
        f"{title}: {source}",
        f"{statement} {MADE_UP}" if source == "generated" else statement,
        paper,
        quantity,
        side,
        threshold,
        minimum,
        partial(measure, source=source),
        figure,
        unit,
    )
