from itertools import pairwise

import numpy as np
import pytest
import torch

from ontogeny.groups import group
from ontogeny.representations import irreps, real_irreps
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset
from ontogeny.studies.composition.catalogue.sections import GivenGroup
from ontogeny.studies.composition.facts import LEAST_RUNS, facts_of_runs
from ontogeny.studies.composition.irreps.claims import CLAIMS
from ontogeny.studies.composition.resolution import resolve

TRANSFORMER = {"kind": "transformer", "d_mlp": 48}


def experiments(*given, tables=None):
    defaults = {"group": "S3", "architecture": {"kind": "mlp"}, "seeds": [0]}
    defaults["data"] = {"fraction": 0.6}
    named = {f"e{number}": defaults | each for number, each in enumerate(given)}
    return list(resolve({"experiments": named}, tables or {}).experiments.values())


def facts(*given, tables=None):
    return facts_of_runs(experiments(*given, tables=tables), tables or {})


def test_without_runs_nothing_is_true():
    assert facts_of_runs([], {}) == set()


def test_one_run_has_what_needs_no_comparison():
    assert facts({}) == {"steps", "test-pairs", "irreps-differ"}


def test_what_is_compared_by_generalisation_needs_test_pairs():
    """Of networks trained on all pairs nothing is counted, however many and wide they are."""
    mlps = [
        {"architecture": {"kind": "mlp", "hidden": hidden}, "seeds": [0, 1]}
        for hidden in (8, 16, 32)
    ]
    true = {"steps", "test-pairs", "irreps-differ", "several-runs", "several-widths", "enough-runs"}
    assert facts(*mlps) == true
    assert facts(*(each | {"data": {"fraction": 1}} for each in mlps)) == {"steps"}


def test_claims_need_runs():
    assert "enough-runs" not in facts({"seeds": [0, 1, 2]}, {"group": "C5", "seeds": [0, 1]})
    assert "enough-runs" in facts({"seeds": [0, 1, 2]}, {"group": "C5", "seeds": [0, 1, 2]})


def test_the_runs_that_claims_need_are_those_of_the_claims():
    """The claim about pairs of runs needs twice as many."""
    needed = {claim.name: claim.minimum for claim in CLAIMS}
    needed["strong-universality-fails"] *= 2
    assert min(needed.values()) == LEAST_RUNS


def test_runs_are_counted_of_the_widest_networks_of_one_architecture_on_one_group():
    def mlp(hidden, **others):
        return {"architecture": {"kind": "mlp", "hidden": hidden}} | others

    assert "several-runs" in facts(mlp(8, seeds=[0, 1]))
    assert "several-runs" in facts(mlp(8), mlp(8, data={"fraction": 0.8}))
    assert "several-runs" not in facts(mlp(8, seeds=[0, 1]), mlp(16))
    assert "several-runs" not in facts(
        mlp(8), mlp(8, group="C5"), {"architecture": TRANSFORMER | {"d_mlp": 8}}
    )


def test_widths_are_those_of_one_architecture_on_one_group():
    def mlp(hidden, group="S3"):
        return {"group": group, "architecture": {"kind": "mlp", "hidden": hidden}}

    assert "several-widths" not in facts(mlp(8), mlp(16), {"architecture": TRANSFORMER})
    assert "several-widths" not in facts(mlp(8), mlp(16), mlp(32, "C5"), mlp(16) | {"seeds": [1]})
    assert "several-widths" in facts(mlp(8), mlp(16), mlp(32))
    assert [
        each.architecture.neurons for each in experiments(mlp(8), {"architecture": TRANSFORMER})
    ] == [
        8,
        48,
    ]


GROUPS = {"C5", "C59", "C2xC2", "C3xC3", "C8", "C15", "S3", "S2", "D5", "Q8", "A4", "F21", "C2xS3"}


@pytest.mark.parametrize("name", sorted(GROUPS))
def test_the_order_of_learning_needs_irreps_that_differ(name):
    """Compare the rule with degrees and smallest orbits as computed."""
    structure = group(name)
    found = irreps_dataset(structure, irreps(structure), real_irreps(structure))
    values = zip(found["degree"].values[1:], found["smallest_orbit"].values[1:], strict=True)
    differ = any(one != other for one, other in pairwise(values))
    assert ("irreps-differ" in facts({"group": name, "data": {"fraction": 0.8}})) == differ


def test_of_large_abelian_groups_the_smallest_orbits_are_not_known():
    assert "irreps-differ" not in facts({"group": "C121"})
    assert "irreps-differ" in facts({"group": "C122"})


@pytest.mark.parametrize(("name", "differ"), [("C2xC2", False), ("C4", True), ("S3", True)])
def test_a_group_from_a_table_is_judged_like_any_other(tmp_path, name, differ):
    np.savetxt(tmp_path / "t.csv", group(name).table, fmt="%d", delimiter=",")
    tables = {"own": GivenGroup(table=str(tmp_path / "t.csv"))}
    assert (
        "irreps-differ" in facts({"group": "own", "data": {"fraction": 0.8}}, tables=tables)
    ) == differ


def test_of_networks_trained_elsewhere_nothing_is_seen_over_steps(tmp_path):
    network = {"W_x": (6, 4), "W_y": (6, 4), "W": (8, 3), "W_U": (3, 6)}
    torch.save({name: torch.zeros(shape) for name, shape in network.items()}, tmp_path / "m.pt")
    theirs = {
        "architecture": {"kind": "mlp", "embedding": 4, "hidden": 3},
        "weights": [str(tmp_path / "m.pt")],
    }
    assert facts(theirs) == {"test-pairs"}
    assert facts(theirs, {}) == {"steps", "test-pairs", "irreps-differ"}
