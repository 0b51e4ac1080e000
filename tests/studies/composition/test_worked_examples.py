"""Every variable that docs/conventions.md defines, computed as it says, on small networks."""

import re
from fnmatch import fnmatchcase

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import worked_comparison
import worked_groups
import worked_measures
import worked_nulls
import worked_training
from composition_trained import RUNS
from project import ROOT
from worked_networks import MADE, WORKED, network_at, worked

runs = pytest.mark.parametrize("run", WORKED)


def check(found, expected, *, name):
    """Compare at 1e-9; what is stored in float32 as far as that goes."""
    if found.dtype.kind == "O":
        assert_array_equal(found.values, expected, err_msg=name)
        return
    close = 2e-6 if found.dtype == np.float32 else 1e-9
    assert_allclose(found.values, expected, rtol=close, atol=close, err_msg=name)


# Worked examples, file by file


@runs
@pytest.mark.parametrize("name", worked_groups.TABLE)
def test_tables(run, name):
    check(worked(run).table[name], worked_groups.TABLE[name](run), name=name)


@runs
@pytest.mark.parametrize("name", worked_groups.IRREPS)
def test_irreps(run, name):
    check(worked(run).irreps[name], worked_groups.IRREPS[name](run), name=name)


FINAL = worked_measures.SHARED | worked_measures.CHANCES | worked_measures.ANALYSIS


@runs
@pytest.mark.parametrize("name", FINAL)
def test_analyses(run, name):
    check(worked(run).analysis[name], FINAL[name](network_at(run, -1)), name=name)


@runs
@pytest.mark.parametrize("statistic", ["mean", "sd"])
@pytest.mark.parametrize("fraction", worked_nulls.FRACTIONS)
def test_fractions_of_relabelled_groups(run, fraction, statistic):
    name = f"{fraction}_null_{statistic}"
    check(worked(run).analysis[name], worked_nulls.null(run, name), name=name)


@runs
@pytest.mark.parametrize("name", worked_training.EVALUATION)
def test_evaluations(run, name):
    check(worked(run).evaluation[name], worked_training.EVALUATION[name](run), name=name)


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("name", worked_training.HISTORY)
def test_histories(run, name):
    """Training computes in float32."""
    found, expected = worked(run).history[name], worked_training.HISTORY[name](run)
    assert_allclose(found.values, expected, rtol=1e-5, atol=1e-7, err_msg=name)


@pytest.mark.parametrize("name", worked_comparison.COMPARISON)
def test_comparisons(name):
    check(worked_comparison.compared()[name], worked_comparison.COMPARISON[name](), name=name)


@pytest.mark.parametrize("name", worked_comparison.OF_RUN)
def test_summaries(name):
    name = f"{name}_summary"
    check(worked_comparison.compared()[name], worked_comparison.summary(name), name=name)
