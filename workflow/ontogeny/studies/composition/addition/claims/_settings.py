"""What data, weight decay and other regularisation do."""

import numpy as np
import xarray as xr

from ontogeny.claims import Claim
from ontogeny.estimates import Estimate, agreement, difference, mean, ratio, share
from ontogeny.joins.outcomes import is_learned
from ontogeny.joins.pairs import partners
from ontogeny.studies.composition.addition.claims._runs import (
    PAPER,
    SCARCE,
    distinct,
    generalising,
    grokked,
    is_plain,
)

__all__ = ["OF_SETTINGS"]

_PLENTY, _LITTLE = 0.6, 0.2
_SETTINGS = ("sweep_of_run", "seed_of_run", "modulus_of_run", "fraction")
"""Runs that agree in these differ in nothing but regularisation."""


def _generalises(runs: xr.Dataset) -> Estimate:
    return share(is_learned(runs["test_accuracy"]))


def _without_decay(results: xr.Dataset) -> Estimate:
    without = is_plain(results) & (results["weight_decay"] == 0) & (results["fraction"] <= SCARCE)
    return _generalises(distinct(results.isel(run=without)))


def _faster(results: xr.Dataset) -> Estimate:
    """Compare runs of one sweep and seed that differ in nothing but the decay."""
    runs = results.isel(run=is_plain(results) & (results["weight_decay"] > 0))
    of_run = list(zip(*(runs[name].values for name in _SETTINGS), strict=True))
    agree, pairs = [], []
    for cell in dict.fromkeys(of_run):
        those = runs.isel(run=[place for place, each in enumerate(of_run) if each == cell])
        when = those["generalised_step"].fillna(np.inf)
        found = agreement(those["weight_decay"], when)
        agree.append(found[0])
        pairs.append(found[1])
    return ratio(agree, pairs)


def _no_delay(results: xr.Dataset) -> Estimate:
    runs = distinct(results.isel(run=is_plain(results) & (results["fraction"] >= _PLENTY)))
    return share(runs["generalised_step"] < 2 * runs["memorised_step"])


def _too_little(results: xr.Dataset) -> Estimate:
    little = is_plain(results) & (results["fraction"] <= _LITTLE)
    return _generalises(distinct(results.isel(run=little)))


def _in_place_of_decay(results: xr.Dataset, name: str) -> xr.Dataset:
    """Return the runs without weight decay that have another kind of regularisation."""
    return distinct(results.isel(run=(results[name] > 0) & (results["weight_decay"] == 0)))


def _dropout_generalises(results: xr.Dataset) -> Estimate:
    return _generalises(_in_place_of_decay(results, "dropout"))


def _dropout_sparse(results: xr.Dataset) -> Estimate:
    """Compare with runs under weight decay on the same modulus."""
    dropped = generalising(_in_place_of_decay(results, "dropout"))

    decayed = grokked(results)

    def on(modulus: float, runs: xr.Dataset) -> xr.DataArray:
        return runs["unembedding_gini"][runs["modulus_of_run"] == modulus]

    return difference(
        [
            (on(modulus, decayed), on(modulus, dropped))
            for modulus in dict.fromkeys(dropped["modulus_of_run"].values)
        ]
    )


def _absolute(results: xr.Dataset) -> Estimate:
    return _generalises(_in_place_of_decay(results, "l1"))


def _random(results: xr.Dataset) -> Estimate:
    runs = distinct(results.isel(run=results["labels"] == "random"))
    return mean(runs["test_accuracy"] * runs["modulus_of_run"])


def _decay_off(results: xr.Dataset, phase: str) -> Estimate:
    """Count runs without decay from the end of a phase on whose twins with decay generalise.

    The twin is the run of the same sweep and seed with decay throughout. A change belongs to the
    phase, memorisation or circuit formation, whose end in the twin is nearer by its ratio.
    """
    changed = results.isel(run=results["changed_decay"] == 0)
    twins = generalising(results.isel(run=is_plain(results)))
    place = partners(changed, twins, _SETTINGS)
    changed, twins = changed.isel(run=place >= 0), twins.isel(run=place[place >= 0])
    change = changed["decay_change"]
    distance = {
        name: abs(xr.ufuncs.log(change / twins[f"{name}_end"].values)).fillna(np.inf)
        for name in ("memorisation", "circuit")
    }
    is_circuit = distance["circuit"] < distance["memorisation"]
    is_memorisation = ~is_circuit & (distance["memorisation"] < np.inf)
    belongs = {"memorisation": is_memorisation, "circuit": is_circuit}[phase]
    return _generalises(changed.isel(run=belongs))


def _off_before_circuit(results: xr.Dataset) -> Estimate:
    return _decay_off(results, "memorisation")


def _off_before_cleanup(results: xr.Dataset) -> Estimate:
    return _decay_off(results, "circuit")


OF_SETTINGS = (
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
        figure="sweep",
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
        figure="sweep",
        unit="seeds",
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
        figure="sweep",
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
        figure="sweep",
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
        figure="seeds",
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
        figure="addition_spectra",
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
        figure="seeds",
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
        figure="seeds",
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
        figure="addition_schedule",
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
        figure="addition_schedule",
    ),
)
