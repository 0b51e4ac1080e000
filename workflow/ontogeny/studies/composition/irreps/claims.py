"""What arXiv 2302.03025 claims of networks that compose group elements.

Every measure reads the dataset of `ontogeny.studies.composition.irreps.comparison`. Claims about
networks that generalise count the runs that have grokked. Thresholds and least numbers of runs
were set before any run was judged; docs/claims.md has them with their formulas.
"""

import numpy as np
import xarray as xr

from ontogeny.claims import Claim
from ontogeny.estimates import Estimate, difference, mean, ratio, share
from ontogeny.joins.pairs import disjoint_pairs

__all__ = ["CLAIMS"]

UNIVERSALITY = "arXiv 2302.03025"
MOST = 0.75
"""A claim about networks in general holds when more than this share of them agrees."""


def _grokked(results: xr.Dataset) -> xr.Dataset:
    return results.isel(run=results["grokked"])


def _observed(results: xr.Dataset) -> xr.Dataset:
    """Return the runs that have grokked and whose training was seen."""
    return results.isel(run=results["grokked"] & results["memorised_step"].notnull())


def _beyond_chance(runs: xr.Dataset, place: str) -> xr.DataArray:
    """Return (share - chance) / (1 - chance); NaN when every irrep is key."""
    found, chance = runs[f"key_{place}_fve"], runs[f"key_{place}_chance"]
    return (found - chance) / (1 - chance).where(chance < 1 - 1e-9)


def _weak(results: xr.Dataset) -> Estimate:
    runs = _grokked(results)
    return share(
        (_beyond_chance(runs, "left_embedding") > 0.8)
        & (_beyond_chance(runs, "right_embedding") > 0.8)
        & (_beyond_chance(runs, "unembedding") > 0.8)
        & (runs["restricted_hidden_loss"] < 0.01 * runs["uniform_loss"])
        & (runs["excluded_hidden_loss"] > runs["uniform_loss"] / 2)
    )


def _different(results: xr.Dataset) -> Estimate:
    """Compare disjoint pairs of runs of one experiment, so that no run counts twice."""
    pairs = disjoint_pairs(_grokked(results))
    return share([bool((one["key"] != other["key"]).any()) for one, other in pairs])


def _restricted(results: xr.Dataset) -> Estimate:
    runs = _grokked(results)
    return share(runs["restricted_hidden_loss"] <= runs["test_loss"])


def _excluded(results: xr.Dataset) -> Estimate:
    runs = _grokked(results)
    return share(runs["excluded_hidden_loss"] > runs["uniform_loss"])


def _embeddings(results: xr.Dataset) -> Estimate:
    runs = _grokked(results)
    left, right = (_beyond_chance(runs, f"{side}_embedding") for side in ("left", "right"))
    return share((left > 0.9) & (right > 0.9))


def _unembedding(results: xr.Dataset) -> Estimate:
    return share(_beyond_chance(_grokked(results), "unembedding") > 0.8)


def _product(results: xr.Dataset) -> Estimate:
    runs = _grokked(results)
    return share(runs["key_hidden_product_fve"] > 10 * runs["key_hidden_product_chance"])


def _logits(results: xr.Dataset) -> Estimate:
    return mean(_grokked(results)["logit_fve_total"])


def _sparse(results: xr.Dataset) -> Estimate:
    return share(_grokked(results)["key_rank"] < 0.5)


def _degree_order(results: xr.Dataset) -> Estimate:
    runs = _grokked(results).sel(predictor="degree")
    return ratio(runs["order_agreement"], runs["order_pairs"])


def _sign_first(results: xr.Dataset) -> Estimate:
    if "sign" not in results["irrep"]:
        return share([])
    runs = _grokked(results)
    has_sign = runs["key"].sel(irrep="sign").values.astype(bool)
    was_seen = runs["learned_step"].notnull().any("irrep").values
    runs = runs.isel(run=has_sign & was_seen)
    learned = runs["learned_step"].where(runs["key"], np.inf).fillna(np.inf)
    return share(learned.sel(irrep="sign") < learned.drop_sel(irrep="sign").min("irrep"))


def _transformer(results: xr.Dataset) -> Estimate:
    runs = results.isel(run=results["grokked"] & results["widest"])
    group, kind = runs["group_of_run"], runs["architecture_of_run"]
    count = runs["key_irreps"]
    return difference(
        [
            (
                count[(group == name) & (kind == "mlp")],
                count[(group == name) & (kind == "transformer")],
            )
            for name in dict.fromkeys(group.values)
        ]
    )


def _phases(results: xr.Dataset) -> Estimate:
    runs = _observed(results)
    in_order = runs["memorisation_end"] < runs["circuit_end"]
    return share(in_order & ~(runs["cleanup_end"] <= runs["circuit_end"]))


def _hidden_progress(results: xr.Dataset) -> Estimate:
    runs = _observed(results)
    return share(runs["restricted_step"] < runs["test_loss_step"])


def _weights(results: xr.Dataset) -> Estimate:
    return mean(_observed(results)["cleanup_ratio"])


def _delay(results: xr.Dataset) -> Estimate:
    runs = _observed(results)
    return share(runs["test_step"] >= 2 * runs["memorised_step"])


def _never_six(results: xr.Dataset) -> Estimate:
    runs = _grokked(results)
    runs = runs.isel(run=runs["group_of_run"] == "S5")
    return share(runs["key"].sel(irrep="(3,1,1)") if runs.sizes["run"] else [])


def _orbit_choice(results: xr.Dataset) -> Estimate:
    runs = _grokked(results).sel(predictor="smallest orbit")
    return ratio(runs["choice_agreement"], runs["choice_pairs"])


def _orbit_better(results: xr.Dataset) -> Estimate:
    runs = _grokked(results)
    orbit, degree = (runs.sel(predictor=name) for name in ("smallest orbit", "degree"))
    known = orbit["choice_pairs"] > 0  # the smallest orbits of larger groups are not known
    better = orbit["choice_agreement"] - degree["choice_agreement"]
    return ratio(better[known], orbit["choice_pairs"][known])


CLAIMS = (
    Claim(
        "weak-universality",
        "Weak universality",
        "All networks, whatever group and architecture, use the same algorithm on a few irreps.",
        f"{UNIVERSALITY}, abstract and section 6",
        "share of runs whose embeddings and unembedding are explained by the key irreps "
        "(more than 0.8 of what chance leaves), whose hidden layer has a restricted loss below "
        "0.01 ln n and an excluded loss above 0.5 ln n",
        "above",
        MOST,
        6,
        _weak,
        figure="matrices",
    ),
    Claim(
        "strong-universality-fails",
        "Strong universality fails",
        "Networks that differ only in the seed learn different irreps.",
        f"{UNIVERSALITY}, abstract and section 6",
        "share of disjoint pairs of runs of one experiment whose sets of key irreps differ",
        "above",
        0.5,
        4,
        _different,
        figure="universality_irreps",
        unit="pairs of runs",
    ),
    Claim(
        "restricted-reaches-test",
        "Restricted loss reaches the test loss",
        "With only the key irreps in the hidden layer the network answers as well as before.",
        f"{UNIVERSALITY}, section 5",
        "share of runs whose hidden layer has a restricted loss of at most the test loss",
        "above",
        0.5,
        6,
        _restricted,
        figure="losses",
    ),
    Claim(
        "excluded-exceeds-uniform",
        "Without the key irreps the network fails",
        "Without the key irreps in the hidden layer the loss exceeds that of equal logits.",
        f"{UNIVERSALITY}, section 5",
        "share of runs whose hidden layer has an excluded loss above ln n",
        "above",
        MOST,
        6,
        _excluded,
        figure="losses",
    ),
    Claim(
        "embeddings-in-key",
        "Embeddings use the key irreps",
        "Both embeddings consist of matrix entries of the key irreps.",
        f"{UNIVERSALITY}, section 5",
        "share of runs in which (share - chance) / (1 - chance) of both embeddings is above 0.9",
        "above",
        MOST,
        6,
        _embeddings,
        figure="matrices",
    ),
    Claim(
        "unembedding-in-key",
        "The unembedding uses the key irreps",
        "The neuron-to-logit map consists of matrix entries of the key irreps.",
        f"{UNIVERSALITY}, section 5",
        "share of runs in which (share - chance) / (1 - chance) of the unembedding is above 0.8",
        "above",
        MOST,
        6,
        _unembedding,
        figure="matrices",
    ),
    Claim(
        "hidden-has-product",
        "The hidden layer computes ρ(ab)",
        "The hidden layer contains the matrix entries of ρ(ab) for the key irreps.",
        f"{UNIVERSALITY}, section 5",
        "share of runs in which entries of ρ(ab) explain more than ten times what chance gives",
        "above",
        MOST,
        6,
        _product,
        figure="hidden",
    ),
    Claim(
        "logits-are-characters",
        "Characters explain the logits",
        "The logits are a sum of the characters of a b c⁻¹.",
        f"{UNIVERSALITY}, section 5",
        "mean share of the logits that characters explain",
        "above",
        0.5,
        6,
        _logits,
        figure="logits",
    ),
    Claim(
        "few-irreps",
        "Few irreps are used",
        "Networks use a sparse subset of the irreps.",
        f"{UNIVERSALITY}, section 6",
        "share of runs whose key irreps have less than half of all non-trivial matrix entries",
        "above",
        MOST,
        6,
        _sparse,
        figure="universality_irreps",
    ),
    Claim(
        "lower-degree-first",
        "Lower degrees tend to come first",
        "Irreps of lower degree are usually learned earlier.",
        f"{UNIVERSALITY}, section 6",
        "rank correlation (Somers' D) of degree and step of learning on test pairs, over pairs of "
        "key irreps of a run",
        "above",
        0.0,
        6,
        _degree_order,
        figure="universality_order",
    ),
    Claim(
        "sign-first",
        "The sign comes first",
        "Where the sign is a key irrep, it is the first one learned.",
        f"{UNIVERSALITY}, section 6",
        "share of runs with key irrep sign in which it is learned at an earlier checkpoint than "
        "every other key irrep, by test pairs",
        "above",
        0.5,
        6,
        _sign_first,
        figure="irreps",
    ),
    Claim(
        "transformer-fewer-irreps",
        "Transformers use fewer irreps",
        "A transformer has fewer key irreps than the MLP on the same group.",
        f"{UNIVERSALITY}, section 6",
        "mean number of key irreps of MLPs minus that of transformers, averaged over groups",
        "above",
        0.0,
        8,
        _transformer,
        figure="universality_irreps",
    ),
    Claim(
        "phases-in-order",
        "Memorisation, circuit formation, cleanup",
        "Training goes through the three phases in this order.",
        f"{UNIVERSALITY}, section 5, after arXiv 2301.05217",
        "share of runs in which memorisation ends before circuit formation, and that before "
        "cleanup, if training went on so far",
        "above",
        MOST,
        6,
        _phases,
        figure="progress",
    ),
    Claim(
        "circuit-before-test",
        "The circuit forms before test accuracy rises",
        "The restricted loss of the hidden layer falls while the test loss is still high.",
        f"{UNIVERSALITY}, section 5",
        "share of runs in which the restricted loss of the hidden layer falls below 0.5 ln n "
        "before the test loss does",
        "above",
        MOST,
        6,
        _hidden_progress,
        figure="losses",
    ),
    Claim(
        "weights-fall",
        "Weights fall in cleanup",
        "The sum of squared weights falls from the end of circuit formation to that of cleanup.",
        f"{UNIVERSALITY}, section 5",
        "mean ratio of the squared weights after and before cleanup",
        "below",
        0.9,
        6,
        _weights,
        figure="progress",
    ),
    Claim(
        "delay",
        "Generalisation is late",
        "Test accuracy jumps long after the training pairs are fitted.",
        f"{UNIVERSALITY}, section 5",
        "share of runs that need at least twice as many steps for test accuracy 0.99 as for "
        "training accuracy 0.99",
        "above",
        MOST,
        6,
        _delay,
        figure="learning",
    ),
    Claim(
        "six-never",
        "The 6-dimensional irrep of S5 is never learned",
        "No network on S5 uses the irrep (3,1,1).",
        f"{UNIVERSALITY}, section 6",
        "share of S5 runs with key irrep (3,1,1)",
        "below",
        0.1,
        20,
        _never_six,
        figure="universality_irreps",
    ),
    Claim(
        "orbit-predicts",
        "Small orbits are preferred",
        "Irreps whose smallest orbit of a vector is small are learned more often.",
        "arXiv 2410.07476 on the networks of arXiv 2302.03025",
        "rank correlation (Somers' D) of a small orbit and being key, pairs of a key and another "
        "irrep of a run",
        "above",
        0.0,
        6,
        _orbit_choice,
        figure="universality_irreps",
    ),
    Claim(
        "orbit-beats-degree",
        "Orbits predict better than degrees",
        "The size of the smallest orbit says better than the degree which irreps are learned.",
        "arXiv 2410.07476 on the networks of arXiv 2302.03025",
        "rank correlation of a small orbit and being key, minus that of a small degree",
        "above",
        0.0,
        6,
        _orbit_better,
        figure="universality_irreps",
    ),
)
"""The claims, in the order in which they are shown."""
