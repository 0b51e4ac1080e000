"""Which wing may import which, read from the imports themselves."""

import ast
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "workflow" / "ontogeny"
MATHEMATICS = {"groups", "preferences", "ranking", "representations", "scaling"}
MACHINERY = {
    "caveats",
    "checkpoint_files",
    "claims",
    "config",
    "costs",
    "csv_rows",
    "estimates",
    "figures",
    "given_files",
    "given_networks",
    "job",
    "joblog",
    "joins",
    "json_records",
    "labels",
    "machine",
    "networks",
    "outcomes",
    "own_files",
    "own_measures",
    "plain_weights",
    "plans",
    "plotting",
    "provenance",
    "records",
    "resume",
    "storage",
    "study",
    "sweeps",
    "texts",
    "titles",
    "training",
    "unlocked",
    "weights",
    "wording",
    "workflow",
}
JOINTS = {"known_studies", "notebook", "page", "testing"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def wing_of(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path):
    """Every module that a file imports, with the part of this package that it names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imports_of(node)


def imports_of(node):
    """Every module that a statement imports, with the part of this package that it names."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    else:
        yield node.module
        if node.module == "ontogeny":
            yield from (f"ontogeny.{alias.name}" for alias in node.names)


def parts(path):
    return {name.split(".")[1] for name in imports(path) if name.startswith("ontogeny.")}


def test_every_module_belongs_to_a_wing():
    assert {wing_of(path) for path in MODULES} == (
        MATHEMATICS | MACHINERY | JOINTS | {"studies", "__init__"}
    )


@pytest.mark.parametrize("path", [p for p in MODULES if wing_of(p) in MATHEMATICS], ids=str)
def test_mathematics_stands_alone(path):
    assert parts(path) <= MATHEMATICS
    outside = {name.split(".")[0] for name in imports(path)} & {"torch", "xarray", "matplotlib"}
    assert not outside


@pytest.mark.parametrize("path", [p for p in MODULES if wing_of(p) in MACHINERY], ids=str)
def test_machinery_knows_no_group_and_no_study(path):
    assert parts(path) <= MACHINERY


@pytest.mark.parametrize("path", [p for p in MODULES if wing_of(p) == "studies"], ids=str)
def test_studies_do_not_know_each_other(path):
    inside = path.relative_to(PACKAGE / "studies").parts
    studies = {name.split(".")[2] for name in imports(path) if name.startswith("ontogeny.studies.")}
    assert studies <= {inside[0]}


@pytest.mark.parametrize(
    "path", [p for p in MODULES if "architectures" in p.parts or "training" in p.parts], ids=str
)
def test_networks_know_no_group(path):
    assert not parts(path) & (MATHEMATICS | JOINTS)


@pytest.mark.parametrize(
    "path", [p for p in MODULES if p.relative_to(PACKAGE).parts[0] != "storage"], ids=str
)
def test_only_storage_opens_result_files(path):
    calls = {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not calls & {"to_netcdf", "open_dataset", "load_dataset", "write_bytes", "read_bytes"}


SCRIPTS = sorted((PACKAGE.parent / "scripts").rglob("*.py"))


def uses_threads(script):
    """Whether a script says that its job computes with PyTorch."""
    return "job.use_threads()" in {
        ast.unparse(node) for node in ast.walk(ast.parse(script.read_text()))
    }


def starting_points():
    """The scripts that do not say so, and what is imported by name or when a workflow starts."""
    yield from (script for script in SCRIPTS if not uses_threads(script))
    yield from PACKAGE.glob("studies/**/figures/*/*.py")
    yield from PACKAGE.glob("studies/**/claims.py")
    yield from PACKAGE.glob("studies/**/claims/*.py")
    yield from PACKAGE.glob("studies/*/study.py")
    yield from PACKAGE.glob("studies/composition/networks/architectures/[!_]*.py")  # by name


@cache
def imports_at_start(path):
    """What a file imports outside of its functions."""
    return {
        name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imports_of(node)
    }


def reached_at_start(path):
    """Every file of the package that is executed when one is imported, with its own imports."""
    found, waiting = {}, [path]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found[path] = imports_at_start(path)
        for name in found[path]:
            if name.startswith("ontogeny"):
                file = PACKAGE.parent.joinpath(*name.split("."))
                package = file.parent / "__init__.py"
                files = [file.with_suffix(".py"), file / "__init__.py", package]
                waiting += [each for each in files if each.is_file()]
    return found


def imports_torch(path):
    return [
        file
        for file, names in reached_at_start(path).items()
        if "torch" in {name.split(".")[0] for name in names}
    ]


def test_jobs_without_a_network_start_without_torch():
    """They are spared the two seconds that it takes."""
    found = [*starting_points()]
    assert len(found) > 60
    assert {path: files for path in found if (files := imports_torch(path))} == {}


def test_jobs_of_group_composition_do_not_read_the_captions_of_figures():
    """To read them takes as long as to analyse a small network."""
    scripts = [path for path in SCRIPTS if path.parent.name == "composition"]
    assert len(scripts) > 8
    assert not [path for path in scripts if PACKAGE / "figures.py" in reached_at_start(path)]


@pytest.mark.parametrize("script", [*filter(uses_threads, SCRIPTS)], ids=str)
def test_jobs_that_set_its_threads_need_torch(script):
    """Some import the module that does by its name."""
    assert imports_torch(script) or "import_module(" in script.read_text()
