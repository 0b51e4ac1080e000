"""How good and how biased the scores of some texts are.

Symbols: ``G`` groups. A group with too few texts is NaN, and left out of what is over groups.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ontogeny.labels import Measure
from ontogeny.ranking import (
    auc,
    average,
    counterfactual_gap,
    equality_difference,
    final_score,
    group_aucs,
    group_rates,
    negative_aseg,
    positive_aseg,
    power_mean,
    rates,
)
from ontogeny.studies.noisy_labels.comparison.texts import TextSet

__all__ = ["Decided", "Ranked", "decided", "ranked"]

Array = NDArray[np.float64]


def _number(long_name: str) -> Measure:
    return Measure((), long_name)


def _of_groups(long_name: str) -> Measure:
    return Measure(("identity",), long_name)


@dataclass(frozen=True)
class Ranked:
    """What scores say without a threshold."""

    auc: Annotated[float, _number("AUC")]
    subgroup_auc: Annotated[Array, _of_groups("AUC within the group")]
    bpsn_auc: Annotated[Array, _of_groups("AUC of toxic texts outside, harmless of the group")]
    bnsp_auc: Annotated[Array, _of_groups("AUC of toxic texts of the group, harmless outside")]
    negative_aeg: Annotated[Array, _of_groups("equality gap of harmless texts")]
    positive_aeg: Annotated[Array, _of_groups("equality gap of toxic texts")]
    mean_subgroup_auc: Annotated[float, _number("mean subgroup AUC")]
    mean_bpsn_auc: Annotated[float, _number("mean BPSN AUC")]
    mean_bnsp_auc: Annotated[float, _number("mean BNSP AUC")]
    mean_negative_aeg: Annotated[float, _number("mean negative AEG, with its sign")]
    mean_absolute_negative_aeg: Annotated[float, _number("mean |negative AEG|")]
    largest_negative_aeg: Annotated[float, _number("largest |negative AEG|")]
    mean_positive_aeg: Annotated[float, _number("mean positive AEG, with its sign")]
    mean_absolute_positive_aeg: Annotated[float, _number("mean |positive AEG|")]
    largest_positive_aeg: Annotated[float, _number("largest |positive AEG|")]
    power_mean_subgroup_auc: Annotated[float, _number("power mean of subgroup AUC")]
    power_mean_bpsn_auc: Annotated[float, _number("power mean of BPSN AUC")]
    power_mean_bnsp_auc: Annotated[float, _number("power mean of BNSP AUC")]
    final_score: Annotated[float, _number("final score: mean of AUC and three power means")]
    positive_aseg: Annotated[float, _number("mean squared equality gap of toxic texts")]
    negative_aseg: Annotated[float, _number("mean squared equality gap of harmless texts")]
    counterfactual_gap: Annotated[float, _number("mean |p - p'| between probes of one sentence")]
    groups: Annotated[int, _number("number of groups in the means")]
    toxic_comments: Annotated[NDArray[np.int64], _of_groups("toxic texts of the group")]
    harmless_comments: Annotated[NDArray[np.int64], _of_groups("harmless texts of the group")]


def ranked(texts: TextSet, score: Array) -> Ranked:
    """Return what the scores of texts say without a threshold.

    Parameters
    ----------
    texts : TextSet
    score : (N,) ndarray [nat]
        Logits.
    """
    probability = expit(score)
    parts = [(texts.label, member, outside) for member, outside in texts.comparisons()]
    found = [group_aucs(score, *of) for of in parts]
    subgroup, bpsn, bnsp, negative, positive = (
        np.concatenate([getattr(each, name) for each in found])
        for name in ("subgroup", "bpsn", "bnsp", "negative_aeg", "positive_aeg")
    )
    of_positive, of_negative = (
        np.concatenate([aseg(probability, *of) for of in parts])
        for aseg in (positive_aseg, negative_aseg)
    )
    overall = auc(score[texts.label], score[~texts.label])
    harmless, toxic = texts.counts.T
    over_negative, over_positive = average(negative), average(positive)
    return Ranked(
        auc=overall,
        subgroup_auc=subgroup,
        bpsn_auc=bpsn,
        bnsp_auc=bnsp,
        negative_aeg=negative,
        positive_aeg=positive,
        mean_subgroup_auc=average(subgroup).signed,
        mean_bpsn_auc=average(bpsn).signed,
        mean_bnsp_auc=average(bnsp).signed,
        mean_negative_aeg=over_negative.signed,
        mean_absolute_negative_aeg=over_negative.absolute,
        largest_negative_aeg=over_negative.largest,
        mean_positive_aeg=over_positive.signed,
        mean_absolute_positive_aeg=over_positive.absolute,
        largest_positive_aeg=over_positive.largest,
        power_mean_subgroup_auc=power_mean(subgroup),
        power_mean_bpsn_auc=power_mean(bpsn),
        power_mean_bnsp_auc=power_mean(bnsp),
        final_score=final_score(overall, subgroup, bpsn, bnsp),
        positive_aseg=average(of_positive).signed,
        negative_aseg=average(of_negative).signed,
        counterfactual_gap=counterfactual_gap(probability, texts.sentence, texts.members),
        groups=int(texts.compared.sum()),
        toxic_comments=toxic,
        harmless_comments=harmless,
    )


@dataclass(frozen=True)
class Decided:
    """What scores say at one threshold."""

    false_positive_rate: Annotated[float, _number("false positive rate")]
    false_negative_rate: Annotated[float, _number("false negative rate")]
    background_false_positive_rate: Annotated[
        float, _number("false positive rate of texts that name no group")
    ]
    background_false_negative_rate: Annotated[
        float, _number("false negative rate of texts that name no group")
    ]
    group_false_positive_rate: Annotated[Array, _of_groups("false positive rate of the group")]
    group_false_negative_rate: Annotated[Array, _of_groups("false negative rate of the group")]
    fped: Annotated[float, _number("false positive equality difference, summed over groups")]
    fned: Annotated[float, _number("false negative equality difference, summed over groups")]
    largest_false_positive_gap: Annotated[
        float, _number("largest gap between false positive rates of a group and of texts outside")
    ]
    largest_false_negative_gap: Annotated[
        float, _number("largest gap between false negative rates of a group and of texts outside")
    ]


def decided(texts: TextSet, score: Array, threshold: float) -> Decided:
    """Return what the scores of texts say at a threshold, above which a text is called toxic.

    Parameters
    ----------
    texts : TextSet
    score : (N,) ndarray
    threshold : float
        In units of the score.
    """
    found = [
        group_rates(score, texts.label, member, outside, threshold)
        for member, outside in texts.comparisons()
    ]
    fpr = np.concatenate([each.fpr for each in found])
    fnr = np.concatenate([each.fnr for each in found])
    fpr_gap = np.concatenate([each.fpr - each.background_fpr for each in found])
    fnr_gap = np.concatenate([each.fnr - each.background_fnr for each in found])
    overall = rates(score, texts.label, threshold)
    background = rates(score[texts.nameless], texts.label[texts.nameless], threshold)
    return Decided(
        *overall,
        *background,
        group_false_positive_rate=fpr,
        group_false_negative_rate=fnr,
        fped=equality_difference(overall[0], fpr),
        fned=equality_difference(overall[1], fnr),
        largest_false_positive_gap=average(fpr_gap).largest,
        largest_false_negative_gap=average(fnr_gap).largest,
    )
