"""What arXiv 2301.05217 claims of networks that add.

Every measure reads the dataset of `ontogeny.studies.composition.addition.joined.addition`. Claims
about networks that generalise count the runs on sums with weight decay 1 or more throughout, half
of the pairs or fewer, a last test accuracy above 0.99 and a last test loss below 1e-4, so that
cleanup is behind them. Of runs that differ in nothing but their length one counts, the longest.
docs/claims.md has the formulas.
"""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.claims import Claim
from ontogeny.estimates import Estimate, agreement, difference, mean, ratio, share

__all__ = ["CLAIMS"]

PAPER = "arXiv 2301.05217"
MOST = 0.75
"""A claim about networks in general holds when more than this share of them agrees."""

_GENERALISED = 0.99
_FINISHED = 1e-4
_SCARCE, _PLENTY, _LITTLE = 0.5, 0.6, 0.2

Mask = NDArray[np.bool_]


def _chosen(results: xr.Dataset, which: Mask) -> xr.Dataset:
    return results.isel(run=np.flatnonzero(which))


def _distinct(runs: xr.Dataset) -> xr.Dataset:
    """Return the runs without those that are parts of another, longer one."""
    last: dict[tuple[int, str], int] = {}
    for index in np.argsort(runs["last_step"].values, kind="stable"):
        run = runs.isel(run=index)
        last[run["modulus_of_run"].item(), run["recipe"].item()] = int(index)
    return runs.isel(run=sorted(last.values()))


def _plain(results: xr.Dataset) -> Mask:
    """Return the runs on sums in which nothing but data and decay varies."""
    return np.asarray(
        (results["labels"].values == "product")
        & (results["architecture"].values == "transformer")
        & (results["training_loss"].values == "exact")
        & np.isnan(results["decay_change"].values)
        & (results["l1"].values == 0)
        & (results["dropout"].values == 0)
    )


def _generalises(results: xr.Dataset) -> Mask:
    return np.asarray(results["test_accuracy"].values > _GENERALISED)


def _grokked(results: xr.Dataset) -> xr.Dataset:
    finished = (
        _plain(results)
        & _generalises(results)
        & (results["test_loss"].values < _FINISHED)
        & (results["weight_decay"].values >= 1)
        & (results["fraction"].values <= _SCARCE)
    )
    return _distinct(_chosen(results, finished))


def _passes(runs: xr.Dataset, milestone: str) -> NDArray[np.float64]:
    return np.asarray(runs["milestone_step"].sel(milestone=milestone).values)


def _restricted_first(results: xr.Dataset) -> Estimate:
    runs = _grokked(results)
    restricted = _passes(runs, "restricted loss half of its range")
    return share(restricted < _passes(runs, "test loss half of its range"))


def _excluded_rises(results: xr.Dataset) -> Estimate:
    runs = _grokked(results)
    rises = _passes(runs, "excluded loss 1 nat above its minimum")
    return share(rises < _passes(runs, "test loss half of its range"))


def _excluded_large(results: xr.Dataset) -> Estimate:
    runs = _grokked(results)
    return share(runs["excluded_loss"].values > runs["uniform_loss"].values)


def _few(results: xr.Dataset) -> Estimate:
    return mean(_grokked(results)["key_share"].values)


def _different(results: xr.Dataset) -> Estimate:
    """Compare disjoint pairs of runs of one experiment, so that no run counts twice."""
    runs = _grokked(results)
    experiment, differ = runs["experiment_of_run"].values, []
    for name in dict.fromkeys(experiment):
        those = _chosen(runs, experiment == name).sortby("seed_of_run")
        key = np.nan_to_num(those["key"].values)
        differ += [bool((a != b).any()) for a, b in zip(key[::2], key[1::2])]  # noqa: B905
    return share(differ)


def _single(results: xr.Dataset) -> Estimate:
    return mean(_grokked(results)["explained_share"].values)


def _rank(results: xr.Dataset) -> Estimate:
    return mean(_grokked(results)["unembedding_residual_energy"].values)


def _directions(results: xr.Dataset) -> Estimate:
    return share(_grokked(results)["least_direction_fve"].values >= 0.85)


def _cubes(results: xr.Dataset) -> Estimate:
    return mean(_grokked(results)["logit_fve"].values)


def _deletions(results: xr.Dataset) -> Estimate:
    return share(_grokked(results)["worst_deletion"].values <= 1)


def _single_removals(results: xr.Dataset) -> Estimate:
    runs = _grokked(results)
    return share((runs["least_key_removal"] >= 10).values & (runs["most_other_removal"] < 2).values)


def _sparse(results: xr.Dataset) -> Estimate:
    runs = _grokked(results)
    return share((runs["embedding_gini"] > 0.5).values & (runs["unembedding_gini"] > 0.5).values)


def _phases(results: xr.Dataset) -> Estimate:
    runs = _grokked(results)
    memorisation, circuit, cleanup = (
        runs[f"{name}_end"].values for name in ("memorisation", "circuit", "cleanup")
    )
    return share((memorisation < circuit) & ~(cleanup <= circuit))


def _weights(results: xr.Dataset) -> Estimate:
    return mean(_grokked(results)["weights_ratio"].values)


def _without_decay(results: xr.Dataset) -> Estimate:
    without = (
        _plain(results)
        & (results["weight_decay"].values == 0)
        & (results["fraction"].values <= _SCARCE)
    )
    return share(_generalises(_distinct(_chosen(results, without))))


def _faster(results: xr.Dataset) -> Estimate:
    """Compare runs of one sweep and seed that differ in nothing but the decay."""
    runs = _chosen(results, _plain(results) & (results["weight_decay"].values > 0))
    settings = ("sweep_of_run", "seed_of_run", "modulus_of_run", "fraction")
    of_run = list(zip(*(runs[name].values for name in settings), strict=True))
    agree, pairs = [], []
    for cell in dict.fromkeys(of_run):
        those = _chosen(runs, np.array([each == cell for each in of_run]))
        when = np.nan_to_num(those["generalised_step"].values, nan=np.inf)
        found = agreement(those["weight_decay"].values, when)
        agree.append(found[0])
        pairs.append(found[1])
    return ratio(agree, pairs)


def _no_delay(results: xr.Dataset) -> Estimate:
    runs = _distinct(_chosen(results, _plain(results) & (results["fraction"].values >= _PLENTY)))
    return share(runs["generalised_step"].values < 2 * runs["memorised_step"].values)


def _too_little(results: xr.Dataset) -> Estimate:
    little = _plain(results) & (results["fraction"].values <= _LITTLE)
    return share(_generalises(_distinct(_chosen(results, little))))


def _dropout_runs(results: xr.Dataset) -> xr.Dataset:
    instead = (results["dropout"].values > 0) & (results["weight_decay"].values == 0)
    return _distinct(_chosen(results, instead))


def _dropout_generalises(results: xr.Dataset) -> Estimate:
    return share(_generalises(_dropout_runs(results)))


def _dropout_sparse(results: xr.Dataset) -> Estimate:
    """Compare with runs under weight decay on the same modulus."""
    decayed, dropped = _grokked(results), _dropout_runs(results)
    dropped = _chosen(dropped, _generalises(dropped))
    return difference(
        [
            tuple(
                runs["unembedding_gini"].values[runs["modulus_of_run"].values == modulus]
                for runs in (decayed, dropped)
            )
            for modulus in dict.fromkeys(dropped["modulus_of_run"].values)
        ]
    )


def _absolute(results: xr.Dataset) -> Estimate:
    instead = (results["l1"].values > 0) & (results["weight_decay"].values == 0)
    return share(_generalises(_distinct(_chosen(results, instead))))


def _random(results: xr.Dataset) -> Estimate:
    runs = _distinct(_chosen(results, results["labels"].values == "random"))
    return mean(runs["test_accuracy"].values * runs["modulus_of_run"].values)


def _decay_off(results: xr.Dataset, phase: str) -> Estimate:
    """Count runs without decay from the end of a phase on whose twins with decay generalise.

    The twin is the run of the same sweep and seed with decay throughout. A change belongs to the
    phase, memorisation or circuit formation, whose end in the twin is nearer by its ratio.
    """
    learned = []
    for index in np.flatnonzero(results["changed_decay"].values == 0):
        run = results.isel(run=index)
        same = [
            results[name].values == run[name].item()
            for name in ("sweep_of_run", "seed_of_run", "modulus_of_run", "fraction")
        ]
        twins = _chosen(results, np.all(same, axis=0) & _plain(results) & _generalises(results))
        if not twins.sizes["run"]:
            continue
        ends = [float(twins[f"{name}_end"][0]) for name in ("memorisation", "circuit")]
        distances = np.abs(np.log(run["decay_change"].item() / np.array(ends)))
        if ("memorisation", "circuit")[int(np.nanargmin(distances))] == phase:
            learned.append(run["test_accuracy"].item() > _GENERALISED)
    return share(np.array(learned, dtype=bool))


def _off_before_circuit(results: xr.Dataset) -> Estimate:
    return _decay_off(results, "memorisation")


def _off_before_cleanup(results: xr.Dataset) -> Estimate:
    return _decay_off(results, "circuit")


CLAIMS = (
    Claim(
        "restricted-before-test",
        "The circuit forms before it shows",
        "The restricted loss falls long before the test loss does.",
        f"{PAPER}, section 5.1",
        "share of runs whose restricted loss is below the middle of its range for good before the "
        "test loss is",
        "above",
        MOST,
        5,
        _restricted_first,
    ),
    Claim(
        "excluded-rises-early",
        "Training pairs move to the circuit while nothing shows",
        "The excluded loss rises while the test loss is flat.",
        f"{PAPER}, section 5.1",
        "share of runs whose excluded loss is 1 nat above its minimum before the test loss is "
        "below the middle of its range for good",
        "above",
        MOST,
        5,
        _excluded_rises,
    ),
    Claim(
        "excluded-exceeds-uniform-sums",
        "Without the key frequencies nothing is left",
        "At the final checkpoint, the loss on training pairs without the key frequencies exceeds "
        "that of equal logits.",
        f"{PAPER}, section 5.1",
        "share of runs with excluded loss above ln p",
        "above",
        MOST,
        5,
        _excluded_large,
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
    ),
    Claim(
        "seeds-differ",
        "Other seeds use other frequencies",
        "Networks that differ in nothing but the seed use different frequencies.",
        f"{PAPER}, appendix C.2",
        "share of disjoint pairs of runs of one experiment whose key frequencies differ",
        "above",
        0.5,
        4,
        _different,
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
    ),
    Claim(
        "decay-needed",
        "Without weight decay no generalisation",
        "Networks trained without weight decay do not generalise.",
        f"{PAPER}, section 5.3 and appendix D.1",
        "share of runs without decay, on half of the pairs or fewer, that generalise",
        "below",
        0.5,
        4,
        _without_decay,
    ),
    Claim(
        "decay-speeds-up",
        "More weight decay, earlier generalisation",
        "The step at which a network generalises falls with its weight decay.",
        f"{PAPER}, appendix D.1",
        "rank correlation (Somers' D) of decay and step of test accuracy 0.99, between runs of a "
        "sweep with the same seed",
        "below",
        0.0,
        3,
        _faster,
    ),
    Claim(
        "no-delay-with-plenty",
        "No delay with much data",
        "With 60 % of the pairs or more, networks generalise as they fit.",
        f"{PAPER}, appendix C.2",
        "share of such runs that need less than twice as many steps for test accuracy 0.99 as for "
        "training accuracy 0.99",
        "above",
        0.5,
        4,
        _no_delay,
    ),
    Claim(
        "too-little-data",
        "Too little data is never enough",
        "With 20 % of the pairs or fewer, networks do not generalise.",
        f"{PAPER}, appendix C.2",
        "share of such runs that generalise",
        "below",
        0.5,
        4,
        _too_little,
    ),
    Claim(
        "dropout-generalises",
        "Dropout can stand for weight decay",
        "Networks trained with dropout and no decay generalise.",
        f"{PAPER}, appendix D.1",
        "share of such runs that generalise",
        "above",
        0.5,
        4,
        _dropout_generalises,
    ),
    Claim(
        "dropout-not-sparse",
        "Dropout makes no sparse circuit",
        "Networks that generalise by dropout are less sparse in the Fourier basis.",
        f"{PAPER}, appendix D.1",
        "mean Gini coefficient of the neuron-to-logit map of runs with decay minus that of runs "
        "with dropout, averaged over moduli",
        "above",
        0.0,
        6,
        _dropout_sparse,
    ),
    Claim(
        "l1-fails",
        "A penalty on absolute weights does not do",
        "Networks with an L1 penalty in place of weight decay do not generalise.",
        f"{PAPER}, appendix D.1",
        "share of such runs that generalise",
        "below",
        0.5,
        4,
        _absolute,
    ),
    Claim(
        "random-answers",
        "Random answers are only memorised",
        "Without structure to find, test accuracy stays at chance.",
        f"{PAPER}, the control for its measures",
        "mean of test accuracy times p over runs on random answers; 1 is chance",
        "below",
        2.0,
        3,
        _random,
    ),
    Claim(
        "decay-drives-circuit",
        "Weight decay drives circuit formation",
        "Without decay from the end of memorisation on, networks do not generalise.",
        f"{PAPER}, section 5.2, which leaves it open",
        "share of runs that generalise although their decay was switched off about when "
        "memorisation ends in the run with decay throughout, which generalises",
        "below",
        0.5,
        4,
        _off_before_circuit,
    ),
    Claim(
        "decay-drives-cleanup",
        "Weight decay drives cleanup",
        "Without decay from the end of circuit formation on, networks do not generalise.",
        f"{PAPER}, section 5.2, which leaves it open",
        "share of runs that generalise although their decay was switched off about when circuit "
        "formation ends in the run with decay throughout, which generalises",
        "below",
        0.5,
        4,
        _off_before_cleanup,
    ),
)
"""The claims, in the order in which they are shown."""
