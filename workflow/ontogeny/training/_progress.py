"""Progress of a running training job, one line every few seconds."""

import logging
import time
from collections.abc import Mapping

from ontogeny.training._measures import Quantity
from ontogeny.training._state import State

__all__ = ["ProgressLog"]


class ProgressLog:
    """Write step, losses, speed and time left to a logger, at most once per `interval` seconds.

    Parameters
    ----------
    logger : logging.Logger
        Where the lines go.
    steps : int
        Updates of the whole run.
    shown : mapping of str to Quantity
        What is shown of the last evaluation, by the word before it.
    interval : float
        Seconds between two lines.
    """

    def __init__(
        self,
        logger: logging.Logger,
        *,
        steps: int,
        shown: Mapping[str, Quantity],
        interval: float = 3.0,
    ) -> None:
        self._logger = logger
        self._steps = steps
        self._shown = shown
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
        evaluation = state.evaluations[-1]
        shown = ", ".join(f"{word} {each.of(evaluation):.3g}" for word, each in self._shown.items())
        self._logger.info(
            "step %d of %d | training loss %.3g | at step %d: %s | %.0f steps/s | %.0f s left",
            state.step, self._steps, state.step_loss[-1], state.steps[-1], shown, rate, left,
        )  # fmt: skip
