from types import SimpleNamespace

import pytest

from ontogeny.known_studies import NAMES, STUDIES, studies_of
from ontogeny.workflow import remembered
from ontogeny.workflow.remembered import found_once, read_once, where_some_lie_in_others
from ontogeny.workflow.snakemake_parts import SnakemakeChangedError
from small_workflow import SmallWorkflow


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
    """What has two jobs, one of which has the last output."""
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

    assert len(planned()) == 3
    small.snakemake()
    assert len(planned("--config", "width=9")) == 3


def test_a_configuration_needs_its_own_studies_and_one_that_is_misspelt_needs_all():
    assert [study.name for study in studies_of(["composition", "groups", "name"])] == [
        "composition"
    ]
    assert studies_of([]) == studies_of(["name"]) == studies_of(["compositon"]) == STUDIES
    assert studies_of(["induction", "groups"]) == STUDIES
    assert [study.name for study in STUDIES] == list(NAMES)
