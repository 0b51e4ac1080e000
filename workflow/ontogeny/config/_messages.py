"""Refusals, and one clear message for all that is wrong."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

__all__ = ["ConfigurationError", "noted", "refuse"]


class ConfigurationError(ValueError):
    """The configuration breaks a rule; the message names every key, value and rule."""


@contextmanager
def noted(problems: list[str]) -> Iterator[None]:
    """Add the message of a refusal to `problems`, so that others can be found before `refuse`."""
    try:
        yield
    except ConfigurationError as error:
        problems.append(str(error))


def refuse(problems: Iterable[str]) -> None:
    """Raise one `ConfigurationError` that says each problem once; return when there is none."""
    lines = dict.fromkeys(line for problem in problems for line in problem.splitlines())
    if lines:
        raise ConfigurationError("\n".join(lines))
