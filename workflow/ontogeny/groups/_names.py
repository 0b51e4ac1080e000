"""Names of groups: parsed here and nowhere else, and printed back as they were.

A name is a product ``factor x factor x ...`` without spaces; a factor is a family letter and a
number:

======  ==========================================  ========  ============
letter  group                                       order     numbers
======  ==========================================  ========  ============
``C``   cyclic `C_n`                                n         n >= 1
``D``   dihedral `D_n`, symmetries of the n-gon     2n        n >= 3
``S``   symmetric `S_n`                             n!        1 <= n <= 6
``A``   alternating `A_n`                           n!/2      1 <= n <= 6
``Q``   dicyclic (quaternion), named by its order   n         4m, m >= 2
``F``   Frobenius `C_p : C_q`, named by its order   n = p q   see below
======  ==========================================  ========  ============

For ``F``: p is prime and q > 1 divides p - 1. Then p is the largest prime factor of the order, so
the order names the group: ``F20`` is `C_5 : C_4` and ``F21`` is `C_7 : C_3`. No group has more than
`MAX_ORDER` elements.
"""

import difflib
import math
import re
from collections.abc import Collection
from dataclasses import dataclass

__all__ = ["MAX_ORDER", "Factor", "parse"]

MAX_ORDER = 1000


@dataclass(frozen=True)
class Factor:
    """One factor of a name; its string is the factor as written.

    Parameters
    ----------
    family : str
        One of the letters ``C``, ``D``, ``S``, ``A``, ``Q``, ``F``.
    number : int
        The number behind the letter: the order for ``C``, ``Q`` and ``F``, the number of corners
        for ``D``, of permuted points for ``S`` and ``A``.

    Examples
    --------
    >>> factor = Factor("D", 59)
    >>> str(factor), factor.order
    ('D59', 118)
    """

    family: str
    number: int

    def __str__(self) -> str:
        return f"{self.family}{self.number}"

    @property
    def order(self) -> int:
        """Number of elements."""
        match self.family:
            case "D":
                return 2 * self.number
            case "S":
                return math.factorial(self.number)
            case "A":
                return max(1, math.factorial(self.number) // 2)
            case _:
                return self.number


def frobenius_factors(order: int) -> tuple[int, int] | None:
    """Return (p, q) of the Frobenius group of this order, or None where there is none."""
    for p in range(3, order // 2 + 1):
        q = order // p
        if order % p == 0 and (p - 1) % q == 0 and is_prime(p):
            return p, q
    return None


def is_prime(n: int) -> bool:
    """Whether n is prime."""
    return n > 1 and all(n % d for d in range(2, math.isqrt(n) + 1))


_NUMBERS: dict[str, Collection[int]] = {
    "C": range(1, MAX_ORDER + 1),
    "D": range(3, MAX_ORDER // 2 + 1),
    "S": range(1, 7),
    "A": range(1, 7),
    "Q": range(8, MAX_ORDER + 1, 4),
    "F": tuple(n for n in range(6, MAX_ORDER + 1) if frobenius_factors(n)),
}

_RULES = {
    "C": f"C_n needs 1 <= n <= {MAX_ORDER}",
    "D": f"D_n, of order 2n, needs 3 <= n <= {MAX_ORDER // 2}",
    "S": "S_n needs 1 <= n <= 6",
    "A": "A_n needs 1 <= n <= 6",
    "Q": f"Q_n is named by its order, a multiple of 4 from 8 to {MAX_ORDER}",
    "F": f"F_n is named by its order p*q <= {MAX_ORDER}, where p is prime and q > 1 divides p - 1",
}

_GRAMMAR = "must be a letter (C, D, S, A, Q or F) followed by a number, or a product such as C2xS4"


def check_number(family: str, number: int, argument: str) -> Factor:
    """Return the factor, or refuse a number that its family does not have."""
    if number not in _NUMBERS[family]:
        near = _nearest_in_family(family, number)
        msg = f"`{argument}`: {_RULES[family]}, got {number!r}; the nearest is {near!r}"
        raise ValueError(msg)
    return Factor(family, number)


def parse(name: str) -> tuple[Factor, ...]:
    """Read the name of a group.

    ``"x".join(map(str, parse(name))) == name`` for every valid name: no two spellings are the same
    factors. Isomorphic groups may have several names (``C6`` and ``C2xC3``, ``S3`` and ``D3``);
    they differ in the order of their elements.

    Parameters
    ----------
    name : str
        Factors joined by ``x``, as the head of this module lists them. Case matters; spaces and
        leading zeros are refused.

    Returns
    -------
    factors : tuple of Factor
        From left to right, at least one.

    Raises
    ------
    ValueError
        If the name breaks a rule. The message says which, and the nearest valid name.

    Examples
    --------
    >>> parse("C2xS4")
    (Factor(family='C', number=2), Factor(family='S', number=4))
    >>> parse("Z7")
    Traceback (most recent call last):
    ...
    ValueError: `name` must be a letter (C, D, S, A, Q or F) followed by a number, or a \
product such as C2xS4, got 'Z7'; did you mean 'C7'?
    >>> parse("D2")
    Traceback (most recent call last):
    ...
    ValueError: `name` is out of range: D_n, of order 2n, needs 3 <= n <= 500, got 'D2'; did you \
mean 'D3'?
    """
    rule = _broken_rule(name)
    if rule is not None:
        near = _nearest(name)
        hint = "" if near is None else f"; did you mean {near!r}?"
        msg = f"`name` {rule}, got {name!r}{hint}"
        raise ValueError(msg)
    return tuple(Factor(text[0], int(text[1:])) for text in name.split("x"))


def _broken_rule(name: str) -> str | None:
    """Return the rule that this name breaks, worded to follow "`name` "; None if it is valid."""
    order = 1
    for text in name.split("x"):
        if not re.fullmatch(r"[CDSAQF](0|[1-9][0-9]*)", text):
            return _GRAMMAR
        factor = Factor(text[0], _leading_digits(text[1:]))
        if factor.number not in _NUMBERS[factor.family]:
            return f"is out of range: {_RULES[factor.family]}"
        order *= factor.order
    return None if order <= MAX_ORDER else f"must have order at most {MAX_ORDER}, not {order}"


def _leading_digits(digits: str) -> int:
    # Nine digits are out of range already, and `int` refuses thousands of them.
    return int(digits[:9])


def _nearest(name: str) -> str | None:
    """Return the valid name that was probably meant, if there is one."""
    tidy = re.sub(r"[\s_]", "", name).upper().replace("Z", "C")
    texts = [_nearest_factor(text) for text in re.split(r"[X×*]", tidy)]
    near = "x".join(text for text in texts if text is not None)
    return near if None not in texts and _broken_rule(near) is None else None


def _nearest_factor(text: str) -> str | None:
    found = re.fullmatch(r"([CDSAQF])([0-9]+)", text)
    if found:
        # Nobody who writes C0 wants C1, the group of one element.
        return _nearest_in_family(found[1], _leading_digits(found[2]) or 3)
    names = [f"{family}{number}" for family, numbers in _NUMBERS.items() for number in numbers]
    return next(iter(difflib.get_close_matches(text, names, n=1)), None)


def _nearest_in_family(family: str, number: int) -> str:
    nearest = min(_NUMBERS[family], key=lambda candidate: abs(candidate - number))
    return f"{family}{nearest}"
