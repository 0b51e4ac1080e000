"""Studies as values: what each says fits what is there."""

import hashlib
import os
import re
from importlib import import_module
from string import Formatter
from types import SimpleNamespace

import pytest

from ontogeny.config import ConfigurationError, parse_yaml
from ontogeny.figures import drawn_together, figures_of
from ontogeny.known_studies import STUDIES
from ontogeny.labels import DIMENSIONS
from ontogeny.study import Places, Stored, any_of, given_digest, read_sections

RAW = parse_yaml("""\
composition:
  defaults:
    architecture: {kind: mlp, embedding: 8, hidden: 6}
    data: {fraction: 0.6}
    schedule: {steps: 20}
    seeds: [0, 3]
  experiments:
    a: {group: S3}
    b: {group: C5, optimiser: {weight_decay: [0.5, 1]}}
induction:
  corpora: {phrases: {kind: phrases}}
  defaults: {corpus: phrases, seeds: [0]}
  experiments:
    one: {network: {layers: 1}}
    two: {network: {layers: 2}, seeds: [1, 2]}
""")


def plans(raw=RAW, name="mine"):
    sections, shared = read_sections(raw, STUDIES)
    return [
        study.plan(
            study, sections[study.name], Places(name), **{k: shared[k] for k in study.shared}
        )
        for study in STUDIES
        if study.name in sections
    ]


by_study = pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)
by_plan = pytest.mark.parametrize("plan", plans(), ids=lambda plan: plan.study.name)


@by_study
def test_dimensions_are_those_that_all_share_and_its_own(study):
    assert study.dimensions.items() >= DIMENSIONS.items()
    assert study.dimensions is import_module(f"ontogeny.studies.{study.name}.labels").DIMENSIONS


@by_study
def test_claims_name_modules_that_have_some(study):
    for claims in study.claims:
        assert import_module(claims.module).CLAIMS


@by_study
def test_what_is_left_out_of_the_code_is_there(study):
    for module in study.outside_code():
        assert import_module(module).__name__ == module


@by_study
def test_names_of_figures_are_unique(study):
    names = [figure.name for level in study.levels for figure in figures_of(study, level)]
    assert len(names) == len(set(names)) > 0


@by_study
def test_no_figure_lies_below_an_unknown_level(study):
    for package in study.figures:
        folders = import_module(package).__path__
        found = {path.parent.name for each in folders for path in _modules(each)}
        assert found <= {*study.levels, "figures"}


def _modules(folder):
    from pathlib import Path

    return Path(folder).rglob("*.py")


@by_plan
def test_every_file_stands_below_the_name_of_the_configuration(plan):
    files = plan.targets()
    files += [file for together in drawn_together(plan) for file in together.files(plan)]
    assert len(set(files)) == len(files) > 20
    first = plan.first()
    assert len(set(first)) == len(first) > 0
    assert all(file.startswith("results/mine/") for file in files + first)


def test_two_configurations_share_no_file():
    def files(name):
        return {
            file
            for plan in plans(name=name)
            for file in [
                *plan.targets(),
                *(f for together in drawn_together(plan) for f in together.files(plan)),
                plan.run_log("train"),
                plan.run_benchmark("train"),
            ]
        }

    assert not files("one") & files("two")


@by_plan
def test_subjects_have_the_wildcards_of_their_level(plan):
    for level, folder in plan.study.levels.items():
        wanted = {name for _, name, *_ in Formatter().parse(folder) if name}
        for subject in plan.subjects(level):
            assert set(subject.wildcards) == wanted
            assert not set(subject.inputs) & set(subject.values)


@by_plan
def test_facts_of_subjects_and_needs_of_figures_are_those_that_the_study_names(plan):
    for level in plan.study.levels:
        known = {*plan.study.facts.get(level, ())}
        assert all(subject.facts <= known for subject in plan.subjects(level))
        assert all(figure.needs <= known for figure in figures_of(plan.study, level))


@by_plan
def test_inputs_of_figures_are_results_that_are_made(plan):
    made = {*plan.targets(), *plan.first()} | {plan.result(each.name) for each in plan.claims()}
    for together in drawn_together(plan):
        for subject in together.subjects.values():
            assert together.subject(SimpleNamespace(**subject.wildcards)) is subject
            for function in together.input_functions().values():
                given = function(SimpleNamespace(**subject.wildcards))
                files = {given} if isinstance(given, str) else set(given)
                corpora = {file for file in files if "/corpora/" in file}
                assert files - corpora <= made


@by_plan
def test_each_subject_has_each_of_its_figures_once(plan):
    files = [file for together in drawn_together(plan) for file in together.files(plan)]
    assert len(files) == len(set(files))


def test_figures_need_what_a_subject_has():
    composition, induction = plans()
    shown = {figure.name for together in drawn_together(composition) for figure in together.figures}
    assert {"spectra", "addition_progress", "sweep", "universality_order"} <= shown
    assert not {"addition_attention", "universality_width"} & shown
    by_run = {
        wildcards[0]: {figure.name for figure in together.figures}
        for together in drawn_together(induction)
        if together.name.startswith("run")
        for wildcards in together.subjects
    }
    assert by_run == {
        "one": {"ablations", "attribution", "overview"},
        "two": {"ablations", "attribution", "evaluators", "overview", "patterns", "text"},
    }


def test_an_unknown_section_blames_no_other():
    with pytest.raises(ConfigurationError) as caught:
        read_sections({"foo": 1}, STUDIES)
    known = ", ".join(["groups", *(study.name for study in STUDIES)])
    assert str(caught.value) == f"`foo` = 1: unknown section; known are {known}"


def test_a_study_without_a_section_has_no_plan():
    assert [plan.study.name for plan in plans({"induction": RAW["induction"]})] == ["induction"]


def test_groups_are_checked_without_an_experiment():
    with pytest.raises(ConfigurationError, match=r"`groups\.g` = {}: must have one of"):
        read_sections({"groups": {"g": {}}, "induction": RAW["induction"]}, STUDIES)


@pytest.mark.parametrize("names", [(), ("one",), ("two", "one")])
def test_any_of_some_names_matches_them_alone(names):
    found = [name for name in ("", "one", "two", "onetwo") if re.fullmatch(any_of(names), name)]
    assert found == sorted(names)


def stored(sections):
    sections = {name: SimpleNamespace(**each) for name, each in sections.items()}
    return Stored(sections, lambda section: {"size": section.size}, "text")


def test_data_are_stored_under_names_that_follow_from_their_specification_alone():
    """Equal data share a name; renamed data keep theirs."""
    one, two = {"kind": "text", "size": 1}, {"kind": "text", "size": 2}
    data = stored({"a": one, "b": two, "c": one, "d": two | {"kind": "other"}})
    names = data.names
    assert re.fullmatch("text-[0-9a-f]{8}", names["a"])
    assert names["a"] == names["c"] == stored({"renamed": one}).names["renamed"]
    assert len(set(names.values())) == 3
    assert sorted(data.given[names["a"]]) == ["a", "c"]
    assert all(names[name] == file for file, given in data.given.items() for name in given)
    assert data.any_of(lambda section: section.size == 1) == names["a"]
    assert set(data.any_of().split("|")) == set(names.values())


def test_messages_call_stored_data_by_the_names_of_the_configuration():
    data = stored({"a": {"kind": "text", "size": 1}, "c": {"kind": "text", "size": 1}})
    file = data.names["a"]
    assert (
        "{data:{wildcards.text}}".format(data=data, wildcards=SimpleNamespace(text=file))
        == f"a and c ({file})"
    )
    assert data.named("a") == file
    assert data.named(None) == "{text}"
    assert data.specification(SimpleNamespace(text=file)) == {"size": 1}
    assert data.section(SimpleNamespace(text=file)).size == 1


def test_two_specifications_that_lead_to_one_name_are_refused(monkeypatch):
    monkeypatch.setattr("ontogeny.study.spec_digest", lambda specification: "0" * 64)
    same = {"kind": "text", "size": 1}
    assert stored({"a": same, "b": same}).names == {"a": "text-00000000", "b": "text-00000000"}
    with pytest.raises(ConfigurationError, match=r"`a` and `b`: are a text each.*'text-00000000'"):
        stored({"a": same, "b": {"kind": "text", "size": 2}})


SHARED = {
    "induction": """
        corpora: {c: {kind: phrases}, d: {kind: phrases}, unused: {kind: markov}}
        experiments: {a: {corpus: c, seeds: [0, 1]}, b: {corpus: d, seeds: [0]}}""",
    "imitation": """
        classes: {c: {kind: random}, d: {kind: random}, unused: {kind: random, states: 3}}
        experiments: {a: {class: c, seeds: [0]}, b: {class: d, seeds: [0]}}""",
    "surprise": """
        worlds: {c: {kind: parity, tasks: 6, bits: 8, order: 2}}
        experiments: {a: {world: c, seeds: [0, 1]}}""",
    "rlhf": """
        worlds: {c: {kind: enumerated, vocabulary: 4, length: 3}}
        policies: {s: {world: c}}
        experiments: {a: {policy: s, reward: gold, seeds: [0, 1]}}""",
    "noisy_labels": """
        corpora: {g: {kind: generated}, unused: {kind: generated, study: 500}}
        raters: {n: {kind: network, corpus: g}}
        experiments: {a: {rater: n, strategy: naive, seeds: [0, 1]}}""",
}


@pytest.mark.parametrize("study", SHARED)
def test_what_several_runs_read_is_made_first(study):
    """Each file once, that of equal data too, and none that no run reads."""
    (plan,) = plans(parse_yaml(f"{study}:{SHARED[study]}"))
    files = plan.first()
    assert len(files) == len(set(files)) == (2 if study == "noisy_labels" else 1)
    folders = {"corpora", "classes", "worlds", "raters"}
    assert all(file.split("/")[3] in folders for file in files)


def test_another_content_has_another_digest_in_the_same_process(tmp_path):
    file = tmp_path / "table.csv"
    digests = []
    for content in (b"1,2", b"2,1,3"):
        file.write_bytes(content)
        os.utime(file, ns=(0, 0))
        digests.append(given_digest(str(file)))
        assert digests[-1] == hashlib.sha256(content).hexdigest()
    assert digests[0] != digests[1]
