"""Learners with one broken line: the laws that notice, and those that do not.

No law sees a wrong Top; `test_learners` compares it with its definition.
"""

import numpy as np
import pytest

from ontogeny.studies.imitation.analysis import enumeration
from ontogeny.studies.imitation.analysis.enumeration import Branches, enumerate_histories
from ontogeny.studies.imitation.analysis.laws import kept_probability, laws, sequences
from ontogeny.studies.imitation.analysis.learners import mixture, normalised, top_set
from studies.imitation.cases import drawn_problem

STEPS = 3
INSTANCES = [(seed, alpha) for seed in range(12) for alpha in (0.2, 0.05)]
ON_KEPT = {"D7", "D8a", "D10", "D11"}
WATCHING = {"D1", "D2", "D3", "D4", "D5", "D5'", "D6"} | ON_KEPT


def least(plausible, _):
    return np.nanmin(plausible, axis=1)


def mean(plausible, weights):
    shares = weights / weights.sum(axis=1, keepdims=True)
    return (shares[..., None] * np.nan_to_num(plausible)).sum(axis=1)


def second_smallest(plausible, _):
    ordered = np.sort(plausible, axis=1)
    second = np.where(np.isnan(ordered[:, 1]), ordered[:, 0], ordered[:, 1])
    return second / np.maximum(second.sum(axis=-1, keepdims=True), 1)


def renormalised(plausible, weights):
    p = least(plausible, weights)
    return p / p.sum(axis=-1, keepdims=True)


def the_demonstrator(policies, log_weights, demonstrator):
    return demonstrator


def the_mixture(policies, log_weights, demonstrator):
    return mixture(policies, log_weights)


def learner(
    *, top=top_set, acts=least, answers=the_demonstrator, power=1, learns_from_itself=False
):
    """Return `branches` with one line of the learner broken.

    Parameters
    ----------
    top : function of (H, N) log-weights and alpha
        The plausible policies.
    acts : function of (H, N, A) policies, NaN outside Top, and (H, N) weights, 0 outside Top
        How likely it takes each action without asking.
    answers : function of policies, log-weights and the demonstrator
        How likely each answer is.
    power : int
        Of the likelihood of an answer.
    learns_from_itself : bool
        Whether it also learns from what it does without asking.
    """

    def branches(log_weights, policies, demonstrator, alpha):
        plausible = top(log_weights, alpha)
        p = acts(
            np.where(plausible[..., None], policies, np.nan),
            np.where(plausible, np.exp(log_weights), 0),
        )
        theta = np.maximum(1 - p.sum(axis=-1), 0)
        asked = theta[:, None] * answers(policies, log_weights, demonstrator)
        learned = normalised(log_weights[:, None] + power * np.log(policies).transpose(0, 2, 1))
        before = np.broadcast_to(log_weights[:, None], learned.shape)
        return Branches(
            plausible,
            p,
            theta,
            np.stack([p, asked], axis=1),
            np.stack([learned if learns_from_itself else before, learned], axis=1),
        )

    return branches


MUTANTS = {
    "mean of Top": (learner(acts=mean), ON_KEPT),
    "second smallest": (learner(acts=second_smallest), ON_KEPT),
    "renormalised": (learner(acts=renormalised), ON_KEPT),
    "mixture answers": (
        learner(answers=the_mixture),
        {"D1", "D2", "D4", "D7", "D8a", "D10"},
    ),
    "learns from itself": (learner(learns_from_itself=True), {"D1", "D2", "D4"}),
    "squared likelihood": (learner(power=2), {"D1", "D2", "D4"}),
    "does not learn": (learner(power=0), {"D4"}),
}
"""Learners with one broken line, and which of the laws that watch it each breaks."""


def share_of_all(log_weights, alpha):
    """Return what has the share alpha of all weight, and the first rank."""
    weights = np.exp(log_weights)
    is_first = np.arange(weights.shape[1]) == weights.argmax(axis=1)[:, None]
    return (weights >= alpha * weights.sum(axis=1, keepdims=True)) | is_first


def share_of_the_first(log_weights, alpha):
    return np.exp(log_weights) >= alpha * np.exp(log_weights).max(axis=1, keepdims=True)


def one_short(log_weights, alpha):
    """Return Top without its last rank, unless that is the first one."""
    found = top_set(log_weights, alpha)
    last = np.where(found, log_weights, np.inf).argmin(axis=1)
    rows = np.flatnonzero(found.sum(axis=1) > 1)
    found[rows, last[rows]] = False
    return found


WRONG_TOPS = {each.__name__: each for each in (share_of_all, share_of_the_first, one_short)}


def excess(branches, monkeypatch):
    """Return by law the most that the left side exceeds the right one by, over all instances."""
    monkeypatch.setattr(enumeration, "branches", branches)
    worst = dict.fromkeys(WATCHING, -np.inf)
    for seed, alpha in INSTANCES:
        problem = drawn_problem(np.random.default_rng(seed), steps=STEPS)
        found = enumerate_histories(problem, alpha, STEPS)
        assert found.probability.sum() == pytest.approx(1, abs=1e-12)
        of_sequences = sequences(found)
        sides = laws(found, of_sequences, alpha, np.random.default_rng(0))
        is_empty = kept_probability(found) == 0
        for law in WATCHING - ON_KEPT if is_empty else WATCHING:
            left, right = of_sequences if law == "D7" else sides[law]
            difference = np.abs(left - right) if law == "D4" else left - right
            worst[law] = max(worst[law], np.max(difference))
    return worst


def broken(worst):
    """Return the laws that fail; whatever is not a failure by far is none by rounding."""
    assert all(value < 1e-12 or value > 1e-3 for value in worst.values()), worst
    return {law for law, value in worst.items() if value > 1e-3}


def test_enough_instances_count_for_laws_on_kept_histories():
    counted = 0
    for seed, alpha in INSTANCES:
        problem = drawn_problem(np.random.default_rng(seed), steps=STEPS)
        counted += kept_probability(enumerate_histories(problem, alpha, STEPS)) > 0
    assert counted > len(INSTANCES) / 2


def test_the_right_lines_break_no_law(monkeypatch):
    assert broken(excess(enumeration.branches, monkeypatch)) == set()
    assert broken(excess(learner(), monkeypatch)) == set()


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_line_breaks_the_laws_that_watch_it(name, monkeypatch):
    branches, expected = MUTANTS[name]
    worst = excess(branches, monkeypatch)
    assert broken(worst) == expected
    if expected == ON_KEPT:
        assert worst["D7"] > 0.03


@pytest.mark.parametrize("name", WRONG_TOPS)
def test_no_law_sees_a_wrong_top(name, monkeypatch):
    assert broken(excess(learner(top=WRONG_TOPS[name]), monkeypatch)) == set()
