"""Networks whose answers are known: the analytic one with equally spaced phases."""

import numpy as np

from studies.composition.addition.gromov import analytic


def phase_grid(keys, steps=8):
    """All pairs of equally spaced phases for each frequency: cross terms cancel exactly."""
    phase = 2 * np.pi * np.arange(steps) / steps
    return tuple(x.ravel() for x in np.meshgrid(keys, phase, phase))


def exact(p, keys, steps=8):
    """The analytic network on some frequencies; its logits are cubes of these."""
    return analytic(p, *phase_grid(keys, steps))


def random(p, neurons, seed=0):
    """The analytic network with random frequencies and phases."""
    rng = np.random.default_rng(seed)
    frequency = rng.integers(1, (p + 1) // 2, size=neurons)
    return analytic(p, frequency, *rng.uniform(0, 2 * np.pi, size=(2, neurons)))
