"""Which steps of a training run are stored."""

import numpy as np

from ontogeny.config.training import Schedule

__all__ = ["checkpoint_steps"]


def checkpoint_steps(schedule: Schedule) -> tuple[int, ...]:
    """Return the steps at which the network is stored.

    Step ``k`` is the network after ``k`` optimiser updates; step 0 is the initial network. Step 0
    and the last step are always there. Whether a step before the last is stored does not depend on
    the length of the run, so that a longer run passes through all checkpoints of a shorter one.

    Parameters
    ----------
    schedule : Schedule
        Its `checkpoints` have `per_decade` steps between 1 and 10, 10 and 100, ...:
        ``10^(i / per_decade)``, rounded, where points that round to the same step are one; and the
        multiples of `every`. 0 for none of either.

    Returns
    -------
    tuple of int
        Ascending, without repetition.

    Examples
    --------
    >>> from ontogeny.config.training import Checkpoints
    >>> checkpoint_steps(Schedule(steps=100, checkpoints=Checkpoints(per_decade=1, every=25)))
    (0, 1, 10, 25, 50, 75, 100)
    >>> checkpoint_steps(Schedule(steps=7, checkpoints=Checkpoints(per_decade=0, every=0)))
    (0, 7)
    """
    steps, kept = schedule.steps, schedule.checkpoints
    points = [np.array([0, steps])]
    if kept.per_decade:
        decades = np.arange(np.floor(np.log10(steps) * kept.per_decade) + 1) / kept.per_decade
        points.append(np.rint(10.0**decades))
    if kept.every:
        points.append(np.arange(kept.every, steps, kept.every))
    return tuple(int(step) for step in np.unique(np.concatenate(points)))
