"""What the configuration names of published tables is there, or is refused with a remedy."""

import csv
from pathlib import Path

import numpy as np
import pytest
import yaml
from numpy.testing import assert_allclose

from ontogeny.config import ConfigurationError
from ontogeny.csv_rows import TableError
from ontogeny.scaling import FEWEST_POINTS
from ontogeny.storage import read_texts
from ontogeny.studies.surprise.checks import resolve
from ontogeny.studies.surprise.files import files_of
from ontogeny.studies.surprise.published.checks import problems_of_published
from ontogeny.studies.surprise.published.least import LEAST_POINTS
from ontogeny.studies.surprise.published.models import Models
from ontogeny.studies.surprise.published.reading import families_of, read_published
from ontogeny.studies.surprise.published.tables import Points
from published_models import (
    ROOT,
    SIZES,
    TABLES,
    WORLDS,
    long_world,
    points_world,
    spec,
    wide_world,
)

AT = "surprise.worlds.mine"


def read(world):
    return read_published(world, read_texts(files_of(world)))


def problems(world):
    return [*problems_of_published(world, AT)]


@pytest.mark.parametrize(
    ("name", "kind", "families"),
    [("long", Models, ("plain",)), ("wide", Models, ("hare",)), ("points", Points, ())],
)
def test_every_format_is_read(name, kind, families):
    assert isinstance(read(WORLDS[name]), kind)
    assert families_of(WORLDS[name]) == families
    assert problems(WORLDS[name]) == []


def test_losses_and_sizes_are_those_of_the_table():
    models = read(long_world())
    size = np.array(list(SIZES.values()), dtype=np.float64)
    assert_allclose(models.parameters, size)
    loss = models.loss[:, models.task.index("story")]
    assert_allclose(loss, 1 + (1e7 / size) ** 0.4, rtol=1e-6)


def test_two_variants_of_one_family_are_one_family():
    table = long_world().table.model_copy(update={"families": {"-a": "x", "-b": "y", "-c": "x"}})
    assert families_of(long_world().model_copy(update={"table": table})) == ("x", "y")


@pytest.mark.parametrize(
    ("world", "key", "says"),
    [
        (long_world(loss="quiz"), "loss", "= 'quiz': the task 'quiz' has a score and no loss"),
        (long_world(loss="none"), "loss", "= 'none': there is no task 'none'; name one of story"),
        (long_world(average=["story", "none"]), "average", "= 'none': there is no task"),
        (long_world(abilities={"none": 0}), "abilities", "= 'none': there is no task"),
        (long_world(loss=None, average=[]), "loss", ": nothing is predicted"),
        (wide_world(loss="addition"), "loss", "= 'addition': the task 'addition' has a score and"),
        (wide_world(reference="none"), "table.reference", "= 'none': there is no task"),
        (
            wide_world(family="none"),
            "table.family",
            "= 'none': no model is of this family; the families are 'hare', 'tortoise', 'heron'",
        ),
        (
            wide_world(family="heron"),
            "table.family",
            "= 'heron': has 3 sizes: heron-0.5b, heron-2b, heron-8b; larger models are predicted "
            "from at least 4",
        ),
        (
            long_world(table={"parameters": dict([*SIZES.items()][:3])}),
            "table.families",
            "= 'plain': has 3 sizes: plain 1m, plain 4m, plain 16m; larger models are predicted",
        ),
        (long_world(table={"parameters": {"2m": 2}}), "table.parameters", "= '2m': is not in the"),
        (long_world(table={"families": {"-a": "a"}}), "table.families", "= '-a': is not in the"),
        (long_world(table={"shots": "five"}), "table.shots", "= 'five': is not in the column"),
        (wide_world(family=None, reference=None), "table.family", ": without a family nor a"),
        (
            wide_world(family=None, average=["addition"]),
            "average",
            ": needs models to compare by size; name `table.family`",
        ),
        (
            wide_world(abilities={}, average=["addition"]),
            "table.reference",
            "= 'MMLU': there is nothing to compare it with; name `abilities`",
        ),
        (points_world(loss="story"), "loss", ": is not read of a table of points"),
        (points_world(abilities={"x": 0}), "abilities", ": is not read of a table of points"),
        (points_world(left_out=9), "table.left_out", "= 9: leaves 4 of 13 points"),
        (points_world(left_out=8), "table.left_out", "= 8: leaves 5 of 13 points"),
        (points_world(left_out=20), "table.left_out", "= 20: leaves 0 of 13 points"),
    ],
)
def test_what_is_not_there_is_refused_by_key_before_and_in_the_job(world, key, says):
    (problem,) = problems(world)
    assert problem.startswith(f"`{AT}.{key}`")
    assert says in problem
    with pytest.raises(ValueError, match=f"^`{key}`"):
        read(world)


def test_every_problem_is_said_at_once():
    found = problems(long_world(loss="quiz", average=["none", "nor this"]))
    assert [each.split("`")[1] for each in found] == [
        f"{AT}.{k}" for k in ["loss", *["average"] * 2]
    ]


def test_sizes_of_a_family_must_differ(tmp_path):
    content = (TABLES / "models-wide.csv").read_text()
    (tmp_path / "same.csv").write_text(content.replace("hare-0.2b,hare,0.2", "hare-0.2b,hare,0.1"))
    table = wide_world().table.model_copy(update={"files": (str(tmp_path / "same.csv"),)})
    (problem,) = problems(wide_world().model_copy(update={"table": table}))
    assert "'hare-0.1b' and 'hare-0.2b' have the same number of parameters, 1e+08" in problem


@pytest.mark.parametrize(
    ("column", "key", "remedy"),
    [
        ("FLOPs (1E21)", "reference", "add the column `FLOPs (1E21)`"),
        ("Model Size (B)", "family", "fill the column `Model Size (B)`"),
        ("Model Family", "family", "fill the column `Model Family`"),
    ],
)
def test_a_column_that_is_needed_is_named(column, key, remedy, tmp_path):
    rows = csv.reader((TABLES / "models-wide.csv").read_text().splitlines())
    (*columns,) = zip(*rows, strict=True)
    kept = zip(*(each for each in columns if each[0] != column), strict=True)
    (tmp_path / "less.csv").write_text("\n".join(map(",".join, kept)))
    table = wide_world().table.model_copy(update={"files": (str(tmp_path / "less.csv"),)})
    (problem,) = problems(wide_world().model_copy(update={"table": table}))
    assert problem.startswith(f"`{AT}.table.{key}` = ")
    assert remedy in problem


def test_a_table_that_cannot_be_read_is_refused_with_its_line(tmp_path):
    (tmp_path / "bad.csv").write_text("Model Size,Training FLOP,loss\n1e8,1e18,low\n")
    world = spec({"kind": "points", "file": str(tmp_path / "bad.csv")})
    (problem,) = problems(world)
    assert problem.startswith(f"`{AT}.table.file`: ")
    assert "bad.csv, line 2, column `loss`: 'low' is not a number" in problem
    with pytest.raises(TableError, match="line 2"):
        read(world)


def test_a_file_that_is_missing_or_named_twice_is_refused(tmp_path):
    missing = spec({"kind": "wide", "files": ["none.csv"], "family": "hare"})
    (problem,) = problems(missing)
    assert problem.startswith(f"`{AT}.table.files` = 'none.csv': does not exist; correct the path")
    twice = wide_world().table.model_copy(update={"files": (str(TABLES / "models-wide.csv"),) * 2})
    (problem,) = problems(wide_world().model_copy(update={"table": twice}))
    assert "is the same file as" in problem


def section(**fields):
    worlds = {name: world.model_dump() for name, world in WORLDS.items()}
    return {"worlds": worlds} | fields


def test_one_task_may_be_averaged_without_a_list():
    world = long_world().model_dump() | {"average": "story"}
    assert resolve({"worlds": {"mine": world}}).worlds["mine"].average == ("story",)


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [("wide", "files", []), ("long", "families", {}), ("long", "parameters", {})],
)
def test_what_is_empty_is_refused_by_its_key(name, key, value):
    world = WORLDS[name].model_dump()
    world["table"][key] = value
    with pytest.raises(ConfigurationError) as refused:
        resolve({"worlds": {"mine": world}})
    says = f"`{AT}.table.{key}` = {value!r}: is empty; it must name at least one"
    assert str(refused.value) == says


def test_published_worlds_need_no_experiments():
    found = resolve(section())
    assert found.experiments == {}
    assert found.worlds == WORLDS


def test_nothing_can_be_trained_on_a_published_world():
    with pytest.raises(ConfigurationError) as refused:
        resolve(section(experiments={"first": {"world": "long", "seeds": [0]}}))
    says = "`surprise.experiments.first.world` = 'long': is published, so nothing can be trained"
    assert says in str(refused.value)


def test_the_configuration_of_real_tables_says_which_files_are_missing():
    path = ROOT / "config" / "published-models.yaml"
    worlds = yaml.safe_load(path.read_text())["surprise"]
    with pytest.raises(ConfigurationError) as refused:
        resolve(worlds)
    for file in ("pythia.csv", "base_llm_benchmark_eval.csv", "chinchilla.csv"):
        assert not Path("evaluations", file).exists()
        assert f"= 'evaluations/{file}': does not exist" in str(refused.value)


def test_a_joint_fit_needs_as_many_points_here_as_there():
    assert LEAST_POINTS == FEWEST_POINTS
