"""What `analysis.nc` holds: when a run changes, what its heads are, and what it is without them."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from slow_induction.checkpoints import Checkpoint, Given, direct_logits, score_of
from slow_induction.network import cross_entropy, forward, heads_of, losses

__all__ = ["Course", "analysis", "at_step", "envelope", "ranges", "slopes", "smoothed", "window"]

INDUCTION, PREVIOUS = 2, 1


@dataclass
class Course:
    """A run: its steps, its final checkpoint, and its measures along the steps.

    Attributes
    ----------
    steps : (S,) ndarray of int
    measured : dict of str to ndarray
        The variables of `evaluation.nc`.
    network : dict of str to ndarray
        That of the last step.
    given : Given
    positions : {"all", "first"}
    warm_up : int
    prefix_matching, previous_token, least_fall : float
        Thresholds.
    """

    steps: np.ndarray
    measured: dict
    network: dict
    given: Given
    positions: str
    warm_up: int
    prefix_matching: float = 0.3
    previous_token: float = 0.3
    least_fall: float = 0.15

    @property
    def last(self):
        """The final checkpoint."""
        return Checkpoint(self.network, self.given, self.positions)


def at_step(steps, step):
    """The index of the last checkpoint at or before a step; None if all come later."""
    earlier = [k for k in range(len(steps)) if steps[k] <= step]
    return earlier[-1] if earlier else None


# Curves


def smoothed(values):
    """The median of three, then the mean of five, with the values at both ends repeated."""
    for width, middle in ((3, np.median), (5, np.mean)):
        reach = width // 2
        padded = [values[0]] * reach + list(values) + [values[-1]] * reach
        values = [middle(padded[k : k + width]) for k in range(len(values))]
    return np.array(values)


def slopes(values, steps):
    """The slope with ln step: second order inside, one-sided at both ends."""
    x, n = np.log(steps), len(steps)
    if n < 2:
        return np.full(n, np.nan)
    found = np.empty(n)
    found[0] = (values[1] - values[0]) / (x[1] - x[0])
    found[-1] = (values[-1] - values[-2]) / (x[-1] - x[-2])
    for k in range(1, n - 1):
        parabola = np.polyfit(x[k - 1 : k + 2] - x[k], values[k - 1 : k + 2], 2)
        found[k] = parabola[1]
    return found


def window(steps, score, *, warm_up, least_fall):
    """The start and the end of the phase change, and the fall of the score inside."""
    late = steps > warm_up
    curve, x = smoothed(score)[late], steps[late]
    nothing = (np.nan, np.nan, np.nan)
    if len(x) < 3:
        return nothing
    slope = slopes(curve, x)
    steepest = int(np.argmin(slope))
    if slope[steepest] >= 0:
        return nothing
    first, last = max(
        (
            (a, b)
            for a in range(steepest + 1)
            for b in range(steepest, len(x))
            if np.all(slope[a : b + 1] < slope[steepest] / 4)
        ),
        key=lambda run: run[1] - run[0],
    )
    fall = curve[first] - curve[last]
    return (x[first], x[last], fall) if fall >= least_fall else nothing


def middle_crossing(steps, values):
    """The first step at which a curve crosses the mean of its first and its last value."""
    if values[0] == values[-1]:
        return np.nan
    level = (values[0] + values[-1]) / 2
    sign = np.sign(values[-1] - values[0])
    for k in range(len(values) - 1):
        low, high = sign * (values[k] - level), sign * (values[k + 1] - level)
        if low < 0 <= high:
            return steps[k] + (steps[k + 1] - steps[k]) * low / (low - high)
    return np.nan


def envelope(x, y):
    """The greatest convex function below points: at each the lowest chord over it."""
    found = np.array(y, float)
    for k in range(len(x)):
        for i in range(k):
            for j in range(k + 1, len(x)):
                chord = y[i] + (y[j] - y[i]) * (x[k] - x[i]) / (x[j] - x[i])
                found[k] = min(found[k], chord)
    return found


def bump(steps, loss, *, warm_up):
    """The largest excess of ln loss over its convex envelope in ln step, and its step."""
    late = steps > warm_up
    if late.sum() < 3:
        return 0.0, np.nan
    y, x = np.log(smoothed(loss)[late]), np.log(steps[late])
    excess = y - envelope(x, y)
    return excess.max(), steps[late][np.argmax(excess)]


def learning_slope(steps, loss):
    """The slope of the loss with ln step after step 0."""
    found = np.full(len(steps), np.nan)
    found[steps > 0] = slopes(loss[steps > 0], steps[steps > 0])
    return found


def centres(length):
    """The centres of the bins of the context index."""
    found = []
    while 2 ** (1 + len(found) / 8) <= length / 2:
        found.append(2 ** (1 + len(found) / 8))
    return found


def context_slope(index_loss, centre):
    """The slope of the loss with ln index within an octave to each side."""
    within = [i for i in range(1, len(index_loss) + 1) if centre / 2 <= i <= 2 * centre]
    return np.polyfit(np.log(within), [index_loss[i - 1] for i in within], 1)[0]


def ranges(length):
    """The first and the last index of each range, counted from 1."""
    ends, k = set(), 0
    while length / 2 ** (k / 2) >= 1:
        ends.add(int(np.floor(length / 2 ** (k / 2))))
        k += 1
    ends = [0, *sorted(ends)]
    return [(ends[k] + 1, ends[k + 1]) for k in range(len(ends) - 1)]


def range_loss(index_loss):
    """The mean loss of each range."""
    return [index_loss[first - 1 : last].mean() for first, last in ranges(len(index_loss))]


# Heads


def kinds_of_heads(course):
    """The kind of each head at the final checkpoint."""
    found, measured = {}, course.measured
    for at in heads_of(course.network):
        copies = measured["ov_eigenvalue"][-1][at] > 0
        if measured["matching"][-1][0][at] > course.prefix_matching and copies:
            found[at] = INDUCTION
        elif measured["previous_token"][-1][at] > course.previous_token:
            found[at] = PREVIOUS
        else:
            found[at] = 0
    return found


def sets_of_heads(kinds):
    """The sets of heads of each name; several of the same size for `as many others`."""
    induction = [at for at in kinds if kinds[at] == INDUCTION]
    others = [at for at in kinds if kinds[at] != INDUCTION]
    size = min(len(induction), len(others))
    as_many = list(combinations(others, size))
    if len(as_many) > 10:
        rng, as_many = np.random.default_rng(0), []
        while len(as_many) < 10:
            drawn = {others[k] for k in rng.permutation(len(others))[:size]}
            if drawn not in as_many:
                as_many.append(drawn)
    return {
        "induction": [induction],
        "as many others": as_many,
        "all others": [others],
        "previous-token": [[at for at in kinds if kinds[at] == PREVIOUS]],
    }


def loss_of_removal(checkpoint, removed, removal):
    """The loss of every token without a set of heads, by a method of removal."""
    if removal != "mean":
        return checkpoint.loss_without(removed, preserving=removal == "pattern-preserving")
    whole, sequences = checkpoint.whole, checkpoint.given.sequences
    means = {at: whole.results[at].mean(axis=(0, 1)) for at in removed}
    found = forward(
        checkpoint.network,
        sequences[:, :-1],
        patterns=whole.attention,
        results=means,
        positions=checkpoint.positions,
    )
    return cross_entropy(found.logits, sequences)


def removals(checkpoint, kinds):
    """The score and the loss for each method of removal and each name of a set of heads."""
    found = []
    for removal in ("full", "pattern-preserving", "mean"):
        for sets in sets_of_heads(kinds).values():
            if not sets[0]:
                found.append((np.nan, np.nan))
                continue
            each = [loss_of_removal(checkpoint, removed, removal) for removed in sets]
            found.append((np.mean([score_of(loss) for loss in each]), np.mean(each)))
    return np.reshape(found, (3, 4, 2))


def idealised_loss(checkpoint, kinds):
    """The loss if previous-token heads attend to exactly the token before."""
    previous = [at for at in kinds if kinds[at] == PREVIOUS]
    if not previous:
        return np.nan
    how = {"previous": previous, "positions": checkpoint.positions}
    return losses(checkpoint.network, checkpoint.given.sequences, **how).mean()


def projection(course, start, end):
    """The change of the chosen losses without a head, along that inside the window."""
    chosen = course.measured["chosen_loss"]
    without = course.measured["ablated_chosen_loss"][:, 1]
    found = np.full(without.shape[:3], np.nan)
    if np.isnan(start):
        return found
    along = chosen[at_step(course.steps, end)] - chosen[at_step(course.steps, start)]
    unit = along / np.sqrt(sum(each**2 for each in along))
    for step, layer, head in np.ndindex(found.shape):
        change = without[step, layer, head] - chosen[step]
        found[step, layer, head] = sum(a * b for a, b in zip(change, unit, strict=True))
    return found


def composition_excess(course, kinds):
    """The key composition of previous-token with induction heads, beyond that of random heads."""
    heads = list(kinds)
    key = course.measured["composition_score"][-1][0]
    pairs = [
        key[heads.index(earlier), heads.index(later)]
        for earlier in heads
        for later in heads
        if kinds[earlier] == PREVIOUS and kinds[later] == INDUCTION and earlier[0] < later[0]
    ]
    if not pairs:
        return np.nan
    deviation = course.measured["composition_deviation"]
    return (np.mean(pairs) - course.measured["composition_baseline"]) / deviation


def correlation(x, y):
    """Pearson's correlation where both exist; NaN if one is the same everywhere."""
    both = [(a, b) for a, b in zip(x.ravel(), y.ravel(), strict=True) if not np.isnan(a + b)]
    if not both:
        return np.nan
    x, y = (values - np.mean(values) for values in np.transpose(both))
    norms = np.sqrt((x**2).sum() * (y**2).sum())
    return (x * y).sum() / norms if norms > 0 else np.nan


def attribution(checkpoint):
    """What each head adds to the logit of each next token of the example by the direct path."""
    example, whole = checkpoint.given.sequences[0], checkpoint.whole
    layers, heads = checkpoint.network["W_Q"].shape[:2]
    found = np.empty((layers, heads, len(example) - 1))
    for layer, head, i in np.ndindex(found.shape):
        logits = direct_logits(checkpoint.network, whole.results[layer, head][0, i])
        deviation = np.sqrt(np.var(whole.stream[0, i]) + 1e-5)
        found[layer, head, i] = logits[example[i + 1]] / deviation
    return found


# Figures


def followed(example):
    """Whether a token came directly after an earlier copy of another."""
    n = len(example)
    found = np.zeros((n, n), bool)
    for i in range(n):
        for j in range(1, i + 1):
            found[i, j] = example[j - 1] == example[i] and j - 1 < i
    return found


def traced(change, attention):
    """The attended token and the query of the example whose loss fell with attention to it."""
    pairs = [(i, j) for i in range(len(attention)) for j in range(1, i - 7)]
    i, j = max(pairs, key=lambda pair: -change[pair[0]] * attention[pair])
    return j, i


def shown_heads(measured):
    """The heads with the largest previous-token score and the largest prefix matching."""
    scores = measured["previous_token"][-1], measured["matching"][-1][0]
    return [np.unravel_index(np.argmax(each), each.shape) for each in scores]


def what_figures_show(course, before):
    """Return the strongest heads, their attention, and the example, given the moment before."""
    measured, last = course.measured, course.last
    shown = [tuple(map(int, at)) for at in shown_heads(measured)]
    change = measured["example_loss"][-1] - measured["example_loss"][before]
    example = last.given.sequences[0]
    few = min(96, len(example) - 1)
    on_example = [last.whole.attention[at][0, :few, :few] for at in shown]
    return {
        "shown": shown,
        "attention": [last.on_repeated.attention[at][0] for at in shown],
        "example": example[1:],
        "example_attention": on_example,
        "example_change": change,
        "traced": traced(change, on_example[1]),
        "followed": followed(example[:few]),
    }


# Everything


def analysis(course):
    """Return every variable of `analysis.nc`.

    Parameters
    ----------
    course : Course

    Returns
    -------
    dict of str to ndarray
    """
    steps, measured, last = course.steps, course.measured, course.last
    start, end, fall = window(
        steps, measured["score"], warm_up=course.warm_up, least_fall=course.least_fall
    )
    before = at_step(steps, course.warm_up if np.isnan(start) else start) or 0
    prefix = [each[0].max() for each in measured["matching"]]
    height, bump_step = bump(steps, measured["loss"], warm_up=course.warm_up)
    index_loss = measured["index_loss"]
    kinds = kinds_of_heads(course)
    removed = removals(last, kinds)
    found = {
        "window_start": start,
        "window_end": end,
        "window_fall": fall,
        "warm_up": course.warm_up,
        "moment_step": [steps[before], steps[-1]],
        "best_prefix": prefix,
        "best_previous": [each.max() for each in measured["previous_token"]],
        "prefix_middle": middle_crossing(steps, prefix),
        "bump_height": height,
        "bump_step": bump_step,
        "learning_slope": learning_slope(steps, measured["loss"]),
        "context_bin": centres(index_loss.shape[1]),
        "index_range": [first for first, _ in ranges(index_loss.shape[1])],
        "context_slope": [
            [context_slope(row, centre) for centre in centres(len(row))] for row in index_loss
        ],
        "range_loss": [range_loss(row) for row in index_loss],
        "head_kind": np.reshape(list(kinds.values()), course.network["W_Q"].shape[:2]),
        "removed_score": removed[..., 0],
        "removed_loss": removed[..., 1],
        "idealised_loss": idealised_loss(last, kinds),
        "projection": projection(course, start, end),
        "composition_excess": composition_excess(course, kinds),
        "evaluator_correlation": [
            correlation(measured["copying"], measured["ov_eigenvalue"]),
            correlation(measured["matching"][:, 0], measured["qk_trace"]),
        ],
        "attribution": attribution(last),
    } | what_figures_show(course, before)
    return {name: np.asarray(values) for name, values in found.items()}
