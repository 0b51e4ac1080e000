import importlib.util
import re
import shutil
from pathlib import Path

import pytest

import ontogeny
from ontogeny import provenance
from ontogeny.known_studies import STUDIES
from ontogeny.provenance import PLUMBING, attributes, code_digest, spec_digest

ROOT = Path(__file__).parents[1]
OUTSIDE = frozenset().union(*(study.outside_code() for study in STUDIES))


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small copy of the package in which a script can be edited."""
    root = tmp_path / "ontogeny"
    (root / "wing").mkdir(parents=True)
    (root / "__init__.py").write_text("")
    (root / "wing" / "__init__.py").write_text("from ontogeny.wing._one import f\n")
    (root / "wing" / "_one.py").write_text(
        "from ontogeny.other import g\ndef f():\n    return g()\n"
    )
    (root / "wing" / "_two.py").write_text("k = 1\ndef f():\n    return 2\n")
    (root / "other.py").write_text('def g():\n    """Say."""\n    return 1\n')
    (root / "apart.py").write_text("x = 1\n")
    (root / "storage.py").write_text("from ontogeny import apart\ny = 1\n")
    (root / "heavy").mkdir()
    (root / "heavy" / "__init__.py").write_text("from ontogeny.other import g\nz = 1\n")
    (root / "heavy" / "part.py").write_text("h = 1\n")
    script = tmp_path / "script.py"
    script.write_text("from ontogeny.wing import f\nimport ontogeny.storage\nf()\n")
    monkeypatch.setattr(provenance, "_PACKAGE", root)
    return script, root


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("wing/_one.py", "return g()", "return g() + 1"),
        ("other.py", "return 1", "return 2"),
        ("wing/__init__.py", "import f\n", "import f\nz = 3\n"),
        ("wing/__init__.py", "_one import f", "_two import f"),
        ("../script.py", "f()\n", "f(); f()\n"),
    ],
)
def test_a_change_of_meaning_is_seen(package, file, old, new):
    script, root = package
    before = code_digest(script)
    edit(root / file, old, new)
    assert code_digest(script) != before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("wing/_one.py", "return g()", "return g()  # why"),
        ("other.py", '"""Say."""', '"""Say it\n    at length."""'),
        ("other.py", '    """Say."""\n', ""),
        ("other.py", "return 1", "return (\n        1\n    )"),
        ("apart.py", "x = 1", "x = 2"),
        ("storage.py", "y = 1", "y = 2"),
        ("__init__.py", "", "version = 2\n"),
        ("wing/__init__.py", "import f\n", "import f\nfrom ontogeny.wing._two import k\n"),
        ("wing/_two.py", "k = 1", "k = 2"),
    ],
)
def test_comments_docstrings_layout_and_other_modules_are_not(package, file, old, new):
    script, root = package
    before = code_digest(script)
    edit(root / file, old, new)
    assert code_digest(script) == before


def test_imports_inside_functions_are_followed(package):
    script, root = package
    script.write_text("def late():\n    from ontogeny import apart\n    return apart.x\n")
    before = code_digest(script)
    edit(root / "apart.py", "x = 1", "x = 2")
    assert code_digest(script) != before


@pytest.mark.parametrize(
    "line",
    [
        "import ontogeny.wing",
        "from ontogeny import wing",
        "from ontogeny.wing import *",
        "from ontogeny.wing import _two",
        "import ontogeny.wing._two",
        "from ontogeny.wing._two import k",
    ],
)
def test_a_module_is_covered_however_it_is_imported(package, line):
    script, root = package
    edit(
        root / "wing" / "__init__.py", "import f\n", "import f\nfrom ontogeny.wing._two import k\n"
    )
    script.write_text(f"{line}\n")
    before = code_digest(script)
    edit(root / "wing" / "_two.py", "k = 1", "k = 2")
    assert code_digest(script) != before


def test_what_a_package_computes_is_covered_when_a_module_in_it_is_imported(package):
    script, root = package
    script.write_text("from ontogeny.heavy.part import h\n")
    before = code_digest(script)
    edit(root / "heavy" / "__init__.py", "z = 1", "z = 2")
    first = code_digest(script)
    edit(root / "other.py", "return 1", "return 2")
    assert len({before, first, code_digest(script)}) == 3


def test_modules_are_left_out_and_added_by_declaration(package):
    script, root = package
    options = {"outside": ["ontogeny.wing"], "also": ["ontogeny.apart"]}
    declared = {name: code_digest(script, **{name: value}) for name, value in options.items()}
    edit(root / "other.py", "return 1", "return 2")
    assert code_digest(script, outside=options["outside"]) == declared["outside"]
    edit(root / "other.py", "return 2", "return 1")
    edit(root / "apart.py", "x = 1", "x = 2")
    assert code_digest(script, also=options["also"]) != declared["also"]


def test_the_digest_does_not_depend_on_the_place(package, tmp_path, monkeypatch):
    script, root = package
    before = code_digest(script)
    moved = tmp_path / "elsewhere" / "ontogeny"
    shutil.copytree(root, moved)
    monkeypatch.setattr(provenance, "_PACKAGE", moved)
    assert code_digest(script) == before


def test_a_specification_counts_by_its_meaning():
    assert spec_digest({"a": [1, 2], "b": 0.5}) == spec_digest({"b": 0.5, "a": (1, 2)})
    assert spec_digest({"a": 1, "b": 2}) != spec_digest({"a": 2, "b": 1})


def test_attributes_hold_no_time_and_no_place():
    about = attributes("train", {"seed": 0}, "abc")
    assert about == attributes("train", {"seed": 0}, "abc")
    assert about["ontogeny_version"] == ontogeny.__version__
    assert about["spec"] == '{"seed": 0}'
    assert not [value for value in about.values() if "/" in value]


# The whole package: which edit changes which digests.


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A copy of the package and of all that is digested: scripts, modules of figures."""
    root = tmp_path_factory.mktemp("whole")
    for folder in ("ontogeny", "scripts"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "workflow" / folder, root / folder, ignore=ignored)
    return root


@pytest.fixture
def digests(whole, monkeypatch):
    """Return a function: the digest of every script and figure after an edit, or without one."""
    monkeypatch.setattr(provenance, "_PACKAGE", whole / "ontogeny")
    figures = (whole / "ontogeny" / "studies").rglob("figures/*/*.py")
    scripts = sorted([*(whole / "scripts").rglob("*.py"), *figures])
    changed = []

    def found(module="", added="", *, outside=OUTSIDE):
        if module:
            path = provenance._module_path(module)
            changed.append((path, path.read_text()))
            path.write_text(f"{changed[-1][1]}\n{added}\n")
        return {path: code_digest(path, outside=outside) for path in scripts}

    yield found
    for path, text in reversed(changed):
        path.write_text(text)


def different(before, after):
    return {
        path.relative_to(path.parents[1]).as_posix()
        for path in before
        if before[path] != after[path]
    }


@pytest.mark.parametrize(
    ("module", "added"),
    [
        ("ontogeny.labels", 'DIMENSIONS["world"] = "world that a network acts in"'),
        ("ontogeny.training._progress", 'WORDING = "update %d of %d"'),
        ("ontogeny.storage", "def read_more(path):\n    return read(path)"),
        ("ontogeny.joblog", 'FORMAT = "%(message)s"'),
        ("ontogeny.resume", 'WORDING = "goes on"'),
        ("ontogeny.config._sections", "class More(Section):\n    x: int = 1"),
        ("ontogeny", '__version__ = "9.9"'),
        ("ontogeny.studies.composition.labels", 'DIMENSIONS["more"] = "more"'),
        ("ontogeny.studies.induction.config", "class More(Section):\n    x: int = 1"),
        ("ontogeny.training", "from ontogeny.training._loop import Record as Result"),
    ],
)
def test_an_edit_of_plumbing_makes_nothing_again(digests, module, added):
    assert different(digests(), digests(module, added)) == set()


@pytest.mark.parametrize("module", PLUMBING)
def test_all_plumbing_is_there_and_outside(digests, module):
    assert importlib.util.find_spec(module) is not None
    assert different(digests(), digests(module, "ADDED = 1")) == set()


def test_a_line_of_the_trainer_changes_training_and_no_figure(digests):
    changed = different(digests(), digests("ontogeny.training._loop", "ADDED = 1"))
    assert {"composition/train.py", "induction/train.py"} <= changed
    kept = re.compile(r"^(run|study|sweep|corpus)/|/(group|irreps|corpus|claims|tables)\.py$")
    assert not [name for name in changed if kept.search(name)]


def test_a_line_of_a_study_changes_nothing_of_another(digests):
    changed = different(
        digests(), digests("ontogeny.studies.composition.networks.loss", "ADDED = 1")
    )
    assert "composition/train.py" in changed
    assert not [name for name in changed if name.startswith("induction/")]


def test_a_higher_format_makes_everything_again(digests, monkeypatch):
    before = digests()
    monkeypatch.setattr(provenance, "FORMAT", provenance.FORMAT + 1)
    after = digests()
    assert all(before[path] != after[path] for path in before)


def test_what_constructs_groups_does_not_depend_on_representations(digests, tmp_path):
    script = tmp_path / "group.py"
    script.write_text(
        "from ontogeny.studies.composition.catalogue.given import specified_group\n"
        "from ontogeny.studies.composition.catalogue.tables import table_dataset\n"
    )
    before = code_digest(script, outside=OUTSIDE)
    digests("ontogeny.representations._symmetric", "ADDED = 1")
    assert code_digest(script, outside=OUTSIDE) == before
    digests("ontogeny.groups._families", "ADDED = 1")
    assert code_digest(script, outside=OUTSIDE) != before


TRAINING = sorted((ROOT / "workflow" / "scripts").rglob("train.py"))


def imported_by(path):
    """The modules of the package that a file names in its imports, found by their text."""
    text = path.read_text()
    named = set(re.findall(r"^\s*(?:from|import) (ontogeny[\w.]*)", text, re.MULTILINE))
    return {module for module in named if module != "ontogeny"}


@pytest.mark.parametrize("script", TRAINING, ids=lambda path: path.parent.name)
def test_all_that_training_imports_is_in_its_code_or_declared(script):
    covered = provenance._covered(script, OUTSIDE, ())
    declared = {*PLUMBING, *OUTSIDE}
    for path in [script, *map(provenance._module_path, covered)]:
        for module in imported_by(path):
            outside = not declared.isdisjoint(provenance._packages(module))
            is_package = provenance._module_path(module).name == "__init__.py"
            assert outside or module in covered or is_package, f"{path} imports {module}"


def test_the_code_of_training_is_the_network_the_data_and_the_trainer():
    for script in TRAINING:
        covered = provenance._covered(script, OUTSIDE, ())
        assert {"ontogeny.training._loop", "ontogeny.training._parameters"} <= set(covered)
        parts = {part for module in covered for part in module.split(".")}
        assert not parts & {"plotting", "claims", "figures", "analysis", "estimates", "joins"}
        assert len(covered) < 40
