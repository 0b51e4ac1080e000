"""Whether the noise of labels depends on the comment."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ontogeny.ranking._comments import Array, mask_of, scores_of


def noise_by_score(
    score: ArrayLike, wrong: ArrayLike, bins: int
) -> tuple[Array, NDArray[np.int64]]:
    """Return the share of wrong labels in bins of the same number of comments, by score.

    Comments are in ascending order of the score, and where it is the same in the order in which
    they are given, so that equal scores may lie in two bins. When the number of comments is not a
    multiple of the number of bins, the first bins have one comment more.

    Parameters
    ----------
    score : (N,) array_like
        Such as that of a network trained on true labels.
    wrong : (N,) array_like of bool
        Whether the label of the rater differs from the true one.
    bins : int
        At least 1.

    Returns
    -------
    share : (bins,) ndarray
        From the lowest scores to the highest; NaN in a bin without comments.
    count : (bins,) ndarray of int
        Comments in each bin.

    Raises
    ------
    ValueError
        When shapes do not match, a score is NaN, a value of `wrong` neither 1 nor 0, or there is no
        bin.

    Examples
    --------
    >>> share, count = noise_by_score([0.1, 0.9, 0.2, 0.8, 0.3], [0, 1, 0, 1, 1], 2)
    >>> share.round(3), count
    (array([0.333, 1.   ]), array([3, 2]))
    """
    scores = scores_of(score)
    mistaken = mask_of("wrong", wrong, scores.shape)
    if bins < 1:
        msg = f"{bins} bins: at least 1"
        raise ValueError(msg)
    each, more = divmod(scores.size, bins)
    count = np.full(bins, each, dtype=np.int64)
    count[:more] += 1
    place = np.repeat(np.arange(bins), count)
    errors = np.bincount(place, mistaken[np.argsort(scores, kind="stable")], minlength=bins)
    share = np.full(bins, np.nan)
    return np.divide(errors, count, out=share, where=count > 0), count
