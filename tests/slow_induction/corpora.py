"""What is known of a corpus: kinds of tokens, and predictions of a chain from counts."""

import numpy as np

__all__ = ["KINDS", "kinds_of_tokens", "predictor_loss"]

KINDS = ("new", "continuation", "break", "other")
"""Kinds of tokens that every corpus has."""


def kinds_of_tokens(sequences):
    """Tell tokens by what followed earlier copies of the token before."""
    n, length = sequences.shape[0], sequences.shape[1] - 1
    found = {name: np.zeros((n, length), bool) for name in KINDS}
    for s, x in enumerate(sequences):
        for i in range(length):
            followers = [x[j + 1] for j in range(i) if x[j] == x[i]]
            if not followers:
                kind = "new"
            elif x[i + 1] in followers:
                kind = "continuation"
            elif len(followers) >= 2 and len(set(followers)) == 1:
                kind = "break"
            else:
                kind = "other"
            found[kind][s, i] = True
    return found


def predictor_loss(sequences, states):
    """The mean loss at each index of predictions by no counts, by states, and by transitions."""
    n, length = sequences.shape[0], sequences.shape[1] - 1
    found = np.empty((3, n, length))
    for s, x in enumerate(sequences):
        for i in range(length):
            last, coming = x[i], x[i + 1]
            seen = [x[j] for j in range(1, i + 1)]
            after = [x[j + 1] for j in range(i) if x[j] == last]
            predicted = (
                1 / states,
                (seen.count(coming) + 1) / (len(seen) + states),
                (after.count(coming) + 1) / (len(after) + states),
            )
            found[:, s, i] = -np.log(predicted)
    return found.mean(axis=1)
