"""How many pairs a preference model takes of each of its sets."""

from collections.abc import Sequence

from ontogeny.studies.rlhf.config import PreferenceTraining

__all__ = ["taken"]


def taken(spec: PreferenceTraining, counts: Sequence[int]) -> list[int]:
    """Return how many pairs a preference model takes of each of its sets.

    Parameters
    ----------
    spec : PreferenceTraining
    counts : sequence of int
        Pairs that each set has.

    Examples
    --------
    >>> taken(PreferenceTraining(pairs=10, last_share=0.3), [20, 20, 20])
    [4, 3, 3]
    """
    if spec.pairs is None:
        return list(counts)
    others, last = len(counts), 0
    if spec.last_share is not None:
        others, last = len(counts) - 1, round(spec.pairs * spec.last_share)
    each, more = divmod(spec.pairs - last, others)
    found = [each + (place < more) for place in range(others)]
    return found if spec.last_share is None else [*found, last]
