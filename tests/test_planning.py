import pytest
import snakemake.api
from snakemake.jobs import Job, Reason
from snakemake.persistence import ParamsChange

from ontogeny.workflow.planning import (
    WHY,
    PlannedJob,
    PlannedRun,
    planned_jobs,
    planned_run,
    read_plan,
    write_plan,
)
from ontogeny.workflow.snakemake_parts import SnakemakeChangedError
from small_workflow import SmallWorkflow


def job(message, *reasons, rule="a_train", **more):
    return PlannedJob(rule, message, {}, reasons or ("missing_output",), **more)


def test_a_plan_comes_back_from_its_file(tmp_path):
    jobs = [
        job("train e, seed 0", "params_changed", is_finished=True, benchmark="logs/b.tsv"),
        PlannedJob("a_group", "group Grüße", {"group": "S3"}, ()),
    ]
    run = PlannedRun("mine", 7, jobs)
    write_plan(run, tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == run


def test_a_run_has_the_number_of_all_steps_without_rules_that_collect():
    steps = [Fabricated(is_norun=False), Fabricated(is_norun=False), Fabricated(is_norun=True)]
    dag = Fabricated(
        jobs=steps,
        toposorted=lambda: [steps],
        needrun_jobs=lambda exclude_finished: [],
        reason=lambda job: Reason(),
    )
    cost_of = lambda rule, wildcards: ("", None)  # noqa: E731
    assert planned_run(dag, "mine", cost_of) == PlannedRun("mine", 2, [])


def test_snakemake_has_every_reason_and_every_attribute_that_is_read():
    """Without a run; the attributes of objects are seen in `test_the_plan_of_a_workflow`."""
    assert set(WHY) <= set(dir(Reason()))
    assert {"needrun_jobs", "toposorted", "reason"} <= set(dir(snakemake.workflow.DAG))
    assert {"output", "rule", "message", "benchmark", "is_norun"} <= set(dir(Job))
    assert {"only_old", "only_new"} <= set(dir(ParamsChange()))


class Fabricated:
    """An object of Snakemake, as far as it is read."""

    def __init__(self, **attributes):
        vars(self).update(attributes)


@pytest.mark.parametrize("lost", ["toposorted", "needrun_jobs", "reason"])
def test_a_snakemake_without_an_attribute_is_named(lost):
    job = Fabricated(is_norun=False)
    has = {
        "toposorted": lambda: [[job]],
        "needrun_jobs": lambda exclude_finished: [job],
        "reason": lambda job: Reason(),
    }
    dag = Fabricated(**{name: value for name, value in has.items() if name != lost})
    with pytest.raises(SnakemakeChangedError, match=f"has no `Fabricated.{lost}`") as error:
        planned_jobs(dag)
    for part in (
        "Snakemake 9",
        "tested with",
        "install that version",
        "ontogeny/workflow/planning.py",
    ):
        assert part in str(error.value)


def fabricated(tmp_path, before, now, **reasons):
    """A job of a finished training, as Snakemake's objects show it."""
    reason = Reason()
    for name, value in ({"params_changed": ParamsChange(before, now, {"x"})} | reasons).items():
        setattr(reason, name, value)
    output = tmp_path / "history.nc"
    output.touch()
    state = tmp_path / ".state/0123/last.npz"
    state.parent.mkdir(parents=True)
    state.touch()
    job = Fabricated(
        output=[str(output)],
        rule=Fabricated(name="a_train"),
        message=None,
        benchmark=None,
        is_norun=False,
        wildcards_dict={"experiment": "e", "seed": "0"},
    )
    dag = Fabricated(
        needrun_jobs=lambda exclude_finished: [] if exclude_finished else [job],
        toposorted=lambda: [[job]],
        reason=lambda job: reason,
    )
    return planned_jobs(dag)[0]


OLD = repr({"e": {"width": 8, "schedule": {"steps": 5}}})


@pytest.mark.parametrize(
    ("now", "can_continue"),
    [
        ({repr({"e": {"width": 8, "schedule": {"steps": 9}}})}, True),
        ({repr({"e": {"width": 8}})}, True),
        ({repr({"e": {"width": 9, "schedule": {"steps": 5}}})}, False),
        ({repr({"e": {"width": 8, "schedule": {"steps": 9}}}), "'other code'"}, False),
        ({"<object>"}, False),
    ],
)
def test_a_training_can_continue_when_only_its_schedule_differs(tmp_path, now, can_continue):
    planned = fabricated(tmp_path, {OLD}, now)
    assert planned.is_finished
    assert planned.can_continue == can_continue
    assert planned.message == "a_train"


CODE = {repr("0" * 64)}, {repr("1" * 64)}


@pytest.mark.parametrize(
    ("before", "now", "changed"),
    [
        ({OLD}, {repr({"e": {"width": 9}})}, ("configuration",)),
        (*CODE, ("code",)),
        ({OLD} | CODE[0], {repr({"e": {}})} | CODE[1], ("configuration", "code")),
        (set(), set(), ()),
    ],
)
def test_a_change_of_code_is_told_from_one_of_the_configuration(tmp_path, before, now, changed):
    assert fabricated(tmp_path, before, now, code_changed=True).changed == changed


def test_a_training_with_another_reason_is_not_merely_longer(tmp_path):
    now = {repr({"e": {"width": 8, "schedule": {"steps": 9}}})}
    assert not fabricated(tmp_path, {OLD}, now, input_changed=True).can_continue


def test_the_plan_of_a_workflow(tmp_path):
    """What a dry run plans before, between and after; what a run says before it replaces."""
    small = SmallWorkflow(tmp_path)
    corpus, *new = small.planned()
    assert corpus.rule == "study_corpus"
    assert [each.rule for each in new] == ["study_train", "study_train", "study_comparison"]
    assert [each.wildcards for each in new[:2]] == [
        {"experiment": "e", "seed": "0"},
        {"experiment": "e", "seed": "1"},
    ]
    assert {each.reasons[0] for each in new[:2]} == {"missing_output"}
    assert not any(each.is_finished for each in new)

    assert "replaces" not in small.snakemake()
    changed = small.planned("--config", "width=9")
    assert [each.reasons for each in changed] == [
        ("params_changed",),
        ("params_changed",),
        ("updated_input_run",),
    ]
    assert all(each.is_finished and not each.can_continue for each in changed)
    assert changed[0].changed == ("configuration",)
    assert changed[0].benchmark == "logs/small/benchmarks/study/e/seed0/train.tsv"
    for seed in (0, 1):
        (tmp_path / changed[seed].benchmark).write_text("s\n2400\n")
    said = small.snakemake("--config", "width=9")
    assert said.count("This run replaces 2 finished trainings") == 1
    assert "2 finished trainings, which took 1 h 20 min: e, seeds 0, 1" in said
