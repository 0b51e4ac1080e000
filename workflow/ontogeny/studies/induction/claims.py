"""What arXiv 2209.11895 claims of small networks, and what this project expects of them.

Every measure reads the dataset of `ontogeny.studies.induction.comparison`. A run counts for a claim
when the claim speaks of its kind of network. Thresholds are those of a small reproduction, set
before any run was judged; docs/claims.md has them with their formulas.
"""

from collections.abc import Callable

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.claims import Claim
from ontogeny.estimates import Estimate, mean, share

__all__ = ["CLAIMS", "LEAST"]

PAPER = "arXiv 2209.11895"
LEAST = 3
"""With fewer runs of its kind of network a claim has no verdict."""

MOST = 0.5
"""A claim about networks in general holds when more than this share of them agrees."""


def _deep(results: xr.Dataset) -> xr.Dataset:
    """Return the runs of two or more layers with keys of their own."""
    return results.isel(run=(results["layers_of_run"] > 1) & ~results["smeared_of_run"])


def _attention_only(results: xr.Dataset) -> xr.Dataset:
    deep = _deep(results)
    return deep.isel(run=~deep["mlp_of_run"])


def _plain(results: xr.Dataset, layers: int) -> xr.Dataset:
    """Return attention-only runs of some layers with keys of their own."""
    plain = ~results["smeared_of_run"] & ~results["mlp_of_run"]
    return results.isel(run=plain & (results["layers_of_run"] == layers))


def _smeared(results: xr.Dataset, layers: int) -> xr.Dataset:
    return results.isel(run=results["smeared_of_run"] & (results["layers_of_run"] == layers))


def _control(
    runs: xr.Dataset,
    controls: xr.Dataset,
    name: str,
    statistic: Callable[[NDArray[np.float64]], float],
) -> xr.DataArray:
    """Return a statistic of a quantity over the controls on the corpus of each run, or NaN."""
    corpus = controls["corpus_of_run"]
    found = {each: statistic(controls[name][corpus == each].values) for each in np.unique(corpus)}
    own = runs["corpus_of_run"]
    return own.copy(data=[found.get(each, np.nan) for each in own.values])


def _mean_of_known(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


def _change(results: xr.Dataset) -> Estimate:
    return share(_deep(results)["window_start"].notnull())


def _sharp(results: xr.Dataset) -> Estimate:
    runs = _deep(results)
    return mean(runs["window_fall"] / runs["score_change"])


def _one_layer(results: xr.Dataset) -> Estimate:
    return mean(np.abs(_plain(results, 1)["score_change"]))


def _no_head(results: xr.Dataset) -> Estimate:
    return mean(_plain(results, 1)["prefix_after"])


def _heads_form(results: xr.Dataset) -> Estimate:
    runs = _deep(results)
    return mean(runs["prefix_after"] - runs["prefix_before"])


def _together(results: xr.Dataset) -> Estimate:
    return mean(_deep(results)["middles_apart"])


def _bumps(results: xr.Dataset) -> Estimate:
    """Compare bumps with the largest of a one-layer run of the same corpus."""
    runs = _deep(results)
    flat = _control(runs, _plain(results, 1), "bump_height", np.max)
    known = flat.notnull()
    return share(runs["bump_height"][known] > 2 * flat[known])


def _turns(results: xr.Dataset) -> Estimate:
    return mean(_deep(results)["turn"])


def _straight(results: xr.Dataset) -> Estimate:
    return mean(_plain(results, 1)["turn"])


def _smeared_learns(results: xr.Dataset) -> Estimate:
    runs = _smeared(results, 1)
    return mean(
        runs["final_score"] / _control(runs, _plain(results, 2), "final_score", _mean_of_known)
    )


def _smeared_earlier(results: xr.Dataset) -> Estimate:
    runs = _smeared(results, 2)
    middles = _control(runs, _plain(results, 2), "window_middle", _mean_of_known)
    return mean(runs["window_middle"] / middles)


def _mean(name: str, *, attention_only: bool = True) -> Callable[[xr.Dataset], Estimate]:
    """Return the measure of a claim: the mean of a quantity over runs of two or more layers."""

    def measure(results: xr.Dataset) -> Estimate:
        runs = _attention_only(results) if attention_only else _deep(results)
        return mean(runs[name])

    return measure


CLAIMS = (
    Claim(
        "phase-change",
        "Two layers change abruptly",
        "Networks of two or more layers learn to use their context in one phase change.",
        f"{PAPER}, argument 1",
        "share of runs whose in-context learning score falls in one window",
        "above", MOST, LEAST, _change,
        figure="models",
    ),
    Claim(
        "change-is-sharp",
        "Most of the score in the window",
        "Most of the in-context learning comes within the window.",
        f"{PAPER}, argument 1",
        "fall of the score inside the window over its fall after the warm-up",
        "above", 0.7, LEAST, _sharp,
        figure="models",
    ),
    Claim(
        "one-layer-does-not-change",
        "One layer does not change",
        "Networks of one layer have no phase change.",
        f"{PAPER}, argument 1",
        "change of the score after the warm-up, one layer [nat]",
        "below", 0.1, LEAST, _one_layer,
        figure="models",
    ),
    Claim(
        "one-layer-has-no-induction-head",
        "One layer has no induction head",
        "No head of a one-layer network matches prefixes.",
        f"{PAPER}, argument 1",
        "prefix matching of the best head, one layer",
        "below", 0.1, LEAST, _no_head,
        figure="models",
    ),
    Claim(
        "heads-form",
        "Induction heads form",
        "Induction heads appear in the phase change.",
        f"{PAPER}, argument 1",
        "prefix matching of the best head, at the end minus that before the window",
        "above", 0.25, LEAST, _heads_form,
        figure="models",
    ),
    Claim(
        "together",
        "Score and heads change together",
        "Induction heads form when the in-context learning score falls.",
        f"{PAPER}, argument 1",
        "distance of the middles of both, as a share of the training",
        "below", 0.15, LEAST, _together,
        figure="models",
    ),
    Claim(
        "bump",
        "The loss has a bump",
        "The loss of networks with two or more layers has a bump; that of one layer has none.",
        f"{PAPER}, argument 1",
        "share of runs with more than twice the largest bump of one layer",
        "above", MOST, LEAST, _bumps,
        figure="models",
    ),
    Claim(
        "paths-turn",
        "Paths turn",
        "In the space of per-token losses the path turns at the phase change.",
        f"{PAPER}, argument 1",
        "turn of the path at the window [degree]",
        "above", 45.0, LEAST, _turns,
        figure="paths",
    ),
    Claim(
        "one-layer-goes-straight",
        "One layer goes straight on",
        "The path of one layer does not turn.",
        f"{PAPER}, argument 1",
        "turn of the path over the same steps, one layer [degree]",
        "below", 20.0, LEAST, _straight,
        figure="paths",
    ),
    Claim(
        "smeared-keys-suffice",
        "One layer with smeared keys learns",
        "With smeared keys one layer learns in context as two do.",
        f"{PAPER}, argument 2",
        "score of one layer with smeared keys over that of two layers",
        "above", 0.9, LEAST, _smeared_learns,
        figure="models",
    ),
    Claim(
        "smeared-keys-are-earlier",
        "Smeared keys change earlier",
        "With smeared keys the phase change of two layers is earlier.",
        f"{PAPER}, argument 2",
        "middle of the window with smeared keys over that without",
        "below", 0.7, LEAST, _smeared_earlier,
        figure="models",
    ),
    Claim(
        "induction-heads-carry",
        "Induction heads carry the score",
        "Without its induction heads a network loses its in-context learning.",
        f"{PAPER}, argument 3",
        "score beyond one layer that is lost without induction heads, patterns preserved",
        "above", 0.7, LEAST, _mean("induction_lost"),
        figure="ablations",
    ),
    Claim(
        "other-heads-do-not",
        "Other heads do not",
        "Without all other heads a network keeps most of its in-context learning, if patterns "
        "are preserved.",
        f"{PAPER}, argument 3",
        "score beyond one layer that is lost without all other heads, patterns preserved",
        "below", 0.2, LEAST, _mean("others_lost"),
        figure="ablations",
    ),
    Claim(
        "knock-out-undoes",
        "Removing induction heads undoes the change",
        "Removing an induction head moves the losses back along the phase change.",
        f"{PAPER}, argument 3",
        "largest projection of an induction head on the before-and-after vector [nat]",
        "below", 0.0, LEAST, _mean("projection"),
    ),
    Claim(
        "previous-token-heads-act-by-patterns",
        "Previous-token heads act by patterns",
        "Previous-token heads act through the attention patterns of later heads.",
        f"{PAPER}, argument 3",
        "score beyond one layer that is lost without previous-token heads, fully removed",
        "above", 0.7, LEAST, _mean("previous_full_lost"),
        figure="ablations",
    ),
    Claim(
        "copying-is-in-the-weights",
        "OV circuits copy",
        "Induction heads have OV circuits of positive eigenvalues.",
        f"{PAPER}, argument 5",
        "sum of OV eigenvalues of induction heads over that of their moduli",
        "above", 0.9, LEAST, _mean("ov_eigenvalue"),
        figure="evaluators",
    ),
    Claim(
        "copying-agrees",
        "Copying scores agree",
        "Copying, by what heads write and by their weights, is one thing.",
        f"{PAPER}, appendix",
        "correlation of both over heads and checkpoints",
        "above", 0.5, LEAST, _mean("copying_correlation"),
        figure="evaluators",
    ),
    Claim(
        "matching-agrees",
        "Matching scores agree",
        "Prefix matching, by attention and by weights, is one thing.",
        f"{PAPER}, argument 5",
        "correlation of prefix matching and QK trace over heads and checkpoints",
        "above", 0.5, LEAST, _mean("matching_correlation"),
        figure="evaluators",
    ),
    Claim(
        "keys-compose",
        "Keys compose",
        "Induction heads read previous-token heads by their keys.",
        f"{PAPER}, argument 5",
        "K-composition beyond that of random heads, in their standard deviations",
        "above", 3.0, LEAST, _mean("composition_excess"),
    ),
    Claim(
        "exact-attention-suffices",
        "Exact previous-token attention suffices",
        "Attention on exactly the token before can stand in for that of previous-token heads.",
        f"{PAPER}, comment of A. Scherlis",
        "share of the loss of their removal that it saves",
        "above", 0.9, LEAST, _mean("idealised_share"),
        figure="ablations",
    ),
    Claim(
        "repeats-are-predicted",
        "Repeated random tokens are predicted",
        "Random tokens are predicted when they come a second time.",
        f"{PAPER}, definition",
        "loss on the first half minus that on the second [nat]",
        "above", 1.0, LEAST, _mean("gain_after", attention_only=False),
    ),
    Claim(
        "broken-patterns-get-worse",
        "Broken patterns get worse",
        "What breaks a pattern is predicted worse after the phase change.",
        f"{PAPER}, appendix",
        "change of the loss of first uses or broken patterns [nat]",
        "above", 0.0, LEAST, _mean("break_change", attention_only=False),
    ),
)  # fmt: skip
