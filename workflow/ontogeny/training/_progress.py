"""Progress of a running training job, one line every few seconds."""

import logging
import time

from ontogeny.training._loop import State

__all__ = ["ProgressLog"]


class ProgressLog:
    """Write step, losses, speed and time left to a logger, at most once per `interval` seconds.

    Parameters
    ----------
    logger : logging.Logger
        Where the lines go.
    steps : int
        Updates of the whole run.
    interval : float
        Seconds between two lines.
    """

    def __init__(self, logger: logging.Logger, *, steps: int, interval: float = 3.0) -> None:
        self._logger = logger
        self._steps = steps
        self._interval = interval
        self._since: tuple[float, int] | None = None
        self._written = 0.0

    def __call__(self, state: State) -> None:
        """Report a state if the last line is old enough."""
        now = time.monotonic()
        if self._since is None:
            self._since = now, state.step
            self._written = now
        if now - self._written < self._interval and state.step < self._steps:
            return
        self._written = now
        start, first = self._since
        rate = (state.step - first) / max(now - start, 1e-3)
        left = (self._steps - state.step) / max(rate, 1e-3)
        losses = ", ".join(
            f"{split} {loss:.3g}" for split, (loss, _) in state.evaluations[-1].items()
        )
        self._logger.info(
            "step %d of %d | training loss %.3g | at step %d: %s | %.0f steps/s | %.0f s left",
            state.step, self._steps, state.step_loss[-1], state.steps[-1], losses, rate, left,
        )  # fmt: skip
