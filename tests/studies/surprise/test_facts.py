"""What is true of the runs of a configuration."""

import pytest

from ontogeny.studies.surprise.checks import resolve
from ontogeny.studies.surprise.facts import facts_of_runs

WORLDS = {
    "parity": {"kind": "parity"},
    "text": {"kind": "mixture", "tasks": {"sort": {"kind": "sort"}}},
    "biased": {"kind": "mixture", "tasks": {"records": {"kind": "records"}}},
}
FOUR, FIVE = [4, 8, 12, 16], [4, 8, 12, 16, 24]


@pytest.mark.parametrize(
    ("experiments", "facts"),
    [
        ({"a": {"world": "parity"}}, set()),
        ({"a": {"world": "parity", "network": {"width": FOUR}}}, {"parity-families"}),
        (
            {"a": {"world": "parity", "network": {"width": FIVE}}},
            {"parity-families", "parity-sizes"},
        ),
        ({"a": {"world": "text", "network": {"width": FOUR}}}, {"mixture-families"}),
        (
            {"a": {"world": "text", "network": {"width": FIVE}, "seeds": [0, 1, 2]}},
            {"mixture-families", "mixture-sizes", "enough-runs"},
        ),
        ({"a": {"world": "biased"}}, {"mixture-records"}),
        ({"a": {"world": "parity", "seeds": [0, 1]}}, set()),
        ({"a": {"world": "parity", "seeds": [0, 1, 2]}}, set()),  # no family of several widths
        (
            {
                "a": {"world": "parity", "network": {"width": FOUR}},
                "b": {"world": "parity", "network": {"width": FOUR}, "seeds": [1, 2]},
            },
            {"parity-families", "enough-runs"},
        ),
        (
            {
                "a": {"world": "parity", "network": {"width": FOUR}, "seeds": [0, 1]},
                "b": {"world": "text", "network": {"width": FOUR}, "seeds": [0, 1]},
            },
            {"parity-families", "mixture-families"},
        ),
    ],
)
def test_figures_are_drawn_of_what_there_is(experiments, facts):
    defaults = {"seeds": [0]}
    found = resolve({"worlds": WORLDS, "defaults": defaults, "experiments": experiments})
    assert facts_of_runs(found) == facts


def test_published_models_are_enough_for_claims_about_them():
    table = {"kind": "points", "file": "config/test/models-points.csv"}
    found = resolve({"worlds": {"points": {"kind": "published", "table": table}}})
    assert facts_of_runs(found) == {"enough-runs"}
