"""Which steps of a training run are stored."""

import numpy as np

__all__ = ["checkpoint_steps"]


def checkpoint_steps(steps: int, *, per_decade: int, every: int) -> tuple[int, ...]:
    """Return the steps at which the network is stored.

    Step ``k`` is the network after ``k`` optimiser updates; step 0 is the initial network. Step 0
    and the last step are always there. Whether a step before the last is stored does not depend on
    the length of the run, so that a longer run passes through all checkpoints of a shorter one.

    Parameters
    ----------
    steps : int
        Number of updates of the whole run.
    per_decade : int
        Number of steps between 1 and 10, 10 and 100, ... that are spaced evenly in their logarithm:
        ``10^(i / per_decade)``, rounded. Points that round to the same step are one. 0 for none.
    every : int
        Distance of the steps on an even grid. 0 for none.

    Returns
    -------
    tuple of int
        Ascending, without repetition.

    Examples
    --------
    >>> checkpoint_steps(100, per_decade=1, every=25)
    (0, 1, 10, 25, 50, 75, 100)
    >>> checkpoint_steps(7, per_decade=0, every=0)
    (0, 7)
    """
    points = [np.array([0, steps])]
    if per_decade:
        decades = np.arange(np.floor(np.log10(steps) * per_decade) + 1) / per_decade
        points.append(np.rint(10.0**decades))
    if every:
        points.append(np.arange(every, steps, every))
    return tuple(int(step) for step in np.unique(np.concatenate(points)))
