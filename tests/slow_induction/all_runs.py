"""What `comparison.nc` holds: every run beside its one-layer run and others on its corpus."""

from dataclasses import dataclass

import numpy as np

from slow_induction.one_run import INDUCTION, PREVIOUS, Course, at_step, ranges

__all__ = ["Experiment", "comparison", "departure", "turn_of"]


@dataclass
class Experiment:
    """A run of the study.

    Attributes
    ----------
    course : Course
    found : dict of str to ndarray
        The variables of its `analysis.nc`.
    kinds : list of str
        Kinds of tokens of its corpus.
    corpus : str
    seed, layers, updates : int
    plain : bool
        Whether it is attention-only without smeared keys.
    """

    course: Course
    found: dict
    kinds: list
    corpus: str
    seed: int
    layers: int
    updates: int
    plain: bool

    @property
    def changes(self):
        """Whether it has a window."""
        return not np.isnan(self.found["window_start"])

    def of(self, name, step=np.inf):
        """A variable of `evaluation.nc` at the checkpoint of a step; None where there is none."""
        k = at_step(self.course.steps, step)
        return None if k is None else self.course.measured[name][k]

    def heads(self, kind):
        """The heads of a kind."""
        return [at for at in np.ndindex(self.found["head_kind"].shape) if self.kind(at) == kind]

    def kind(self, at):
        """The kind of a head."""
        return self.found["head_kind"][at]


def one_layer_run(run, runs):
    """The plain run of one layer that a run is compared with; None if its corpus has none."""
    plain = [r for r in runs if r.plain and r.layers == 1 and r.corpus == run.corpus]
    return next((r for r in plain if r.seed == run.seed), plain[0] if plain else None)


# One run


def single(run):
    """The quantities of a run that need no other run."""
    found, warm_up = run.found, run.course.warm_up
    start, end = found["window_start"], found["window_end"]
    prefix = found["best_prefix"]
    at_start = at_step(run.course.steps, start) if run.changes else None
    twice = run.of("score", 2 * warm_up)
    copying_correlation, matching_correlation = found["evaluator_correlation"]
    same = {
        name: found[name]
        for name in (
            "window_start", "window_end", "window_fall", "prefix_middle", "bump_height",
            "bump_step", "composition_excess",
        )
    }  # fmt: skip
    return same | {
        "window_middle": (start + end) / 2,
        "middles_apart": abs((start + end) / 2 - found["prefix_middle"]) / run.updates,
        "final_score": run.of("score"),
        "final_loss": run.of("loss"),
        "prefix_after": prefix[-1],
        "prefix_before": np.nan if at_start is None else prefix[at_start],
        "score_change": np.nan if twice is None else twice - run.of("score"),
        "induction_heads": len(run.heads(INDUCTION)),
        "previous_heads": len(run.heads(PREVIOUS)),
        "ov_eigenvalue": mean_over_induction(run, "ov_eigenvalue"),
        "copying": mean_over_induction(run, "copying"),
        "qk_trace": mean_over_induction(run, "qk_trace"),
        "projection": largest_projection(run),
        "least_single": least_single(run),
        "largest_other": largest_other(run),
        "copying_correlation": copying_correlation,
        "matching_correlation": matching_correlation,
        "idealised_share": idealised_share(run),
        "gain_before": gain(run, start if run.changes else 2 * warm_up),
        "gain_after": gain(run, np.inf),
        "continuation_change": class_change(run, "continuation"),
        "break_change": class_change(run, "first use" if "first use" in run.kinds else "break"),
        "repeat_share": repeat_share(run),
    }


def mean_over_induction(run, name):
    """The mean of a score over the induction heads that have one."""
    values = [run.of(name)[at] for at in run.heads(INDUCTION)]
    values = [value for value in values if not np.isnan(value)]
    return np.mean(values) if values else np.nan


def largest_projection(run):
    """The largest mean projection of an induction head from the end of the window on."""
    steps, projection = run.course.steps, run.found["projection"]
    late = [k for k in range(len(steps)) if steps[k] >= run.found["window_end"]]
    means = [np.mean([projection[k][at] for k in late]) for at in run.heads(INDUCTION) if late]
    return max(means, default=np.nan)


def changes_without(run, heads):
    """The change of the score without each of some heads, patterns preserved."""
    return [run.of("ablated_score")[1][at] - run.of("score") for at in heads]


def least_single(run):
    """The least change of the score without one induction head."""
    return min(changes_without(run, run.heads(INDUCTION)), default=np.nan)


def largest_other(run):
    """The largest change of the score without one head that is not an induction head."""
    others = [*run.heads(PREVIOUS), *run.heads(0)]
    return max(map(abs, changes_without(run, others)), default=np.nan)


def idealised_share(run):
    """The share of what previous-token heads save that exact attention saves."""
    none = run.found["removed_loss"][0, 3]
    return (none - run.found["idealised_loss"]) / (none - run.of("loss"))


def gain(run, step):
    """How much less the loss is on the second copy of random tokens than on the first."""
    halves = run.of("half_loss", step)
    return np.nan if halves is None else halves[0] - halves[1]


def class_change(run, kind):
    """The loss of a kind of tokens at the end minus that at the start of the window."""
    if not run.changes:
        return np.nan
    k = run.kinds.index(kind)
    return run.of("class_loss")[k] - run.of("class_loss", run.found["window_start"])[k]


def repeat_share(run):
    """The share of tokens that repeat a phrase."""
    kinds = run.course.given.kinds
    return kinds["repeat"].mean() if "repeat" in kinds else np.nan


# A run and its one-layer run


def departure(run, other):
    """The step from which a run has, for good, a smaller loss than another by three errors."""
    steps = run.course.steps
    if other is None or other is run or not np.array_equal(steps, other.course.steps):
        return np.nan
    found = np.nan
    for k in reversed(range(len(steps))):
        less = other.course.measured["sequence_loss"][k] - run.course.measured["sequence_loss"][k]
        error = np.std(less, ddof=1) / np.sqrt(len(less))
        if steps[k] <= run.course.warm_up or not less.mean() > 3 * error:
            break
        found = steps[k]
    return found


LOST = {
    "induction_lost": ("pattern-preserving", "induction"),
    "as_many_lost": ("pattern-preserving", "as many others"),
    "others_lost": ("pattern-preserving", "all others"),
    "induction_mean_lost": ("mean", "induction"),
    "previous_full_lost": ("full", "previous-token"),
    "previous_preserved_lost": ("pattern-preserving", "previous-token"),
}
REMOVALS = ("full", "pattern-preserving", "mean")
SETS = ("induction", "as many others", "all others", "previous-token")


def beside(run, other):
    """The quantities of a run beside its one-layer run."""
    found = {"departure": departure(run, other), "relative_score": np.nan}
    found |= dict.fromkeys(LOST, np.nan)
    if other is None:
        return found
    score, base = run.of("score"), other.of("score")
    found["relative_score"] = score - base
    if run.heads(INDUCTION) and score < base:
        for name, (removal, heads) in LOST.items():
            removed = run.found["removed_score"][REMOVALS.index(removal), SETS.index(heads)]
            found[name] = (removed - score) / (base - score)
    return found


# All runs of a corpus


def window_to_show(run, runs):
    """The window of a run, or the mean one of plain two-layer runs on its corpus."""
    if run.changes:
        return run.found["window_start"], run.found["window_end"]
    windows = [
        (r.found["window_start"], r.found["window_end"])
        for r in runs
        if r.plain and r.layers == 2 and r.corpus == run.corpus and r.changes
    ]
    return np.mean(windows, axis=0) if windows else (np.nan, np.nan)


def paths(runs):
    """The path of each run of one corpus in the plane of the first two principal components."""
    losses = np.concatenate([run.course.measured["chosen_loss"] for run in runs])
    centred = losses - losses.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    found = centred @ vectors[:, [-1, -2]]
    for c in range(2):
        if found[np.argmax(np.abs(found[:, c])), c] < 0:
            found[:, c] *= -1
    ends = np.cumsum([len(run.course.steps) for run in runs])
    return np.split(found, ends[:-1])


def turn_of(path, steps, corners):
    """The angle between two segments of a path, given the steps of its three corners."""
    a, b, c = (path[np.argmin(np.abs(steps - step))] for step in corners)
    if np.array_equal(a, b) or np.array_equal(b, c):
        return np.nan
    cosine = np.dot(b - a, c - b) / (np.linalg.norm(b - a) * np.linalg.norm(c - b))
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def turn(run, path, runs):
    """The turn of the path of a run at its window."""
    start, end = window_to_show(run, runs)
    if np.isnan(start):
        return np.nan
    return turn_of(path, run.course.steps, (run.course.warm_up, start, end))


def moments(run, runs):
    """The loss of every index before and after."""
    start, _ = window_to_show(run, runs)
    before = run.of("index_loss", run.course.warm_up if np.isnan(start) else start)
    after = run.of("index_loss")
    return [np.full_like(after, np.nan) if before is None else before, after]


# Everything


def comparison(runs):
    """Return every variable of `comparison.nc`.

    Parameters
    ----------
    runs : list of Experiment
        On corpora of the same context length.

    Returns
    -------
    dict of str to ndarray
    """
    each = [single(run) | beside(run, one_layer_run(run, runs)) for run in runs]
    found = {name: np.array([one[name] for one in each]) for name in each[0]}
    steps = sorted({step for run in runs for step in run.course.steps})
    for name in ("loss", "score"):
        found[name] = curves([run.course.measured[name] for run in runs], runs, steps)
    for name in ("best_prefix", "best_previous", "learning_slope"):
        found[name] = curves([run.found[name] for run in runs], runs, steps)
    path_of = {}
    for corpus in {run.corpus for run in runs}:
        here = [k for k, run in enumerate(runs) if run.corpus == corpus]
        path_of |= dict(zip(here, paths([runs[k] for k in here]), strict=True))
    found["path"] = curves([path_of[k] for k in range(len(runs))], runs, steps)
    found["turn"] = np.array([turn(run, path_of[k], runs) for k, run in enumerate(runs)])
    found["index_loss"] = np.array([moments(run, runs) for run in runs])
    found["range_loss"] = np.stack(
        [
            found["index_loss"][..., first - 1 : last].mean(axis=-1)
            for first, last in ranges(found["index_loss"].shape[-1])
        ],
        axis=-1,
    )
    return found


def curves(values, runs, steps):
    """Values of every run at the steps of any."""
    found = np.full((len(runs), len(steps), *values[0].shape[1:]), np.nan)
    for k, run in enumerate(runs):
        for step, value in zip(run.course.steps, values[k], strict=True):
            found[k, steps.index(step)] = value
    return found
