"""What theory claims of early knowledge of the circuit, and what this project claims of it.

Every measure reads the dataset of `ontogeny.studies.composition.prediction.predictions`. Runs count
that reach the test accuracy 0.99, or without test pairs this training accuracy; in claims about the
set of strong irreps, those of them that have both strong and other irreps. Runs that differ in
their seeds alone are of one setting; each setting with at least three known values counts alike. Of
runs of a setting with the same initial weights one counts, except in claims about pairs of runs.
Thresholds and least numbers of runs were set before any run was judged; docs/claims.md has them.
"""

from collections.abc import Iterator

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.claims import Claim
from ontogeny.estimates import FEWEST, Estimate, difference, stratified_mean
from ontogeny.studies.composition.prediction.pairs import PAIR_KINDS, one_of_each_network

__all__ = ["CLAIMS"]

HERE = "docs/predictions.md"
DEMO = "arXiv 2602.16849, page of its demo"
REACHED = "runs that reach the accuracy 0.99; mean over settings"
COUNTED = "runs that reach the accuracy 0.99, with both strong and other irreps; mean over settings"
AT_MEMORISATION = (
    "runs with test pairs that reach the accuracy 0.99, with both strong and other irreps; mean "
    "over settings"
)

SET_SCORES = {"transformer": "trilinear", "deep-transformer": "trilinear"}
"""The score that is claimed to predict the strong irreps, by architecture."""

SET_SCORE = "quadratic flow"
"""That of the other architectures."""

Array = NDArray[np.float64]


def _counted(results: xr.Dataset, which: str = "counted") -> xr.Dataset:
    """Return the runs that count, one for each initial network of a setting."""
    setting, seed, data_seed = (
        results[f"{name}_of_run"].values for name in ("setting", "seed", "data_seed")
    )
    chosen = one_of_each_network(setting, seed, data_seed, results[which].values)
    return results.isel(run=chosen)


def _by_setting(values: Array, setting: NDArray[np.object_]) -> Iterator[Array]:
    """Yield what is known in each setting that has as much of it as an interval needs."""
    for name in dict.fromkeys(setting):
        known = values[(setting == name) & ~np.isnan(values)]
        yield known if len(known) >= FEWEST else known[:0]


def _over_settings(values: xr.DataArray, runs: xr.Dataset) -> Estimate:
    return stratified_mean(list(_by_setting(values.values, runs["setting_of_run"].values)))


def _of_neurons(results: xr.Dataset) -> Estimate:
    runs = _counted(results, "target_reached")
    at = {"knowledge": "weights", "score": "power"}
    return _over_settings(
        runs["known_neuron_auc"].sel(at) - runs["known_neuron_auc_null"].sel(at), runs
    )


def _smallest_misalignment(results: xr.Dataset) -> Estimate:
    return _top_of_alignment(_counted(results, "target_reached"))


def _smallest_misalignment_tied(results: xr.Dataset) -> Estimate:
    runs = _counted(results, "target_reached")
    return _top_of_alignment(runs.isel(run=runs["architecture_of_run"].values == "tied-mlp"))


def _top_of_alignment(runs: xr.Dataset) -> Estimate:
    top = runs["known_neuron_top"].sel(knowledge="weights", score="alignment")
    return _over_settings(top, runs)


def _of_set(results: xr.Dataset) -> Estimate:
    runs = _counted(results)
    names = [SET_SCORES.get(kind, SET_SCORE) for kind in runs["architecture_of_run"].values]
    scores = xr.DataArray(np.array(names, dtype=object), dims="run")
    own = runs["known_set_auc"].sel(knowledge="weights").sel(score=scores)
    return _over_settings(own - runs["unlike_set_auc"].sel(score=scores), runs)


def _memorised(results: xr.Dataset) -> Estimate:
    runs = _counted(results)
    return _over_settings(
        runs["known_set_auc"].sel(knowledge="memorised", score="similarity"), runs
    )


def _set_first(results: xr.Dataset) -> Estimate:
    runs = _counted(results).sel(knowledge="memorised")
    of_set = runs["known_set_auc"].sel(score="similarity")
    of_neurons = runs["known_neuron_auc_among_strong"].sel(score="power")
    return _over_settings(of_set - of_neurons, runs)


def _shares(results: xr.Dataset, kind: str) -> list[Array]:
    """Return the shares of equal winners in the pairs of one kind that count, by setting."""
    pairs = results[["same_winner", "setting_of_pair"]]
    chosen = results["disjoint"].astype(bool) & (results["pair_kind"] == kind)
    share = pairs["same_winner"].where(chosen)
    return list(_by_setting(share.values, pairs["setting_of_pair"].values))


def _same_weights(results: xr.Dataset) -> Estimate:
    return stratified_mean(_shares(results, PAIR_KINDS[0]))


def _weights_over_split(results: xr.Dataset) -> Estimate:
    same, other = (_shares(results, kind) for kind in PAIR_KINDS[:2])
    return difference(list(zip(same, other, strict=True)))


CLAIMS = (
    Claim(
        "neurons-are-told",
        "The initial weights predict which irrep wins a neuron",
        "The irrep that a neuron ends with has more power in its initial weights than others have.",
        f"{HERE}, after arXiv 2602.16849",
        "AUC of the score power at the initial weights for the winner of a neuron, less its mean "
        f"with neurons exchanged; {REACHED}",
        "above",
        0.05,
        6,
        _of_neurons,
        figure="prediction",
    ),
    Claim(
        "misalignment-decides",
        "The smallest misalignment wins, in networks and groups of every kind",
        "On every group and in every architecture, a neuron ends with the irrep in which the "
        "phases that it reads and writes agree best at first.",
        f"{HERE}: extends {DEMO}, to all networks and groups",
        "share of neurons whose winner has the largest alignment at the initial weights (on a "
        f"cyclic group: the smallest phase misalignment); all architectures and groups; {REACHED}",
        "above",
        0.5,
        6,
        _smallest_misalignment,
    ),
    Claim(
        "misalignment-decides-tied",
        "The smallest misalignment wins, in networks with one table for both factors",
        "In a network that reads both factors from one table, a neuron ends with the frequency at "
        "which the phases that it reads and writes agree best at first.",
        DEMO,
        "share of neurons whose winner has the largest alignment at the initial weights (on a "
        f"cyclic group: the smallest phase misalignment); architecture tied-mlp; {REACHED}",
        "above",
        0.5,
        6,
        _smallest_misalignment_tied,
    ),
    Claim(
        "set-is-told",
        "The initial weights predict which irreps the network uses",
        "The initial weights of a run predict which irreps it will use better than those of other "
        "runs do.",
        f"{HERE}, against arXiv 2302.03025",
        "AUC of the initial network for strong irreps, less the mean of the initial networks of "
        "other runs (other weights and, unless all pairs are trained on, another split); score "
        f"trilinear for transformers, quadratic flow for others; {COUNTED}",
        "above",
        0.1,
        6,
        _of_set,
        figure="prediction",
    ),
    Claim(
        "chosen-while-memorising",
        "The irreps are chosen while the network memorises",
        "When the training pairs are memorised, the logits already show which irreps the network "
        "will use.",
        HERE,
        "AUC of the logit similarity on test pairs at training accuracy 0.99 for the strong irreps "
        f"of the final checkpoint; {AT_MEMORISATION}",
        "above",
        0.9,
        6,
        _memorised,
        figure="prediction",
    ),
    Claim(
        "set-before-neurons",
        "The set of irreps is known before the winners of neurons",
        "When the training pairs are memorised, it is better known which irreps the network will "
        "use than which of them wins each neuron.",
        HERE,
        "AUC of the logit similarity for the strong irreps, less AUC of the score power for the "
        "winner of a neuron among strong irreps, both at training accuracy 0.99; "
        f"{AT_MEMORISATION}",
        "above",
        0.0,
        6,
        _set_first,
        figure="prediction",
    ),
    Claim(
        "data-has-a-say",
        "The split influences which irrep wins a neuron",
        "With the same initial weights and another split, many neurons have another winner.",
        HERE,
        "share of neurons with the same winner in two runs with the same initial weights and "
        "another split, among those with a winner in both; unit: a pair of runs, no run is in two, "
        f"given these splits; {REACHED}",
        "below",
        0.75,
        6,
        _same_weights,
        unit="pairs of runs",
    ),
    Claim(
        "not-arbitrary",
        "The initial weights influence which irrep wins a neuron, more than the split does",
        "Two runs have more winners in common when they have their initial weights in common than "
        "when they have their split in common.",
        f"{HERE}, against arXiv 2302.03025",
        "share of neurons with the same winner: same initial weights and another split, less other "
        "initial weights and the same split; unit: a pair of runs of either kind, no run is in "
        f"two, given these splits; {REACHED} that have both",
        "above",
        0.1,
        12,
        _weights_over_split,
        unit="pairs of runs",
    ),
)
"""The claims, in the order in which they are shown."""
