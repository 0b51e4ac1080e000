"""Which steps of a training run are stored."""

import numpy as np

__all__ = ["checkpoint_steps"]


def checkpoint_steps(steps: int, *, logarithmic: int, even: int) -> tuple[int, ...]:
    """Return the steps at which the network is stored.

    Step ``k`` is the network after ``k`` optimiser updates; step 0 is the initial network. Step 0
    and the last step are always there.

    Parameters
    ----------
    steps : int
        Number of updates of the whole run.
    logarithmic : int
        Number of points spaced evenly in the logarithm of the step, from 1 to `steps`. Points
        that round to the same step are one.
    even : int
        Number of points spaced evenly, the last of them at `steps`.

    Returns
    -------
    tuple of int
        Ascending, without repetition.

    Examples
    --------
    >>> checkpoint_steps(100, logarithmic=3, even=4)
    (0, 1, 10, 25, 50, 75, 100)
    >>> checkpoint_steps(7, logarithmic=0, even=0)
    (0, 7)
    """
    points = np.concatenate(
        [
            [0, steps],
            np.geomspace(1, steps, logarithmic),
            np.arange(1, even + 1) * (steps / max(even, 1)),
        ]
    )
    return tuple(int(step) for step in np.unique(np.rint(points)))
