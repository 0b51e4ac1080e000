"""One name, one quantity: what results of group composition call alike has the same dimensions."""

import re

from project import ROOT

RESULTS = (
    "analysis",
    "evaluation",
    "history",
    "prediction",
    "comparison",
    "predictions",
    "addition_analysis",
    "addition_evaluation",
    "addition_comparison",
)
REPEATED = {"run", "step"}
"""Dimensions along which a quantity is repeated."""

BY_FREQUENCY = {"cluster_size", "neuron_fve"}
"""The irreps of a cyclic group of odd order are the frequencies: the same numbers."""

OF_GROUPS = {"rank", "place", "architecture"}
"""Coordinates, and what is known of an irrep before any run."""

OF_LOGITS = {"excluded_wave_loss"}
"""Of a run in the table of all runs: that of the logits, the first of its dimension."""


def dimensions():
    """Return the dimensions of every variable by name and result, from docs/variables.md."""
    page = (ROOT / "docs" / "variables.md").read_text(encoding="utf-8")
    part = page.split("\n## Group composition\n")[1].split("\n## ")[0]
    found = {}
    for section in part.split("\n### ")[1:]:
        result = section.split("`")[1].removesuffix(".nc")
        for name, dims in re.findall(r"^\| `([^`]+)` \| ([^|]*) \|", section, re.MULTILINE):
            each = {dim.strip() for dim in dims.split(",")} - {""}
            found.setdefault(name, {})[result] = frozenset(each - REPEATED)
    return found


def test_variables_of_one_name_have_the_same_dimensions_in_all_results():
    found = dimensions()
    assert len(found) > 250
    differ = {
        name
        for name, by_result in found.items()
        if len({by_result[result] for result in RESULTS if result in by_result}) > 1
    }
    assert differ == BY_FREQUENCY | OF_GROUPS | OF_LOGITS
