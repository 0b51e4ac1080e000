"""What is proved of the conservative learner: two sides of each law, and what the bounds are.

The names D1 to D11 are those of docs/imitation.md, which states every law. The proofs of laws that
are not textbook ones are beside the code. T1 to T3 are the theorems of arXiv 2102.08686 as they are
recalled, which could not be compared with its text.

Setting. The demonstrator d is a policy of the class, of prior weight w; w_t are the weights before
step t, learned from queries alone; Z_t = w_t(pi) / w_t(d); D is the event that d is in
Top at every step; h^2 = 1 - sum_a sqrt(pi(a) d(a)) is the squared Hellinger distance of a policy
from d at a step, TV the total variation.

Facts. (F3) d in Top: p(a) <= d(a), so that P(a) = p(a) + theta d(a) <= (1 + theta) d(a).
(F4) pi in Top: w_t(pi) >= alpha w_t(d). If d has an earlier rank, its weight is in the sum that pi
passes; if it has a later one, its weight is at most that of pi.
(F5) theta <= sum over Top of TV(d, pi), for min pi(a) >= d(a) - sum over Top of (d(a) - pi(a))^+;
sum over a.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import rel_entr

from ontogeny.studies.imitation.analysis.enumeration import Histories

__all__ = [
    "LAWS",
    "Law",
    "cubes_bound",
    "cubes_bound_of_any_prior",
    "distance",
    "event_bound",
    "event_bound_of_steps",
    "kept_distance",
    "kept_probability",
    "laws",
    "queries_bound",
    "recalled_cubes_bound",
    "sequences",
]

Array = NDArray[np.float64]

LAWS = {
    "D1": "E 1/w_t(d) ≤ 1/w",
    "D2": "P(some w_t(d) ≤ c w) ≤ c, c < 1",
    "D3": "E Σ θ KL(d‖ξ) ≤ ln 1/w",
    "D4": "E Σ θ h² √Z + E √Z_T = √(w(π)/w)",
    "D5": "E Σ θ³ ≤ 2 α^(−3/2) Σ √(w(π)/w)",
    "D5'": "E Σ θ³ ≤ (3√3/2) α⁻² (1/w − 1)",
    "D6": "E Σ θ ≤ T^(2/3) (E Σ θ³)^(1/3)",
    "D7": "E[1_B 1_D Π 1/(1+θ)] ≤ P^d(B)",
    "D8": "P(B) ≤ P(not D) + P(Σ ln(1+θ) > c) + e^c P^d(B)",
    "D8a": "b ln(b/P^d(B)) ≤ E[1_B 1_D Σ ln(1+θ)]",
    "D9": "P(what d never does) ≤ α/w",
    "D10": "P(bad, D) ≤ E Σ (1+θ) d(bad)",
    "D11": "KL(imitator on D ‖ demonstrator) ≤ E 1_D Σ ln(1+θ)",
}
"""The laws, each as its two sides.

Where every policy can take every action, D9 is trivial: 0 <= alpha/w.
"""

ROUNDING = 1e-12
"""Error that probabilities and posterior weights of enumerated histories may have."""

EVENTS = 64
"""Events drawn for the laws D8 and D8a."""


class Law(NamedTuple):
    """The two sides of a law where their quotient is largest."""

    left: float
    right: float


def laws(
    histories: Histories,
    of_sequences: tuple[Array, Array],
    alpha: float,
    rng: np.random.Generator,
) -> dict[str, Law]:
    """Return both sides of every law on enumerated histories, in the order of `LAWS`.

    Where a law is about every time, number or event, the sides are those of the largest quotient
    left/right, so that they show how tight the law is; where it fails for any, the quotient is
    above 1, so that this is found. D4, an equality, is shown for the policy for which it differs
    most. All hold without exception when the demonstrator is in the class.

    Parameters
    ----------
    histories : Histories
        With the demonstrator in the class.
    of_sequences : tuple of two (X,) ndarray
        Both sides of D7, from `sequences`.
    alpha : float
    rng : Generator
        For the events of D8 and D8a.

    Raises
    ------
    ValueError
        If the demonstrator is not in the class.
    """
    if histories.truth is None:
        msg = "the laws are about classes that contain the demonstrator"
        raise ValueError(msg)
    weight, others = histories.weight, np.arange(len(histories.prior)) != histories.truth
    cubes = histories.mean(histories.cubes)
    bound = {
        "D5": cubes_bound(histories.prior, histories.truth, alpha),
        "D5'": cubes_bound_of_any_prior(weight, alpha),
    }
    initial = np.sqrt(histories.prior / weight)[others]
    final = (histories.probability @ histories.roots)[others]
    worst = int(np.abs(final - initial).argmax())
    impossible = histories.demonstrated[histories.sequence] == 0
    events = list(_events(histories, rng))
    return {
        "D1": Law(float(histories.inverse_truth.max()), 1 / weight),
        "D2": _ville(histories),
        "D3": Law(histories.mean(histories.information), float(np.log(1 / weight))),
        "D4": Law(float(final[worst]), float(initial[worst])),
        "D5": Law(cubes, bound["D5"]),
        "D5'": Law(cubes, bound["D5'"]),
        "D6": Law(histories.mean(histories.queries), queries_bound(histories.steps, cubes)),
        "D7": _worst(*of_sequences),
        "D8": _worst(*np.array([_split(histories, event) for event in events]).T),
        "D8a": _worst(*np.array([_jensen(histories, event) for event in events]).T),
        "D9": Law(histories.mean(impossible.astype(np.float64)), alpha / weight),
        "D10": Law(
            histories.mean((histories.harm & histories.kept).astype(np.float64)),
            histories.mean(histories.harm_mass),
        ),
        "D11": Law(kept_distance(histories), histories.mean(histories.kept * histories.logs)),
    }


def sequences(histories: Histories) -> tuple[Array, Array]:
    """Return both sides of D7 for the event of each sequence.

    D7: E[1_B 1_D prod (1 + theta)^-1] <= P^d(B). Proof for one sequence, by induction over its
    steps, summed over flags: while d is in Top, P(flag and a | h) summed over flags is at most
    (1 + theta) d(a) by F3, so that a step multiplies the left side by at most d(a) times what the
    environment gives, and the right side by exactly that. Events are sums of sequences.

    Returns
    -------
    left, right : (X,) ndarray
    """
    values = histories.probability * histories.kept * np.exp(-histories.logs)
    return _by_sequence(histories, values), histories.demonstrated


def distance(histories: Histories) -> float:
    """Return how far what happens under the imitator is from the demonstrator [nat].

    The Kullback-Leibler divergence ``KL(P || P^d)`` of the laws of sequences; infinite when the
    imitator does what the demonstrator never does.
    """
    found = _by_sequence(histories, histories.probability)
    return float(rel_entr(found, histories.demonstrated).sum())


def kept_distance(histories: Histories) -> float:
    """Return the left side of D11: the same for the law on D, which is not normalised [nat].

    KL = sum over sequences x of P(x, D) ln(P(x, D) / P^d(x)) <= E[1_D sum ln(1 + theta)].
    Proof: by D7, P^d(x) is at least the sum over flags of q = P(flags, x, D) prod (1 + theta)^-1.
    By the log-sum inequality, P(x, D) ln(P(x, D) / sum q) is at most the sum over flags of
    P ln(P / q) = P sum ln(1 + theta). Since ln(1 + theta) <= theta, the right side is at most the
    expected number of queries. As P(D) may be less than 1, the sum may be negative.
    """
    joint = _by_sequence(histories, histories.probability * histories.kept)
    return float(rel_entr(joint, histories.demonstrated).sum())


def kept_probability(histories: Histories) -> float:
    """Return P(D), the probability that the demonstrator is in Top at every step."""
    return histories.mean(histories.kept.astype(np.float64))


def cubes_bound(prior: Array, truth: int, alpha: float) -> float:
    """Return the bound of D5 on ``E sum theta^3``.

    S = 2 alpha^(-3/2) sum over pi != d of sqrt(w(pi)/w); with N equal weights 2 (N - 1)
    alpha^(-3/2). Proof. (D4) On a query, E_d sqrt(Z') = sqrt(Z) sum_a sqrt(pi(a) d(a)) =
    sqrt(Z)(1 - h^2); else Z stays. So E sum theta h^2 sqrt(Z) + E sqrt(Z_T) = sqrt(w(pi)/w).
    By F5, Cauchy-Schwarz and |Top| <= 1/alpha, theta^2 <= (1/alpha) sum over Top of TV^2 <=
    (2/alpha) sum over Top of h^2, and by F4 sqrt(Z) >= sqrt(alpha) in Top. Hence theta^3 <=
    2 alpha^(-3/2) sum over Top of theta h^2 sqrt(Z); take the sum of D4 over all policies.

    Parameters
    ----------
    prior : (N,) ndarray
    truth : int
        Place of the demonstrator.
    alpha : float
    """
    ratios = np.sqrt(np.delete(prior, truth) / prior[truth])
    return float(2 * alpha**-1.5 * ratios.sum())


def cubes_bound_of_any_prior(weight: float, alpha: float) -> float:
    """Return the bound of D5' on ``E sum theta^3``, for countable classes too.

    S' = (3 sqrt(3) / 2) alpha^-2 (1/w - 1). Proof. For c > 0 let f(Z) = sqrt(Z + c alpha) -
    sqrt(c alpha). On a query E_d sqrt(Z' + c alpha) = sqrt(Z + c alpha)(1 - h^2(d, m)), with
    the mixture m = (Z pi + c alpha d)/(Z + c alpha). Since h^2 >= TV^2/2 and TV(d, m) =
    TV(d, pi) Z/(Z + c alpha), f falls in mean by at least Z^2 (Z + c alpha)^(-3/2) TV^2 / 2, which
    increases in Z. In Top Z >= alpha (F4), so it falls by at least sqrt(alpha) (1 + c)^(-3/2)
    TV^2 / 2. As f(Z) <= Z / (2 sqrt(c alpha)), E sum theta TV^2 [pi in Top] <= (1 + c)^(3/2)
    c^(-1/2) alpha^-1 w(pi)/w, least for c = 1/2. By F5 and Cauchy-Schwarz theta^2 <= (1/alpha)
    sum over Top of TV^2; sum over pi != d.
    """
    return float(1.5 * np.sqrt(3) * alpha**-2 * (1 / weight - 1))


def recalled_cubes_bound(weight: float, alpha: float, actions: int) -> float:
    """Return the bound of T1 on ``E sum theta^3`` as it is recalled: A alpha^-3 (24/w + 12)."""
    return actions * alpha**-3 * (24 / weight + 12)


def queries_bound(steps: int, cubes: float) -> float:
    """Return the bound of D6 on the expected number of queries: T^(2/3) (sum theta^3)^(1/3).

    Hoelder's inequality over steps, and Jensen's over histories.
    """
    return float(np.cbrt(steps**2 * cubes))


def event_bound(log_probability: float, logs: float) -> float:
    """Return how likely an event and D can be, by D8a.

    The solution b of ``b ln(b/p) = L``, at most 1. Proof of D8a: let L be the sum of ln(1 + theta)
    of a history. By D7, E[1_B 1_D e^-L] <= p, so with b = P(B, D) the mean of e^-L given B and D is
    at most p/b. By Jensen's inequality e^(-E[L | B, D]) <= p/b, that is b ln(b/p) <= E[1_B 1_D L].

    Where B is that something happens at some step, b may also be the probability that it does while
    d has been in Top so far, here and in D8: the proof is the same if histories end at that step.

    Parameters
    ----------
    log_probability : float
        ln p, of the event under the demonstrator.
    logs : float
        E sum ln(1 + theta), or a bound on it.
    """

    def excess(log_b: float) -> float:
        return float(np.exp(log_b) * (log_b - log_probability) - logs)

    return _solution(excess, log_probability)


def event_bound_of_steps(log_probability: float, steps: int, cubes: float) -> float:
    """Return how likely an event and D can be, by D8.

    The solution b of ``b ln^3(b/p) = T^2 S``, at most 1; it says something when p < exp(-(T^2
    S)^(1/3)). Proof: by D8a, sum theta <= T^(2/3) (sum theta^3)^(1/3) and Hoelder's inequality,
    b ln(b/p) <= E[1_B 1_D sum theta] <= T^(2/3) b^(2/3) S^(1/3).

    Parameters
    ----------
    log_probability : float
        ln p, of the event under the demonstrator.
    steps : int
        T.
    cubes : float
        E sum theta^3, or a bound on it.
    """

    def excess(log_b: float) -> float:
        return float(np.exp(log_b) * (log_b - log_probability) ** 3 - steps**2 * cubes)

    return _solution(excess, log_probability)


def _solution(excess: Callable[[float], float], log_probability: float) -> float:
    if log_probability == -np.inf:
        return 0.0
    if excess(0.0) <= 0:
        return 1.0
    return float(np.exp(brentq(excess, log_probability, 0.0, xtol=1e-14)))


def _worst(left: Array, right: Array) -> Law:
    """Return the sides that break the law most; where none does, those with the largest quotient.

    NaN comes before all else. Where right is 0 and left is not positive beyond rounding, the
    quotient is the least of all.
    """
    excess = left - right
    if not excess.max() <= ROUNDING:
        worst = int(excess.argmax())
    else:
        quotient = np.full(left.shape, -np.inf)
        np.divide(left, right, out=quotient, where=right != 0)
        worst = int(quotient.argmax())
    return Law(float(left[worst]), float(right[worst]))


def _by_sequence(histories: Histories, values: Array) -> Array:
    found = np.zeros(len(histories.demonstrated))
    np.add.at(found, histories.sequence, values)
    return found


def _ville(histories: Histories) -> Law:
    """Return the sides of D2 at the worst c below 1.

    The quotient is largest at a value that w_t(d)/w has as its least. A history in which it never
    falls has 1 but for rounding, and is left out.
    """
    relative = histories.least / histories.weight
    order = np.argsort(relative)
    level, below = relative[order], np.cumsum(histories.probability[order])
    falls = level < 1 - ROUNDING
    return _worst(below[falls], level[falls]) if falls.any() else Law(0.0, 1.0)


def _events(histories: Histories, rng: np.random.Generator) -> Iterator[NDArray[np.bool_]]:
    """Yield events, each as the sequences in it, from a single one to nearly all."""
    count = len(histories.demonstrated)
    for share in np.geomspace(1 / count, 0.9, EVENTS):
        event = rng.random(count) < share
        event[rng.integers(count)] = True
        yield event


def _split(histories: Histories, event: NDArray[np.bool_]) -> Law:
    """Return the sides of D8 for an event, at the best c.

    P(B) <= P(not D) + P(L > c) + e^c P^d(B), L the sum of ln(1 + theta): where D holds and L <= c,
    D7 gives P(B, D, L <= c) <= e^c P^d(B).
    """
    happened = histories.mean(event[histories.sequence].astype(np.float64))
    left_out = histories.mean((~histories.kept).astype(np.float64))
    order = np.argsort(histories.logs)
    from_here = np.cumsum(histories.probability[order][::-1])[::-1]
    above = np.append(from_here[1:], 0.0)
    chance = float(histories.demonstrated[event].sum())
    split = above + np.exp(histories.logs[order]) * chance
    return Law(happened, left_out + float(split.min()))


def _jensen(histories: Histories, event: NDArray[np.bool_]) -> Law:
    """Return the sides of D8a for an event."""
    both = (event[histories.sequence] & histories.kept).astype(np.float64)
    chance = float(histories.demonstrated[event].sum())
    left = float(rel_entr(histories.mean(both), chance))
    return Law(left, histories.mean(both * histories.logs))
