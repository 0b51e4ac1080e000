"""Every default that there has ever been, in files to which lines are only added.

Those of a study are in `studies/<study>/defaults.txt`, those of all in `data/defaults.txt`.

Results do not say the defaults that they were made with. A default may change together with the
`FORMAT` of its section, by which results know that they are old.
"""

import json
import re
import sys
from pathlib import Path
from typing import Annotated, ClassVar

import pytest
from pydantic import BeforeValidator
from pydantic_core import PydanticUndefined

from ontogeny.config import (
    ConfigurationError,
    Section,
    as_tuple,
    canonical,
    specification,
    validate,
)
from ontogeny.known_studies import STUDIES

TESTS = Path(__file__).parent
FILES = {"": "data/defaults.txt"} | {s.name: f"studies/{s.name}/defaults.txt" for s in STUDIES}
"""By the name of the study."""

LINE = re.compile(r"(\d+) ([\w.-]+\.(\w+)) format=(\d+) (.+)")


def sections(base=Section):
    """Return every section that is written in a module of the package, by its name."""
    found = {}
    for each in base.__subclasses__():
        found |= sections(each)
        written = getattr(sys.modules[each.__module__], each.__name__, None) is each
        if written and each.__module__.startswith("ontogeny.") and each.__name__[0] != "_":
            parts = each.__module__.split(".")
            study = f"{parts[2]}." if parts[1] == "studies" else ""
            found[f"{study}{each.__name__}"] = each
    return dict(sorted(found.items()))


def default_of(field):
    """Return the default of a field as a line shows it."""
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, Section):
        value = value.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(canonical(value))


def problems(text, models, file="defaults.txt"):
    """Say what is wrong with a file of defaults, given the sections that it is of."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    read = [LINE.fullmatch(line).groups() for line in lines]
    found = []
    if [int(number) for number, *_ in read] != list(range(1, len(read) + 1)):
        found.append("a line was removed or moved; put it back")
    known = {(field, int(number)): default for _, field, _, number, default in read}
    if len(known) < len(read):
        found.append("a field has two lines with the same format; remove the later one")
    for name, model in models.items():
        for lower in range(1, model.FORMAT):
            if not any(field.startswith(f"{name}.") and n == lower for field, n in known):
                found.append(f"{name} has no lines with format={lower}; put them back")
        for key, field in model.model_fields.items():
            default, path = default_of(field), f"{name}.{key}"
            if (path, model.FORMAT) not in known:
                number = len(read) + 1 + sum("append" in problem for problem in found)
                line = f"{number} {path} format={model.FORMAT} {default}"
                found.append(f"append to {file}: {line}")
            elif known[path, model.FORMAT] != default:
                found.append(
                    f"the default of {path} was {known[path, model.FORMAT]} and is {default}; take "
                    f"it back, or set FORMAT = {model.FORMAT + 1} in {name} and append its lines"
                )
    return found


@pytest.mark.parametrize("study", FILES)
def test_no_default_has_changed_unseen(study):
    own = {name: each for name, each in sections().items() if name.rpartition(".")[0] == study}
    path = TESTS / FILES[study]
    found = problems(path.read_text() if path.exists() else "", own, FILES[study])
    assert not found, "\n".join(found)


def test_the_sections_of_all_studies_are_found():
    found = sections()
    assert {study.section for study in STUDIES} <= {*found.values()}
    assert {study.style for study in STUDIES} <= {*found.values()}
    assert {model for study in STUDIES for model in study.swept} <= {*found.values()}
    assert {model for study in STUDIES for model in study.shared.values()} <= {*found.values()}


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)
def test_every_figure_has_the_style_of_its_study(study):
    figures = study.section.model_fields["figures"].annotation
    styles = {name: field.default for name, field in figures.model_fields.items()}
    assert styles.pop("defaults") is None
    assert set(map(repr, styles.values())) == {repr(study.style())}


def test_no_section_has_a_key_that_means_its_format():
    assert not [name for name, model in sections().items() if "format" in model.model_fields]


class Small(Section):
    x: int = 1
    y: int = 2


class Later(Small):
    FORMAT: ClassVar[int] = 2
    y: int = 3


class Derived(Later):
    y: int = 7


class Around(Section):
    one: Later = Later()
    other: Later = Later(x=5)
    several: Annotated[tuple[Later, ...], BeforeValidator(as_tuple)] = ()


WRITTEN = "# A comment.\n1 Small.x format=1 1\n2 Small.y format=1 2\n"


def test_lines_that_say_what_is_there_are_right():
    assert problems(WRITTEN, {"Small": Small}) == []
    longer = f"{WRITTEN}3 Small.x format=2 1\n4 Small.y format=2 3\n"
    assert problems(longer, {"Small": Later}) == []


@pytest.mark.parametrize(
    ("text", "model", "message"),
    [
        (
            WRITTEN.replace("y format=1 2", "y format=1 7"),
            Small,
            "was 7 and is 2; .* FORMAT = 2 in",
        ),
        ("1 Small.x format=1 1\n", Small, r"append to defaults\.txt: 2 Small\.y format=1 2"),
        (WRITTEN, Later, r"append to defaults\.txt: 3 Small\.x format=2 1"),
        (WRITTEN, Later, r"append to defaults\.txt: 4 Small\.y format=2 3"),
        ("2 Small.x format=1 1\n3 Small.y format=1 2\n", Small, "was removed"),
        (f"{WRITTEN}3 Small.y format=1 7\n", Small, "two lines"),
        ("1 Small.x format=2 1\n2 Small.y format=2 3\n", Later, "no lines with format=1"),
    ],
)
def test_a_wrong_file_of_defaults_is_seen(text, model, message):
    assert any(re.search(message, problem) for problem in problems(text, {"Small": model}))


def test_the_format_of_a_section_is_not_that_of_one_that_derives_from_it():
    assert specification(Derived()) == {}
    assert specification(Derived(x=4)) == {"x": 4}
    with pytest.raises(ConfigurationError, match=r"`format`.*unknown key"):
        validate({"format": 2}, Derived)


def test_an_inherited_default_that_changes_is_seen_in_the_section_that_derives():
    """Its own format is raised then, and only where the default is not another one."""
    before = "1 Derived.x format=1 1\n2 Derived.y format=1 7\n"
    assert problems(before, {"Derived": Derived}) == []
    (problem,) = problems(before.replace("x format=1 1", "x format=1 0"), {"Derived": Derived})
    assert "set FORMAT = 2 in Derived" in problem


def test_a_changed_default_is_in_the_specification():
    assert specification(Small()) == {}
    assert specification(Later()) == {"format": 2}
    assert specification(Later(x=4)) == {"format": 2, "x": 4}
    written = {"one": {"format": 2}, "other": {"format": 2, "x": 5}}
    assert specification(Around()) == written
    several = Around(several=(Later(), Later(y=9)))
    assert specification(several)["several"] == [{"format": 2}, {"format": 2, "y": 9}]


@pytest.mark.parametrize("section", [Later(), Later(x=4), Around(), Around(several=(Later(y=9),))])
def test_a_specification_with_formats_reads_back(section):
    assert type(section).model_validate(specification(section)) == section


@pytest.mark.parametrize(
    ("raw", "model"), [({"format": 1}, Small), ({"format": 1}, Later), ({"format": 3}, Later)]
)
def test_another_format_is_refused(raw, model):
    with pytest.raises(ConfigurationError, match=r"`format`.*unknown key"):
        validate(raw, model)
