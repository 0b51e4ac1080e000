from types import SimpleNamespace

import pytest

from ontogeny.known_studies import NAMES, STUDIES, studies_of
from ontogeny.workflow import remembered
from ontogeny.workflow.remembered import (
    found_once,
    itself_first,
    of_rule,
    once_for_each_rule,
    read_once,
    where_flagged,
    where_some_lie_in_others,
)
from ontogeny.workflow.snakemake_parts import SnakemakeChangedError
from small_workflow import SmallWorkflow


class Hashable(SimpleNamespace):
    """An object that is equal to itself alone, as the rules of Snakemake are."""

    __hash__ = object.__hash__


def test_a_script_is_read_once_and_one_with_wildcards_for_every_job():
    calls = []
    read = read_once(lambda *given: calls.append(given) or len(calls))
    assert [read("a.py", "store", "here"), read("a.py", "store", "here")] == [1, 1]
    assert [read("a.py", "store", "there"), read("a.py", "other", "here")] == [2, 3]
    assert [read("{x}.py", "store", "here", wildcards=each) for each in "pq"] == [4, 5]


def test_a_script_that_was_not_there_is_looked_for_again():
    answers = iter([False, True])
    exists = found_once(lambda store, file: next(answers))
    file = SimpleNamespace(get_path_or_uri=lambda secret_free: "a.py")
    assert [exists("store", file) for _ in range(3)] == [False, True, True]


def planned(*outputs):
    """Return a plan of two jobs; the second makes the last output, the first all others."""
    *some, last = outputs
    return SimpleNamespace(jobs=[SimpleNamespace(output=some), SimpleNamespace(output=[last])])


def test_outputs_are_searched_only_where_one_may_lie_in_another():
    calls = []
    check = where_some_lie_in_others(calls.append)
    check(planned("a/b", "a/c/d"))
    assert not calls
    check(planned("a/b", "a/b/c/d"))
    check(planned("a/b", "/c"))
    assert len(calls) == 2


def test_the_script_of_a_rule_is_checked_once_without_the_parameters_of_any_job():
    checked = []
    check = once_for_each_rule(lambda self, job: checked.append((job.rule.script, job.is_script)))
    processor = Hashable(script_type="script")
    for rule in (Hashable(script="a.py"), Hashable(script="{x}.py")):
        for _ in range(2):
            check(processor, SimpleNamespace(rule=rule, is_script=True))
    assert checked == [("a.py", True), ("{x}.py", True), ("{x}.py", True)]


def test_the_environment_of_a_job_does_not_need_its_parameters():
    spec = of_rule(lambda job: "of the job")
    expand = lambda wildcards, params, given: (wildcards, params, given)  # noqa: E731
    rule = SimpleNamespace(_conda_env="environment.yml", expand_conda_env=expand)
    job = SimpleNamespace(rule=rule, wildcards_dict={"x": "1"}, input=["a"])
    assert spec(job) == ({"x": "1"}, None, ["a"])
    rule._conda_env = expand
    assert spec(job) == "of the job"


def test_a_path_with_flags_and_a_file_that_was_not_looked_for_are_asked_of_snakemake():
    asked = where_flagged(lambda file: True)
    flagged, plain = SimpleNamespace(flags={"temp": True}), SimpleNamespace(flags={})
    answers = [asked(SimpleNamespace(_file=file)) for file in ("a", plain, flagged, object())]
    assert answers == [False, False, True, True]
    is_known = itself_first(lambda known, path: path == "in a listed folder")
    paths = ["looked for", "in a listed folder", "other"]
    assert [is_known({"looked for": False}, path) for path in paths] == [True, True, False]


def test_a_function_that_takes_something_else_is_refused():
    owner = SimpleNamespace(match=lambda other: other)
    with pytest.raises(SnakemakeChangedError, match="has other parameters of `SimpleNamespace"):
        remembered._extend(owner, "match", ["self"], lambda function: function)


def test_what_is_planned_is_the_same(tmp_path):
    """Before anything is there, and after a run and a change."""
    small = SmallWorkflow(tmp_path)
    snakefile = tmp_path / "Snakefile"
    plain = snakefile.read_text()
    extended = f"from ontogeny.workflow.remembered import remember\n\nremember()\n\n{plain}"

    def planned(*arguments):
        plans = []
        for text in (plain, extended):
            snakefile.write_text(text)
            plans.append(small.planned(*arguments))
        assert plans[0] == plans[1]
        return plans[0]

    assert len(planned()) == 4
    small.snakemake()
    assert len(planned("--config", "width=9")) == 3


def test_a_configuration_needs_its_own_studies_and_one_that_is_misspelt_needs_all():
    assert [study.name for study in studies_of(["composition", "groups", "name"])] == [
        "composition"
    ]
    assert studies_of([]) == studies_of(["name"]) == studies_of(["compositon"]) == STUDIES
    assert studies_of(["induction", "groups"]) == STUDIES
    assert [study.name for study in STUDIES] == list(NAMES)
