"""From a configuration to plans: what is said of files of the user's own."""

import pytest

from ontogeny.config import ConfigurationError
from ontogeny.known_studies import STUDIES
from ontogeny.plans import plans_of
from ontogeny.study import Places
from test_study import RAW, plans

MEASURES = "def measures(logits, step):\n    return {'size': (logits**2).sum()}\n"
FIGURE = '''"""My figure."""


def numbers(history):
    return history


def draw(numbers, style, title):
    raise NotImplementedError
'''


def written(folder, text=MEASURES, name="mine.py"):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    return str(path)


def plan(study="induction", **section):
    return plans_of({study: RAW[study] | section}, STUDIES, Places("mine"))[study]


def refused(study="induction", **section):
    with pytest.raises(ConfigurationError) as caught:
        plan(study, **section)
    return str(caught.value).splitlines()


def test_measures_follow_every_run(tmp_path):
    found = plan(own_measures=[written(tmp_path)])
    assert found.own_files([("two", 1), ("two", 2)]) == {
        "mine": [f"results/mine/induction/two/seed{seed}/own/mine.nc" for seed in (1, 2)]
    }
    assert "mine" in found.subjects("run")[0].inputs


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("def measures(", "m.py", "is not Python"),
        ("def measure(): ...", "m.py", "has no function `measures`"),
        ("def measures(*a): ...", "m.py", "must name each of its parameters"),
        ("def measures(lgits): ...", "m.py", "did you mean `logits`?"),
        (MEASURES, "my-measure.py", "letters, digits and underscores"),
        (MEASURES, "measures.txt", "name ends in .py"),
        ("from . import b\n" + MEASURES, "m.py", "imports `.`, a file beside it"),
        ("import beside\n" + MEASURES, "m.py", "imports `beside`, a file beside it"),
        ("from package.b import c\n" + MEASURES, "m.py", "imports `package.b`"),
    ],
)
def test_wrong_files_are_refused(tmp_path, text, name, said):
    written(tmp_path, "", "beside.py")
    written(tmp_path / "package", "", "__init__.py")
    path = written(tmp_path, text, name)
    (problem,) = refused(own_measures=path)
    assert problem.startswith(f"`induction.own_measures` = {path!r}: ")
    assert said in problem


def test_installed_packages_are_not_files_beside_it(tmp_path):
    text = f"import json\nimport numpy as np\nfrom ontogeny.plotting import save\n{MEASURES}"
    assert plan(own_measures=[written(tmp_path, text)]).own


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    found = refused(own_measures=[str(tmp_path), str(tmp_path / "none.py")])
    assert ["is a folder" in found[0], "does not exist" in found[1]] == [True, True]


def test_one_file_or_name_twice_is_refused(tmp_path):
    path, other = written(tmp_path), written(tmp_path / "below")
    same = str(tmp_path / "below" / ".." / "mine.py")
    assert refused(own_measures=[path, same]) == [
        f"`induction.own_measures` = {same!r}: is named twice; name each file once"
    ]
    assert "has the same name as" in refused(own_measures=[path, other])[0]


@pytest.mark.parametrize("known", plans(), ids=lambda each: each.study.name)
def test_no_measure_has_the_name_of_what_figures_ask_for(tmp_path, known):
    """Its result would replace that of this name in every figure."""
    subjects = [each for level in known.study.levels for each in known.subjects(level)]
    names = {name for each in subjects for name in (*each.inputs, *each.values)}
    names |= {"title", "style", "numbers", *known.study.results}
    assert len(names) > 10
    text = "def measures(step): ..."
    paths = [written(tmp_path, text, f"{name}.py") for name in sorted(names)]
    problems = refused(known.study.name, own_measures=paths)
    assert len(problems) == len(names)
    assert all("already; rename the file" in problem for problem in problems)


def test_all_problems_are_said_at_once(tmp_path):
    files = {
        "own_measures": [written(tmp_path, "", "a.py"), written(tmp_path / "b", "x", "history.py")],
        "own_figures": {"run": written(tmp_path, "x = ", "c.py"), "study": str(tmp_path / "d.py")},
    }
    assert len(refused(**files)) == 4
    assert len(refused(**files, analysis={"least_fall": -1})) == 5


def test_a_figure_asks_for_measures_by_the_name_of_their_file(tmp_path):
    measures = written(tmp_path)
    figure = written(tmp_path, FIGURE.replace("history", "mine"), "shown.py")
    assert plan(own_measures=measures, own_figures={"run": figure})
    assert "asks for `mine`" in refused(own_figures={"run": figure})[0]
