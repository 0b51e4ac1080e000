"""How entries depart from what is usual among those that they are compared with."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ontogeny.joins.usual import dotted, unusual

VALUES = st.dictionaries(st.sampled_from(["x", "y.z"]), st.sampled_from(["1", "2", "3"]))
ENTRIES = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(VALUES, st.sampled_from(["u", "v"])), min_size=1
)


@given(ENTRIES)
def test_what_is_named_is_what_differs_from_the_most_frequent_value(entries):
    values = {name: found for name, (found, _) in entries.items()}
    alike = {name: group for name, (_, group) in entries.items()}
    found = unusual(values, alike)
    assert list(found) == list(values)
    for name, words in found.items():
        expected = []
        for path, value in values[name].items():
            seen = [
                of[path]
                for other, of in values.items()
                if alike[other] == alike[name] and path in of
            ]
            most = max(Counter(seen).values())
            if value != next(each for each in seen if seen.count(each) == most):
                expected.append(f"{path} {value}")
        assert words == ", ".join(expected)


def test_of_values_that_are_as_frequent_the_first_is_usual():
    values = {"a": {"x": "1"}, "b": {"x": "2"}}
    assert unusual(values, dict.fromkeys("ab", 0)) == {"a": "", "b": "x 2"}


def test_entries_that_are_not_alike_are_not_compared():
    values = {"a": {"x": "1"}, "b": {"x": "2"}}
    assert unusual(values, {"a": 0, "b": 1}) == {"a": "", "b": ""}


def test_what_an_entry_does_not_read_is_not_said_of_it():
    values = {"a": {"x": "1"}, "b": {"x": "1"}, "c": {"y": "2"}}
    assert unusual(values, dict.fromkeys("abc", 0))["c"] == ""


def test_nested_values_have_dotted_paths():
    nested = {"a": 1, "b": {"c": None, "d": {"e": [1, 2], "f": {}}}}
    assert list(dotted(nested)) == [("a", "1"), ("b.c", "none"), ("b.d.e", "[1, 2]")]
