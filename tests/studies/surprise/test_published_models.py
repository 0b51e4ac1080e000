"""Published models as arrays and as datasets."""

import os
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ontogeny.csv_rows import TableError, read_rows
from ontogeny.studies.surprise.published.dataset import (
    models_of,
    points_dataset,
    points_of,
    published_dataset,
)
from ontogeny.studies.surprise.published.models import (
    LabelError,
    losses_of,
    models_of_long,
    models_of_wide,
    of_family,
    scores_of,
)
from ontogeny.studies.surprise.published.tables import (
    Points,
    long_table,
    wide_table,
)

LONG = """size,variant,shots,step,task,metric,value
4m,-new,zero-shot,20,quiz,acc,0.75
1m,-new,zero-shot,20,quiz,acc,0.5
1m,-new,zero-shot,20,words,ppl,20
1m,-new,zero-shot,20,words,acc,0.25
1m,-new,zero-shot,20,tales,loss,1.5
1m,-new,zero-shot,20,tales,bleu,31
1m,-new,zero-shot,10,quiz,acc,0.1
1m,-new,five-shot,30,quiz,acc,0.9
9m,-new,zero-shot,20,quiz,acc,0.9
1m,-odd,zero-shot,20,quiz,acc,0.9
1m,,zero-shot,10,quiz,acc,0.3
4m,-half,zero-shot,10,quiz,acc,0.4
"""
FAMILIES = {"": "old", "-half": "old", "-new": "new"}
FIRST = """Model,Model Family,Model Size (B),FLOPs (1E21),quiz
big,own,4,8,0.75
other,,1,2,0.5
small,own,1,2,0.25
nameless,own,,2,0.25
"""
SECOND = """Model,sums,Pretraining Data Size (T)
small,0.125,3
"""


def long_models(text=LONG, **changes):
    chosen = {"parameters": {"1m": 1_000, "4m": 4_000}, "families": FAMILIES, "shots": "zero-shot"}
    return models_of_long(long_table(read_rows(text, "own.csv")), **chosen | changes)


def wide(text, path):
    return wide_table(read_rows(text, path))


def wide_models():
    return models_of_wide([wide(FIRST, "one.csv"), wide(SECOND, "two.csv")])


def test_tables_are_checked_without_what_jobs_need():
    asks = "import sys; print({'torch', 'xarray', 'matplotlib'} & set(sys.modules))"
    module = models_of_long.__module__
    found = subprocess.run(
        [sys.executable, "-c", f"import {module}; {asks}"],
        capture_output=True, text=True, check=True, env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert found.stdout == "set()\n"


def test_a_model_is_a_size_of_a_family_at_its_last_step():
    models = long_models()
    assert models.name == ("old 1m", "old 4m", "new 1m", "new 4m")
    assert models.family == ("old", "old", "new", "new")
    assert_array_equal(models.parameters, [1_000, 4_000, 1_000, 4_000])
    assert_array_equal(models.step, [10, 10, 20, 20])
    assert_array_equal(scores_of(models, ["quiz"])[:, 0], [0.3, 0.4, 0.5, 0.75])


def test_perplexities_and_losses_are_losses_and_all_else_is_a_score():
    models = long_models()
    assert set(models.task) == {"quiz", "words", "tales", "tales bleu"}
    assert_array_equal(losses_of(models, "words"), [np.nan, np.nan, np.log(20), np.nan])
    assert_array_equal(losses_of(models, "tales"), [np.nan, np.nan, 1.5, np.nan])
    assert_array_equal(scores_of(models, ["words"])[:, 0], [np.nan, np.nan, 0.25, np.nan])
    assert models.score[2, models.task.index("tales bleu")] == 31


@pytest.mark.parametrize(
    ("key", "label", "value", "says"),
    [
        (
            "parameters", "2m", {"2m": 2},
            "is not in the column `size` of own.csv, which has '4m', '1m', '9m'",
        ),
        ("families", "-old", {"-old": "old"}, "is not in the column `variant` of own.csv"),
        ("shots", "ten-shot", "ten-shot", "is not in the column `shots` of own.csv"),
        (
            "families", "all", {"": "all", "-new": "all"},
            "has the variants '-new' and '', which both have the size '1m' in own.csv; give",
        ),
        ("parameters", "4m", {"1m": 5, "4m": 5}, "has the number of parameters of '1m', 5, and"),
    ],
)  # fmt: skip
def test_a_label_that_does_not_fit_the_table_is_refused_by_its_key(key, label, value, says):
    with pytest.raises(LabelError) as refused:
        long_models(**{key: value})
    assert refused.value.key == key
    assert str(refused.value).startswith(f" = {label!r}: {says}")


def test_wide_tables_are_joined_by_the_name_of_the_model():
    models = wide_models()
    assert models.name == ("big", "other", "small", "nameless")
    assert models.family == ("own", "", "own", "own")
    assert models.task == ("quiz", "sums")
    assert_array_equal(models.parameters, [4e9, 1e9, 1e9, np.nan])
    assert_array_equal(models.tokens, [np.nan, np.nan, 3e12, np.nan])
    assert_array_equal(models.compute, [8e21, 2e21, 2e21, 2e21])
    assert_array_equal(scores_of(models, ["sums"])[:, 0], [np.nan, np.nan, 0.125, np.nan])


def test_the_order_of_rows_of_a_further_table_does_not_matter():
    rows = ["small,0.1", "big,0.2", "other,0.3"]
    found = [
        models_of_wide([wide(FIRST, "one.csv"), wide("Model,sums\n" + "\n".join(order), "two.csv")])
        for order in (rows, rows[::-1])
    ]
    assert_array_equal(found[0].score, found[1].score)


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (
            "Model,sums\nsmall,1\nlarge,1\n",
            "two.csv, line 3, column `Model`: 'large' is not in one",
        ),
        ("Model,quiz\nsmall,1\n", "two.csv, line 1: has the column `quiz`, as one.csv has; remove"),
        (
            "Model,Model Size (B)\nsmall,1\n",
            r"two.csv, line 1: has the column `Model Size \(B\)`, as one.csv",
        ),
    ],
)
def test_tables_that_do_not_fit_together_are_refused(second, says):
    with pytest.raises(TableError, match=says):
        models_of_wide([wide(FIRST, "one.csv"), wide(second, "two.csv")])


def test_a_family_is_its_models_with_a_size_the_smallest_first():
    own = of_family(wide_models(), "own")
    assert own.name == ("small", "big")
    assert_array_equal(own.parameters, [1e9, 4e9])
    assert_array_equal(own.compute, [2e21, 8e21])
    assert_array_equal(own.score, [[0.25, 0.125], [0.75, np.nan]])
    assert of_family(wide_models(), "mine").name == ()


def test_scores_and_losses_are_asked_for_by_task():
    models = long_models()
    with pytest.raises(ValueError, match="no task 'sums'; name one of quiz, "):
        scores_of(models, ["quiz", "sums"])
    with pytest.raises(ValueError, match="'tales' has a loss and no score"):
        scores_of(models, ["tales"])
    with pytest.raises(ValueError, match="'tales bleu' has the score 31; it must be from 0 to 1"):
        scores_of(models, ["tales bleu"])
    with pytest.raises(ValueError, match="'quiz' has a score and no loss"):
        losses_of(models, "quiz")


@pytest.mark.parametrize("models", [long_models(), wide_models()], ids=["long", "wide"])
def test_a_dataset_keeps_the_models(models):
    stored = published_dataset(models)
    assert all({"long_name", "units"} <= set(each.attrs) for each in stored.variables.values())
    for name, value in vars(models_of(stored)).items():
        assert_array_equal(value, getattr(models, name))


def test_a_dataset_keeps_the_points():
    points = Points(np.array([1e6, 2e6]), np.array([6e12, 24e12]), np.array([4.5, 4.0]))
    stored = points_dataset(points)
    assert_array_equal(stored["tokens_seen"], [1e6, 2e6])
    for name, value in vars(points_of(stored)).items():
        assert_array_equal(value, getattr(points, name))
