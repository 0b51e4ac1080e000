"""How a text is divided: its first part for training, its end for evaluation.

No dependence on NumPy, so that the configuration can ask before any job starts.
"""

__all__ = ["boundary", "shortage"]


def boundary(tokens: int, held_out: float) -> int:
    """Return how many tokens of a text are for training; those after them are held out.

    Parameters
    ----------
    tokens : int
        Of the whole text.
    held_out : float
        Share that is held out.
    """
    return round(tokens * (1 - held_out))


def shortage(
    tokens: int, windows: int, *, length: int, sequences: int, held_out: float
) -> str | None:
    """Return what a text is too short for, and the remedy; None when it is long enough.

    Parameters
    ----------
    tokens : int
        Of the whole text.
    windows : int
        Different windows of its held-out part.
    length, sequences : int
        Of the evaluation set.
    held_out : float
        Share that is held out.

    Returns
    -------
    str or None
        The end of a sentence that begins with the text.
    """
    training = boundary(tokens, held_out)
    kept = tokens - training
    if training < length:
        return (
            f"leaves {training} for training, where one window takes {length}; give more text, or "
            "lower `length` or `held_out`"
        )
    if kept < length:
        return (
            f"holds out {kept}, where one window takes {length}; give more text, lower `length` or "
            "raise `held_out`"
        )
    if windows < sequences:
        return (
            f"holds out {kept}; different windows of {length} tokens in these: {windows}, asked "
            f"for by `sequences`: {sequences}; lower `sequences` or `length`, give more text or "
            "raise `held_out`"
        )
    return None
