"""Runs of ``rlhf`` in small worlds: probes, policies that leave the start policy, and judges."""

import numpy as np
import xarray as xr

from ontogeny.studies.rlhf.config import Probes
from ontogeny.studies.rlhf.stages.calibrate import calibrate
from ontogeny.studies.rlhf.stages.probe import probes
from rlhf_networks import stored_policy, stored_preference

__all__ = ["judges_of", "probes_of", "run_from", "stored_policy"]


def run_from(start, *, steps=4, move=0.2, seed=2):
    """Checkpoints of a policy with a value head, whose first one is the start policy."""
    rng = np.random.default_rng(seed)
    found = {}
    for name, values in start.items():
        last = values.values[-1]
        away = rng.standard_normal(last.shape)
        stacked = np.stack([last + move * place * away for place in range(steps)])
        if name == "W_U":
            head = rng.standard_normal((*stacked.shape[:2], 1))
            stacked = np.concatenate([stacked, head], axis=2)
        found[name] = (values.dims, stacked.astype(np.float32))
    return xr.Dataset(found, {"step": 4 * np.arange(steps)})


def probes_of(world, start, *, calibration=60, fresh=100):
    """Pairs of samples of a start policy."""
    return probes(Probes(calibration=calibration, fresh=fresh), 0, world, start)


def judges_of(world, pairs, names=("proxy", "judge")):
    """Preference models at random by name, with their calibration."""
    networks = {name: stored_preference(world, seed)[0] for seed, name in enumerate(names)}
    return {name: (network, calibrate(network, pairs)) for name, network in networks.items()}
