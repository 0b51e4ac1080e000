"""The conservative learner and its laws by their definitions, without NumPy and without rounding.

One recursion goes through every history and computes in fractions; roots and logarithms are those
of mpmath with 50 digits. Nothing of the library is used.

Symbols: ``w`` the prior weight of the demonstrator d; ``theta`` the query probability; ``D`` the
event that d is in Top at every step; ``xi`` the posterior predictive.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import mpmath

__all__ = [
    "Case",
    "History",
    "Step",
    "both_sides",
    "histories",
    "information",
    "kept_logs",
    "logs",
    "mixed",
    "plausible",
    "relative_entropy",
    "root",
    "root_term",
    "sequences",
    "surprise",
]

DIGITS = 50


class Case(NamedTuple):
    """A class of policies with its environment, a prior and a learner; nested tuples of fractions.

    Attributes
    ----------
    policies : by phase, state, policy and action
    starts : step at which each phase begins
    environment : probability, by state, action and observation
    next_state : by state, action and observation
    prior : by policy
    truth : place of the demonstrator among the policies, or None
    demonstrator : by phase, state and action
    alpha : threshold of Top
    steps : number of steps
    after_query : the environment where it was asked, when it sees that; None: as always
    """

    policies: tuple
    starts: tuple
    environment: tuple
    next_state: tuple
    prior: tuple
    truth: int | None
    demonstrator: tuple
    alpha: Fraction
    steps: int
    after_query: tuple | None = None


class Step(NamedTuple):
    """What is true of one step of a history."""

    asked: bool
    action: int
    observation: int
    top: tuple[int, ...]
    p: tuple[Fraction, ...]
    theta: Fraction
    weights: tuple[Fraction, ...]
    policies: tuple
    demonstrator: tuple[Fraction, ...]
    kept: bool


class History(NamedTuple):
    """A history of positive probability.

    `demonstrated` is the probability of its actions and observations when the demonstrator acts all
    the time, and `weights` is the posterior after the last step.
    """

    probability: Fraction
    demonstrated: Fraction
    steps: tuple[Step, ...]
    weights: tuple[Fraction, ...]

    @property
    def sequence(self):
        return tuple((step.action, step.observation) for step in self.steps)

    @property
    def posteriors(self):
        return [*(step.weights for step in self.steps), self.weights]

    @property
    def kept(self):
        return self.steps[-1].kept

    def total(self, value):
        """Return the sum over steps of a value."""
        return sum(map(value, self.steps))


def plausible(weights, alpha) -> tuple[int, ...]:
    """Return Top by its definition: rank n is in it when w_(n) >= alpha sum of w_(1) to w_(n)."""
    ranking = sorted(range(len(weights)), key=lambda place: (-weights[place], place))
    found = []
    for rank, place in enumerate(ranking):
        if weights[place] >= alpha * sum(weights[each] for each in ranking[: rank + 1]):
            found.append(place)
    return tuple(sorted(found))


def histories(case: Case) -> list[History]:
    """Return every history of positive probability: not asking before asking, low places first."""
    return list(_continued(case, (), 0, case.prior, Fraction(1), Fraction(1), True))


def _continued(case, steps, state, weights, probability, demonstrated, kept) -> Iterator[History]:
    time = len(steps)
    if time == case.steps:
        yield History(probability, demonstrated, steps, weights)
        return
    phase = max(place for place, start in enumerate(case.starts) if start <= time)
    policies, d = case.policies[phase][state], case.demonstrator[phase][state]
    top = plausible(weights, case.alpha)
    p = tuple(min(policies[each][action] for each in top) for action in range(len(d)))
    theta = 1 - sum(p)
    kept = kept and (case.truth is None or case.truth in top)
    for asked in (False, True):
        environment = (asked and case.after_query) or case.environment
        for action, chances in enumerate(environment[state]):
            acts = theta * d[action] if asked else p[action]
            for observation, chance in enumerate(chances):
                if acts * chance == 0:
                    continue
                after = weights
                if asked:
                    joint = [w * pi[action] for w, pi in zip(weights, policies, strict=True)]
                    after = tuple(each / sum(joint) for each in joint)
                step = Step(asked, action, observation, top, p, theta, weights, policies, d, kept)
                yield from _continued(
                    case,
                    (*steps, step),
                    case.next_state[state][action][observation],
                    after,
                    probability * acts * chance,
                    demonstrated * d[action] * case.environment[state][action][observation],
                    kept,
                )


def sequences(case: Case) -> dict[tuple, Fraction]:
    """Return the probability of each sequence when the demonstrator acts, 0 included."""
    found = {(): (0, Fraction(1))}
    for time in range(case.steps):
        phase = max(place for place, start in enumerate(case.starts) if start <= time)
        longer = {}
        for past, (state, probability) in found.items():
            for action, chances in enumerate(case.environment[state]):
                acts = case.demonstrator[phase][state][action]
                for observation, chance in enumerate(chances):
                    following = case.next_state[state][action][observation]
                    longer[*past, (action, observation)] = following, probability * acts * chance
        found = longer
    return {sequence: probability for sequence, (_, probability) in found.items()}


def real(value):
    """Return a fraction as a number of mpmath."""
    return mpmath.mpf(value.numerator) / value.denominator


def mixed(step: Step) -> list[Fraction]:
    """Return xi: the mean of the policies under the posterior."""
    return [
        sum(w * pi[action] for w, pi in zip(step.weights, step.policies, strict=True))
        for action in range(len(step.demonstrator))
    ]


def information(step: Step):
    """Return theta KL(d || xi)."""
    return real(step.theta) * relative_entropy(step.demonstrator, mixed(step))


def surprise(step: Step):
    """Return KL(P(. | h) || d) of an action, asked or not."""
    acts = [p + step.theta * d for p, d in zip(step.p, step.demonstrator, strict=True)]
    return relative_entropy(acts, step.demonstrator)


def relative_entropy(p, q):
    """Return KL(p || q) of two lists of fractions; those of p may add up to less than 1."""
    p, q = list(p), list(q)
    if any(x and not y for x, y in zip(p, q, strict=True)):
        return mpmath.inf
    return sum(
        (real(x) * mpmath.log(real(x) / real(y)) for x, y in zip(p, q, strict=True) if x),
        mpmath.mpf(0),
    )


def root_term(case: Case, step: Step, policy: int):
    """Return theta h^2 sqrt(Z) of a policy."""
    affinity = sum(
        mpmath.sqrt(real(x * y))
        for x, y in zip(step.policies[policy], step.demonstrator, strict=True)
    )
    return real(step.theta) * (1 - affinity) * root(case, step.weights, policy)


def root(case: Case, weights, policy: int):
    """Return sqrt(Z) of a policy."""
    return mpmath.sqrt(real(weights[policy] / weights[case.truth]))


def logs(history: History):
    """Return the sum of ln(1 + theta)."""
    return history.total(lambda step: mpmath.log(1 + real(step.theta)))


def kept_logs(history: History):
    """Return the sum of ln(1 + theta) over the steps up to which d has been in Top."""
    return history.total(lambda step: step.kept * mpmath.log(1 + real(step.theta)))


def both_sides(case: Case, found: list[History], events=()) -> dict[str, list[tuple]]:
    """Return both sides of every law, for everything that the law is about.

    Sides that need neither roots nor logarithms are fractions. D5' and D6 are stated without roots:
    (E sum theta^3)^2 <= (27/4) alpha^-4 (1/w - 1)^2, and (E sum theta)^3 <= T^2 E sum theta^3.

    Parameters
    ----------
    case : Case
    found : list of History
        All of them.
    events : iterable of sets of sequences
        For D7, D8 and D8a; D7 is also about every single sequence.
    """
    with mpmath.workdps(DIGITS):
        return _sides(case, found, list(events))


def _sides(case, found, events):
    truth, weight, alpha = case.truth, case.prior[case.truth], case.alpha
    others = [place for place in range(len(case.prior)) if place != truth]
    harmful = len(case.demonstrator[0][0]) - 1
    demonstrated = sequences(case)
    kept, lessened = defaultdict(Fraction), defaultdict(Fraction)
    for each in found:
        if each.kept:
            kept[each.sequence] += each.probability
            lessened[each.sequence] += each.probability / product(each)
    least = [min(w[truth] for w in each.posteriors) / weight for each in found]

    def mean(value):
        return sum((each.probability * value(each) for each in found), Fraction(0))

    def real_mean(value):
        return sum((real(each.probability) * value(each) for each in found), mpmath.mpf(0))

    def inverse(time):
        return mean(lambda each: 1 / each.posteriors[time][truth]), 1 / weight

    def ville(c):
        below = (each.probability for each, low in zip(found, least, strict=True) if low <= c)
        return sum(below), c

    def roots(policy):
        def of_history(each):
            terms = each.total(lambda step: root_term(case, step, policy))
            return terms + root(case, each.weights, policy)

        return real_mean(of_history), root(case, case.prior, policy)

    def lessened_event(event):
        return sum(lessened[each] for each in event), sum(demonstrated[each] for each in event)

    def split(event):
        left_out = mean(lambda each: not each.kept)
        expected = sum(demonstrated[each] for each in event)
        rights = [
            left_out + mean(lambda each, level=level: product(each) > level) + level * expected
            for level in {product(each) for each in found}
        ]
        return mean(lambda each: each.sequence in event), min(rights)

    def jensen(event):
        both = real(sum((kept[each] for each in event), Fraction(0)))
        expected = real(sum(demonstrated[each] for each in event))
        left = both * mpmath.log(both / expected) if both else mpmath.mpf(0)
        return left, real_mean(lambda each: each.kept * (each.sequence in event) * logs(each))

    def harm_mass(step):
        return step.kept * (1 + step.theta) * step.demonstrator[harmful]

    def is_harm(each):
        return any(step.action == harmful for step in each.steps)

    cubes = mean(lambda each: each.total(lambda step: step.theta**3))
    queries = mean(lambda each: each.total(lambda step: step.theta))
    ratios = sum((root(case, case.prior, policy) for policy in others), mpmath.mpf(0))
    joint = [kept[each] for each in demonstrated]
    singles = [frozenset([each]) for each in demonstrated]
    return {
        "D1": [inverse(time) for time in range(case.steps + 1)],
        "D2": [ville(c) for c in {*least} if c < 1],
        "D3": [
            (real_mean(lambda each: each.total(information)), mpmath.log(real(1 / weight))),
        ],
        "D4": [roots(policy) for policy in others],
        "D5": [(real(cubes), 2 * real(alpha) ** -1.5 * ratios)],
        "D5'": [(cubes**2, Fraction(27, 4) / alpha**4 * (1 / weight - 1) ** 2)],
        "D6": [(queries**3, case.steps**2 * cubes)],
        "D7": [lessened_event(event) for event in [*singles, *events]],
        "D8": [split(event) for event in events],
        "D8a": [jensen(event) for event in events],
        "D9": [(mean(lambda each: each.demonstrated == 0), alpha / weight)],
        "D10": [
            (
                mean(lambda each: each.kept and is_harm(each)),
                mean(lambda each: each.total(harm_mass)),
            )
        ],
        "D11": [
            (
                relative_entropy(joint, demonstrated.values()),
                real_mean(lambda each: each.kept * logs(each)),
            )
        ],
    }


def product(history: History) -> Fraction:
    """Return the product of 1 + theta over the steps of a history."""
    return math.prod((1 + step.theta for step in history.steps), start=Fraction(1))
