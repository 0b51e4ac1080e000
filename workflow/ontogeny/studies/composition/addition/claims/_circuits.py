"""What the finished network is made of, and how it comes about."""

import xarray as xr

from ontogeny.claims import Claim
from ontogeny.estimates import Estimate, mean, share
from ontogeny.joins.pairs import disjoint_pairs
from ontogeny.studies.composition.addition.claims._runs import MOST, PAPER, grokked

__all__ = ["OF_CIRCUITS"]


def _passes(runs: xr.Dataset, milestone: str) -> xr.DataArray:
    return runs["milestone_step"].sel(milestone=milestone)


def _restricted_first(results: xr.Dataset) -> Estimate:
    runs = grokked(results)
    restricted = _passes(runs, "restricted wave loss half of its range")
    return share(restricted < _passes(runs, "test loss half of its range"))


def _excluded_rises(results: xr.Dataset) -> Estimate:
    runs = grokked(results)
    rises = _passes(runs, "excluded wave loss 1 nat above its minimum")
    return share(rises < _passes(runs, "test loss half of its range"))


def _excluded_large(results: xr.Dataset) -> Estimate:
    runs = grokked(results)
    return share(runs["excluded_wave_loss"] > runs["uniform_loss"])


def _few(results: xr.Dataset) -> Estimate:
    return mean(grokked(results)["key_share"])


def _different(results: xr.Dataset) -> Estimate:
    """Compare disjoint pairs of runs of one experiment, so that no run counts twice."""
    pairs = disjoint_pairs(grokked(results))
    keys = [
        (one["key_frequency"].fillna(0), other["key_frequency"].fillna(0)) for one, other in pairs
    ]
    return share([bool((one != other).any()) for one, other in keys])


def _single(results: xr.Dataset) -> Estimate:
    return mean(grokked(results)["explained_share"])


def _rank(results: xr.Dataset) -> Estimate:
    return mean(grokked(results)["unembedding_residual_energy"])


def _directions(results: xr.Dataset) -> Estimate:
    return share(grokked(results)["least_direction_fve"] >= 0.85)


def _cubes(results: xr.Dataset) -> Estimate:
    return mean(grokked(results)["key_cube_fve"])


def _deletions(results: xr.Dataset) -> Estimate:
    return share(grokked(results)["worst_deletion"] <= 1)


def _single_removals(results: xr.Dataset) -> Estimate:
    runs = grokked(results)
    return share((runs["least_key_removal"] >= 10) & (runs["most_other_removal"] < 2))


def _sparse(results: xr.Dataset) -> Estimate:
    runs = grokked(results)
    return share((runs["embedding_gini"] > 0.5) & (runs["unembedding_gini"] > 0.5))


def _phases(results: xr.Dataset) -> Estimate:
    runs = grokked(results)
    in_order = runs["memorisation_end"] < runs["circuit_end"]
    return share(in_order & ~(runs["cleanup_end"] <= runs["circuit_end"]))


def _weights(results: xr.Dataset) -> Estimate:
    return mean(grokked(results)["weights_ratio"])


OF_CIRCUITS = (
    Claim(
        "restricted-before-test",
        "The circuit forms before test accuracy rises",
        "The restricted wave loss falls long before the test loss does.",
        f"{PAPER}, section 5.1",
        "share of runs whose restricted wave loss is below the middle of its range for good "
        "before the test loss is",
        "above",
        MOST,
        5,
        _restricted_first,
        figure="addition_progress",
    ),
    Claim(
        "excluded-rises-early",
        "Training pairs move to the circuit while nothing shows",
        "The excluded wave loss rises while the test loss is flat.",
        f"{PAPER}, section 5.1",
        "share of runs whose excluded wave loss is 1 nat above its minimum before the test loss is "
        "below the middle of its range for good",
        "above",
        MOST,
        5,
        _excluded_rises,
        figure="addition_progress",
    ),
    Claim(
        "excluded-exceeds-uniform-sums",
        "Without the key frequencies the network fails",
        "At the final checkpoint, the loss on training pairs without the key frequencies exceeds "
        "that of equal logits.",
        f"{PAPER}, section 5.1",
        "share of runs with excluded wave loss above ln p",
        "above",
        MOST,
        5,
        _excluded_large,
        figure="addition_progress",
    ),
    Claim(
        "few-frequencies",
        "Few frequencies are used",
        "A handful of the (p - 1)/2 frequencies carries the computation.",
        f"{PAPER}, section 4.1 and appendix C",
        "mean share of the frequencies that are key",
        "below",
        0.25,
        5,
        _few,
        figure="addition_spectra",
    ),
    Claim(
        "seeds-differ",
        "Other seeds use other frequencies",
        "Networks that differ only in the seed use different frequencies.",
        f"{PAPER}, appendix C.2",
        "share of disjoint pairs of runs of one experiment whose key frequencies differ",
        "above",
        0.5,
        4,
        _different,
        figure="addition_spectra",
        unit="pairs of runs",
    ),
    Claim(
        "one-frequency-neurons",
        "A neuron has one frequency",
        "Most neurons are polynomials of degree 2 in the waves of a single frequency.",
        f"{PAPER}, section 4.3",
        "mean share of neurons with more than 0.85 of their variance in one frequency",
        "above",
        0.5,
        5,
        _single,
        figure="addition_neurons",
    ),
    Claim(
        "map-of-low-rank",
        "The neuron-to-logit map has rank 2|K|",
        "The neuron-to-logit map reads two directions of the neurons for each key frequency.",
        f"{PAPER}, section 4.2",
        "mean share of its squared norm outside the key frequencies",
        "below",
        0.05,
        5,
        _rank,
        figure="addition_readout",
    ),
    Claim(
        "directions-are-waves",
        "What is read are waves of a + b",
        "The two directions hold cos and sin of w (a + b).",
        f"{PAPER}, section 4.2, table 1",
        "share of runs in which every direction has at least 0.85 of its variance in its wave",
        "above",
        0.5,
        5,
        _directions,
        figure="addition_readout",
    ),
    Claim(
        "logits-are-cubes",
        "Cosines of a + b - c explain the logits",
        "The logits are a sum of cos(w (a + b - c)) over key frequencies.",
        f"{PAPER}, section 4.2",
        "mean share of the variance of the logits in these cosines",
        "above",
        0.9,
        5,
        _cubes,
        figure="addition_logits",
    ),
    Claim(
        "deletions-help",
        "All else only disturbs",
        "Every deletion of what is not a wave of a key frequency lowers the loss.",
        f"{PAPER}, section 4.4",
        "share of runs in which none of five such deletions raises the loss on all pairs",
        "above",
        0.5,
        5,
        _deletions,
        figure="addition_ablations",
    ),
    Claim(
        "key-frequencies-bear-load",
        "Each key frequency is needed, no other is",
        "Removing any key frequency from the logits ruins the loss, removing another one does not.",
        f"{PAPER}, section 4.4, figure 6",
        "share of runs in which each key frequency's removal makes the loss 10 times as large and "
        "no other's doubles it",
        "above",
        MOST,
        5,
        _single_removals,
        figure="addition_removal",
    ),
    Claim(
        "sparse-spectra",
        "Spectra become sparse",
        "Embedding and neuron-to-logit map are sparse in the Fourier basis at the end.",
        f"{PAPER}, section 5.1",
        "share of runs with Gini coefficients of both spectra above 0.5",
        "above",
        MOST,
        5,
        _sparse,
        figure="addition_spectra",
    ),
    Claim(
        "three-phases",
        "Memorisation, circuit formation, cleanup",
        "Training goes through the three phases in this order.",
        f"{PAPER}, section 5.2",
        "share of runs in which memorisation ends before circuit formation, and that before "
        "cleanup, if training went on so far",
        "above",
        MOST,
        5,
        _phases,
        figure="addition_progress",
    ),
    Claim(
        "cleanup-shrinks-weights",
        "Cleanup makes weights small",
        "The sum of squared weights peaks early and falls until the end of cleanup.",
        f"{PAPER}, section 5.2",
        "mean ratio of the last sum of squared weights and its peak",
        "below",
        0.6,
        5,
        _weights,
        figure="addition_progress",
    ),
)
