"""What `evaluation.nc` holds: measures of one network, and of all checkpoints one after another."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from slow_induction.corpora import kinds_of_tokens
from slow_induction.network import cross_entropy, forward, heads_of, losses, without

__all__ = ["Checkpoint", "Given", "direct_logits", "evaluation", "score_of"]


class Given:
    """What every network is measured on: the evaluation set and the probes.

    Attributes
    ----------
    sequences : (N, T + 1) ndarray of int
    kinds : dict of str to (N, T) ndarray of bool
        Which tokens x_1 to x_T are of a kind that the corpus alone knows.
    repeated, single, halves : (10, ...) ndarray of int
    chosen : (N,) ndarray of int
    """

    def __init__(self, sequences, vocabulary, kinds):
        self.sequences = sequences.astype(int)
        self.kinds = kinds | kinds_of_tokens(self.sequences)
        length = sequences.shape[1] - 1
        usable = np.arange(1, vocabulary)
        if vocabulary >= 256:
            usable = np.arange(vocabulary // 3, vocabulary - vocabulary // 10)
        few, half = min(25, len(usable)), min(length // 2, len(usable))
        rng = np.random.default_rng(0)
        self.repeated = [[0, *4 * list(rng.permutation(usable)[:few])] for _ in range(10)]
        self.single = [rng.permutation(usable)[:few] for _ in range(10)]
        self.halves = [[0, *2 * list(rng.permutation(usable)[:half])] for _ in range(10)]
        self.repeated, self.single, self.halves = map(
            np.array, (self.repeated, self.single, self.halves)
        )
        self.chosen = rng.integers(0, length, size=len(sequences))


@dataclass
class Checkpoint:
    """A network and what it is measured on."""

    network: dict
    given: Given
    positions: str

    @cached_property
    def whole(self):
        """The pass over the evaluation set."""
        return forward(self.network, self.given.sequences[:, :-1], positions=self.positions)

    @cached_property
    def loss(self):
        """The loss of every token, (N, T)."""
        return losses(self.network, self.given.sequences, positions=self.positions)

    @cached_property
    def on_repeated(self):
        """The pass over the repeated sequences."""
        return self.on(self.given.repeated)

    @cached_property
    def on_single(self):
        """The pass over the single sequences."""
        return self.on(self.given.single)

    def on(self, tokens):
        """The pass over other tokens."""
        return forward(self.network, tokens, positions=self.positions)

    def loss_without(self, removed, *, preserving):
        """The loss of every token without some heads."""
        sequences = self.given.sequences
        found = without(
            self.network,
            sequences[:, :-1],
            removed,
            self.whole,
            preserving=preserving,
            positions=self.positions,
        )
        return cross_entropy(found.logits, sequences)


# Losses


def scores_of(loss):
    """The in-context learning score of each sequence."""
    length = loss.shape[1]
    late = loss[:, length - length // 6 :]
    early = loss[:, length // 12 : length // 6]
    return late.mean(axis=1) - early.mean(axis=1)


def score_of(loss):
    """The in-context learning score."""
    return scores_of(loss).mean()


def score_error(loss):
    """The standard error of the score over sequences."""
    scores = scores_of(loss)
    n = len(scores)
    return np.sqrt(sum((each - scores.mean()) ** 2 for each in scores) / (n - 1)) / np.sqrt(n)


def chosen(loss, given):
    """The loss at one index of each sequence."""
    return np.array([loss[s, i] for s, i in enumerate(given.chosen)])


def class_loss(loss, given, kind):
    """The mean loss over the tokens of a kind."""
    return mean_or_nan(loss[given.kinds[kind]])


def half_loss(checkpoint):
    """The mean loss over the first and over the second copy."""
    loss = losses(checkpoint.network, checkpoint.given.halves, positions=checkpoint.positions)
    half = loss.shape[1] // 2
    return [loss[:, :half].mean(), loss[:, half:].mean()]


# Attention and results


def matching(checkpoint, offset):
    """How much each head attends to the tokens at an offset from earlier copies."""
    attended = []
    for s, x in enumerate(checkpoint.given.repeated):
        for i in range(len(x)):
            copies = [j for j in range(i) if x[j] == x[i]]
            if copies:
                attended.append((s, i, [c + offset for c in copies if 0 <= c + offset <= i]))
    found = {}
    for at, attention in checkpoint.on_repeated.attention.items():
        found[at] = np.mean([attention[s, i, near].sum() for s, i, near in attended])
    return as_array(found)


def previous_token(checkpoint):
    """How much each head attends to the token before."""
    found = {}
    for at in heads_of(checkpoint.network):
        attention = checkpoint.whole.attention[at][:10]
        length = attention.shape[-1]
        found[at] = np.mean([attention[:, i, i - 1] for i in range(1, length)])
    return as_array(found)


def copying(checkpoint, *, strongest):
    """How much each head raises the logits of the tokens that it attends to."""
    sequences, found = checkpoint.given.single, {}
    whole = checkpoint.on_single
    for at in heads_of(checkpoint.network):
        raised = np.maximum(direct_logits(checkpoint.network, whole.results[at]), 0)
        scores = []
        for s, x in enumerate(sequences):
            attention, copied, total = whole.attention[at][s], 0.0, 0.0
            for i in range(len(x)):
                total += raised[s, i, x].sum()
                if strongest:
                    copied += raised[s, i, x[np.argmax(attention[i, : i + 1])]]
                else:
                    copied += sum(attention[i, j] * raised[s, i, x[j]] for j in range(i + 1))
            scores.append(2 * (copied / total if total > 0 else 0) - 1)
        found[at] = np.mean(scores)
    return as_array(found)


def direct_logits(network, result):
    """The logits that results give by the direct path, without the deviation of the stream."""
    centred = result - result.mean(axis=-1, keepdims=True)
    logits = centred @ np.diag(network["gain_final"]) @ network["W_U"]
    return logits - logits.mean(axis=-1, keepdims=True)


# Weights


def folded(network):
    """The folded weights: multiplied by the gains, minus their means over the stream."""
    found = dict(network)
    for name in ("W_Q", "W_K", "W_V"):
        found[name] = np.array(network[name])
        for layer, head in heads_of(network):
            found[name][layer, head] = reading(network["gain"][layer], network[name][layer, head])
    found["W_U"] = reading(network["gain_final"], network["W_U"])
    found["W_O"] = network["W_O"] - network["W_O"].mean(axis=-1, keepdims=True)
    return found


def reading(gain, matrix):
    """A matrix that reads the stream through a normalisation."""
    scaled = np.diag(gain) @ matrix
    return scaled - scaled.mean(axis=0)


def qk(network, at):
    """The (d, d) matrix between the stream of the query and the stream of the key."""
    return network["W_Q"][at] @ network["W_K"][at].T


def ov(network, at):
    """The (d, d) matrix from the stream of the key to the stream of the query."""
    return network["W_V"][at] @ network["W_O"][at]


def ov_eigenvalue(network):
    """The sum of the eigenvalues of all paths from token to logit, by that of their moduli."""
    network, found = folded(network), {}
    for at in heads_of(network):
        values = np.linalg.eigvals(network["W_E"] @ ov(network, at) @ network["W_U"])
        total = np.abs(values).sum()
        found[at] = values.sum().real / total if total > 0 else 0
    return as_array(found)


def qk_trace(network, previous):
    """How well a query matches the key of its own token, moved by earlier previous-token heads."""
    network, found = folded(network), {}
    w_e = network["W_E"]
    for at in heads_of(network):
        earlier = [each for each in heads_of(network) if each[0] < at[0]]
        found[at] = np.nan
        if earlier:
            found[at] = sum(
                previous[k] * np.trace(w_e @ qk(network, at) @ ov(network, k).T @ w_e.T)
                for k in earlier
            )
    return as_array(found)


def composition(network):
    """The key, query and value composition of every pair of heads, (3, heads, heads)."""
    network = folded(network)
    heads = heads_of(network)
    found = np.full((3, len(heads), len(heads)), np.nan)
    for a, earlier in enumerate(heads):
        for b, later in enumerate(heads):
            if earlier[0] < later[0]:
                first, second = ov(network, earlier), ov(network, later)
                pattern = qk(network, later)
                found[:, a, b] = [
                    relative_norm(pattern, first.T),
                    relative_norm(first, pattern),
                    relative_norm(first, second),
                ]
    return found


def relative_norm(x, y):
    """The norm of a product by the product of the norms."""
    return np.linalg.norm(x @ y) / (np.linalg.norm(x) * np.linalg.norm(y))


def random_composition(d, e):
    """Mean and standard deviation of the composition of 2,000 pairs of random heads."""
    rng, found = np.random.default_rng(0), []
    for _ in range(2000):
        draw = rng.standard_normal((4, d, e))
        a, b, c, h = (each - each.mean(axis=0) for each in draw)
        found.append(relative_norm(a @ b.T, c @ h.T))
    return np.mean(found), np.std(found)


# Everything


def evaluation(networks, given, *, positions, kinds):
    """Return every variable of `evaluation.nc` of some checkpoints.

    Parameters
    ----------
    networks : list of dict of str to ndarray
    given : Given
    positions : {"all", "first"}
    kinds : list of str

    Returns
    -------
    dict of str to ndarray
    """
    each = []
    for network in networks:
        checkpoint = Checkpoint(network, given, positions)
        each.append(measures(checkpoint, kinds))
    found = {name: np.array([one[name] for one in each]) for name in each[0]}
    d, e = networks[0]["W_Q"].shape[-2:]
    found["composition_baseline"], found["composition_deviation"] = random_composition(d, e)
    return found | {"chosen_index": given.chosen}


def measures(checkpoint, kinds):
    """Return every measure of one network."""
    network, given, loss = checkpoint.network, checkpoint.given, checkpoint.loss
    previous = previous_token(checkpoint)
    removed = {
        (kind, at): checkpoint.loss_without([at], preserving=kind == "pattern-preserving")
        for kind in ("full", "pattern-preserving")
        for at in heads_of(network)
    }
    shape = (2, *network["W_Q"].shape[:2])
    return {
        "loss": loss.mean(),
        "index_loss": loss.mean(axis=0),
        "sequence_loss": loss.mean(axis=1),
        "sequence_score": scores_of(loss),
        "score": score_of(loss),
        "score_error": score_error(loss),
        "chosen_loss": chosen(loss, given),
        "class_loss": [class_loss(loss, given, kind) for kind in kinds],
        "example_loss": loss[0],
        "half_loss": half_loss(checkpoint),
        "matching": [matching(checkpoint, offset) for offset in (1, 0, -1)],
        "previous_token": previous,
        "copying": copying(checkpoint, strongest=False),
        "copying_strongest": copying(checkpoint, strongest=True),
        "ov_eigenvalue": ov_eigenvalue(network),
        "qk_trace": qk_trace(network, previous),
        "composition_score": composition(network),
        "ablated_loss": np.reshape([one.mean() for one in removed.values()], shape),
        "ablated_score": np.reshape([score_of(one) for one in removed.values()], shape),
        "ablated_chosen_loss": np.reshape(
            [chosen(one, given) for one in removed.values()], (*shape, len(loss))
        ),
    }


def as_array(by_head):
    """Turn values by head into a (layers, heads) array."""
    layers, heads = np.max(list(by_head), axis=0) + 1
    return np.array([[by_head[layer, head] for head in range(heads)] for layer in range(layers)])


def mean_or_nan(values):
    """The mean, which does not exist of nothing."""
    return values.mean() if values.size else np.nan
