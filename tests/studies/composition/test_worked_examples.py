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
import worked_rows
import worked_training
from composition_runs import catalogue
from composition_trained import RUNS
from project import ROOT
from worked_networks import MADE, WORKED, network_at, worked

runs = pytest.mark.parametrize("run", WORKED)


def assert_worked(found, expected, *, name):
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
    assert_worked(worked(run).table[name], worked_groups.TABLE[name](run), name=name)


@runs
@pytest.mark.parametrize("name", worked_groups.IRREPS)
def test_irreps(run, name):
    assert_worked(worked(run).irreps[name], worked_groups.IRREPS[name](run), name=name)


FINAL = worked_measures.SHARED | worked_measures.CHANCES | worked_measures.ANALYSIS


@runs
@pytest.mark.parametrize("name", FINAL)
def test_analyses(run, name):
    assert_worked(worked(run).analysis[name], FINAL[name](network_at(run, -1)), name=name)


@runs
@pytest.mark.parametrize("statistic", ["mean", "sd"])
@pytest.mark.parametrize("fraction", worked_nulls.FRACTIONS)
def test_fractions_of_relabelled_groups(run, fraction, statistic):
    name = f"{fraction}_null_{statistic}"
    assert_worked(worked(run).analysis[name], worked_nulls.null(run, name), name=name)


@runs
@pytest.mark.parametrize("name", worked_training.EVALUATION)
def test_evaluations(run, name):
    assert_worked(worked(run).evaluation[name], worked_training.EVALUATION[name](run), name=name)


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("name", worked_training.HISTORY)
def test_histories(run, name):
    """Training computes in float32."""
    found, expected = worked(run).history[name], worked_training.HISTORY[name](run)
    assert_allclose(found.values, expected, rtol=1e-5, atol=1e-7, err_msg=name)


@pytest.mark.parametrize("name", worked_comparison.COMPARISON)
def test_comparisons(name):
    assert_worked(
        worked_comparison.compared()[name], worked_comparison.COMPARISON[name](), name=name
    )


@pytest.mark.parametrize("name", worked_rows.OF_RUN)
def test_summaries(name):
    name = f"{name}_summary"
    assert_worked(worked_comparison.compared()[name], worked_comparison.summary(name), name=name)


# The tables themselves


def tables():
    """Variables of the tables, with their dimensions, by the heading that they are under."""
    text = (ROOT / "docs" / "conventions.md").read_text(encoding="utf-8")
    found = {}
    for section in text.split("\n### ")[1:]:
        heading, _, body = section.partition("\n")
        cells = re.findall(r"^\| (`.*?) \|", body, flags=re.MULTILINE)
        names = re.findall(r"`([\w.]+?)(?:\(([\w, ]+)\))?`", " ".join(cells))
        found[heading] = {name: tuple(dims.split(", ")) if dims else () for name, dims in names}
    return found


TABLES = tables()
BOTH = "`analysis.nc` and `evaluation.nc`"
OF_ONE = worked_measures.SHARED | worked_measures.CHANCES | {"key": worked_measures.ANALYSIS["key"]}
NULLS = {"..._null_mean": worked_nulls.null, "..._null_sd": worked_nulls.null}
EXAMPLES = {
    "`table.nc`": worked_groups.TABLE,
    "`irreps.nc`": worked_groups.IRREPS,
    "`history.nc`": worked_training.HISTORY,
    BOTH: OF_ONE,
    "`analysis.nc`": {n: f for n, f in worked_measures.ANALYSIS.items() if n != "key"} | NULLS,
    "`evaluation.nc`": {n: f for n, f in worked_training.EVALUATION.items() if n not in OF_ONE},
    "`comparison.nc`": worked_comparison.COMPARISON | {"..._summary": worked_comparison.summary},
}


def test_every_table_has_worked_examples():
    assert TABLES.keys() == EXAMPLES.keys()


@pytest.mark.parametrize("table", EXAMPLES)
def test_every_variable_of_a_table_has_a_worked_example(table):
    assert TABLES[table].keys() == EXAMPLES[table].keys()


def stored():
    """All results that the tables are about, with the headings of their tables."""
    for run in WORKED:
        one = worked(run)
        yield one.table, ["`table.nc`"]
        yield one.irreps, ["`irreps.nc`"]
        yield one.history, ["`history.nc`"]
        yield one.analysis, [BOTH, "`analysis.nc`"]
        yield one.evaluation, [BOTH, "`evaluation.nc`"]
    yield worked_comparison.compared(), ["`comparison.nc`"]


def test_every_stored_variable_is_in_a_table_with_its_dimensions():
    for result, headings in stored():
        known = {name: dims for heading in headings for name, dims in TABLES[heading].items()}
        for name, values in result.data_vars.items():
            match = [each for each in known if fnmatchcase(name, each.replace("...", "*"))]
            assert match, f"{name} of {headings[-1]}"
            if "_null_" in name:
                continue
            along_steps = "evaluation" in headings[-1] and name in TABLES[BOTH]
            dims = tuple(dim for dim in values.dims if not (along_steps and dim == "step"))
            assert dims == known[match[0]], name


def test_the_run_made_by_hand_shows_what_the_conventions_say():
    """Frequencies 2 and 3 at once, then 1. The trap: 4 and 5 are never used."""
    along = worked(MADE).evaluation
    assert along["phase_boundary"].values.tolist() == [300, 500, 1000]
    assert_array_equal(along["learned_step"], [np.nan, 300, 200, 200, np.nan, np.nan])
    assert_array_equal(along["learned_order"], [np.nan, 2, 1, 3, np.nan, np.nan])
    assert_array_equal(along["all_pairs_learned_step"], [np.nan, 100, 100, 100, 100, 100])
    assert_array_equal(along["all_pairs_learned_order"], [np.nan, 1, 2, 3, np.nan, np.nan])


def test_the_losses_of_the_transformer_are_those_that_the_conventions_quote():
    found = worked("C7, transformer").analysis
    assert_allclose(found["excluded_hidden_loss"], 0.99, atol=0.01)
    assert_allclose(found["excluded_logit_loss"], 0.38, atol=0.01)


def test_the_similarities_of_memorising_are_those_that_the_conventions_quote():
    """On S4: training pairs are known for sure, and the others not at all."""
    chi = catalogue("S4")["character"].values
    found = chi.max(axis=1) * np.sqrt(0.4 / 23 / np.mean(chi**2, axis=1))
    assert_allclose(found[1:], np.array([0.13, 0.26, 0.40])[[0, 1, 2, 2]], atol=0.005)
