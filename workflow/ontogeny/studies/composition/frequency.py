"""The frequency that an irrep of residues has, by its name."""

__all__ = ["frequency_of"]


def frequency_of(name: str) -> int | None:
    """Return the frequency that an irrep is named by; None of any other.

    Examples
    --------
    >>> frequency_of("freq_3"), frequency_of("standard")
    (3, None)
    """
    frequency = name.removeprefix("freq_")
    return int(frequency) if frequency != name and frequency.isdecimal() else None
