import shutil

import pytest

import ontogeny
from ontogeny import provenance
from ontogeny.provenance import attributes, code_digest, spec_digest


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
    (root / "other.py").write_text('def g():\n    """Say."""\n    return 1\n')
    (root / "apart.py").write_text("x = 1\n")
    (root / "config.py").write_text("y = 1\n")
    script = tmp_path / "script.py"
    script.write_text("from ontogeny.wing import f\nimport ontogeny.config\nf()\n")
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
        ("config.py", "y = 1", "y = 2"),
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
