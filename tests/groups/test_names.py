import math
import re

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from group_table import GROUPS, GroupCase
from ontogeny.groups import MAX_ORDER, Factor, group, parse


@pytest.mark.parametrize(
    ("name", "factors"),
    [
        ("C1", [("C", 1, 1)]),
        ("C1000", [("C", 1000, 1000)]),
        ("D59", [("D", 59, 118)]),
        ("D500", [("D", 500, 1000)]),
        ("S6", [("S", 6, 720)]),
        ("A1", [("A", 1, 1)]),
        ("A6", [("A", 6, 360)]),
        ("Q12", [("Q", 12, 12)]),
        ("F6", [("F", 6, 6)]),
        ("F42", [("F", 42, 42)]),
        ("C2xS4", [("C", 2, 2), ("S", 4, 24)]),
        ("S4xC2", [("S", 4, 24), ("C", 2, 2)]),
        ("C3xC3xC3", [("C", 3, 3)] * 3),
    ],
)
def test_factors_and_their_orders(name: str, factors: list[tuple[str, int, int]]) -> None:
    assert [(f.family, f.number, f.order) for f in parse(name)] == factors


@pytest.mark.parametrize("case", GROUPS, ids=str)
def test_name_of_a_group_is_the_name_asked_for(case: GroupCase) -> None:
    assert group(case.name).name == case.name
    assert math.prod(factor.order for factor in parse(case.name)) == case.order


def test_frobenius_numbers_are_those_of_the_definition() -> None:
    primes = [p for p in range(2, MAX_ORDER) if all(p % d for d in range(2, p))]
    orders = [p * q for p in primes for q in range(2, p) if (p - 1) % q == 0 and p * q <= 1000]
    assert len(orders) == len(set(orders))
    assert [n for n in range(1, 1001) if _is_valid(f"F{n}")] == sorted(orders)


def _is_valid(name: str) -> bool:
    return _refusal(name) is None


def _refusal(name: str) -> str | None:
    try:
        parse(name)
    except ValueError as error:
        return str(error)
    return None


_factors = st.one_of(
    st.builds("C{}".format, st.integers(1, 1000)),
    st.builds("D{}".format, st.integers(3, 500)),
    st.builds("{}{}".format, st.sampled_from("SA"), st.integers(1, 6)),
    st.builds(lambda m: f"Q{4 * m}", st.integers(2, 250)),
    st.sampled_from(["F6", "F20", "F21", "F42", "F55", "F57", "F110", "F979"]),
)


@given(st.lists(st.one_of(_factors, st.sampled_from(["C1", "C2", "S3"])), min_size=1, max_size=5))
def test_valid_names_print_back(texts: list[str]) -> None:
    name = "x".join(texts)
    order = math.prod(parse(text)[0].order for text in texts)
    if order > MAX_ORDER:
        with pytest.raises(ValueError, match=f"order at most 1000, not {order}, got '{name}'"):
            parse(name)
    else:
        assert "x".join(map(str, parse(name))) == name


@given(st.text(alphabet="CDSAQFxZcs0123456789 \n٣", max_size=8))
@example("C" + "9" * 5000)
@example("C5\n")
@example("C٣")
def test_any_text_is_printed_back_or_refused_in_one_line(name: str) -> None:
    refusal = _refusal(name)
    if refusal is None:
        assert re.fullmatch("([CDSAQF][1-9][0-9]*)(x[CDSAQF][1-9][0-9]*)*", name)
        assert "x".join(map(str, parse(name))) == name
    else:
        assert repr(name) in refusal
        assert "\n" not in refusal


@given(st.text(alphabet="CDSAQFxXZcs0123456789 _*", max_size=8))
@example("C07")
def test_suggestions_are_valid(name: str) -> None:
    for suggestion in re.findall(r"did you mean '(.*)'\?", _refusal(name) or ""):
        assert _is_valid(suggestion)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "s5",
            r"letter \(C, D, .*\) followed by a number.* got 's5'; did you mean 'S5'\?$",
        ),
        ("Z7", r"got 'Z7'; did you mean 'C7'\?$"),
        ("C07", r"got 'C07'; did you mean 'C7'\?$"),
        ("C2 x S4", r"got 'C2 x S4'; did you mean 'C2xS4'\?$"),
        ("C2XS4", r"did you mean 'C2xS4'\?$"),
        ("C2×S4", r"did you mean 'C2xS4'\?$"),
        ("Sym5", r"did you mean 'S5'\?$"),
        ("", r"got ''$"),
        ("x", r"got 'x'$"),
        ("C2x", r"got 'C2x'$"),
        ("C", r"got 'C'"),
        ("C-3", r"got 'C-3'"),
        ("C0", r"`name` is out of range: C_n needs 1 <= n <= 1000, got 'C0'; did you mean 'C3'\?$"),
        ("C1001", r"did you mean 'C1000'\?$"),
        ("D2", r"D_n, of order 2n, needs 3 <= n <= 500, got 'D2'; did you mean 'D3'\?$"),
        ("D501", r"did you mean 'D500'\?$"),
        ("S7", r"S_n needs 1 <= n <= 6, got 'S7'; did you mean 'S6'\?$"),
        ("A7", r"A_n needs 1 <= n <= 6, got 'A7'; did you mean 'A6'\?$"),
        ("Q4", r"Q_n is named by its order, a multiple of 4 from 8 .*did you mean 'Q8'\?$"),
        ("Q10", r"did you mean 'Q8'\?$"),
        ("F15", r"F_n is named by its order p\*q <= 1000, .* got 'F15'; did you mean 'F14'\?$"),
        ("S6xC2", r"`name` must have order at most 1000, not 1440, got 'S6xC2'$"),
        ("C99999999999", r"C_n needs .* did you mean 'C1000'\?$"),
    ],
)
def test_invalid_names_are_refused(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(name)
    with pytest.raises(ValueError, match=message):
        group(name)


def test_factors_are_values() -> None:
    assert Factor("C", 5) == parse("C5")[0]
    assert len({Factor("C", 5), *parse("C5xC5")}) == 1
