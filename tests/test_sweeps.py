"""Lists in the place of values: each member of a sweep is what its value alone would give."""

import copy
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from ontogeny.config import (
    ConfigurationError,
    Name,
    Section,
    Seeds,
    Style,
    merge,
    parse_yaml,
    specification,
)
from ontogeny.studies.composition.study import STUDY
from ontogeny.studies.induction.config import resolve as induction
from ontogeny.study import read_sections
from ontogeny.sweeps import label, resolved

DEFAULTS = {
    "group": "C7",
    "seeds": [0],
    "architecture": {"kind": "mlp", "embedding": 8, "hidden": 12},
    "data": {"fraction": 0.6},
    "schedule": {"steps": 40, "checkpoints": {"per_decade": 2, "every": 10}},
}


def read(*, defaults=None, **experiment):
    """Return the section of one experiment `e`; `defaults` are merged over those above."""
    raw = {
        "composition": {
            "defaults": DEFAULTS | (defaults or {}),
            "experiments": {"e": experiment},
        }
    }
    return read_all(raw)["composition"]


STUDIES = [STUDY, replace(STUDY, name="induction", resolve=induction, shared={})]


def read_all(raw):
    return read_sections(raw, STUDIES)[0]


def read_text(text):
    return read_all(parse_yaml(text))


def refusal(**experiment):
    with pytest.raises(ConfigurationError) as caught:
        read(**experiment)
    return str(caught.value)


def at(path, value):
    for key in reversed(path.split(".")):
        value = {key: value}
    return value


# What a member is

TEN = st.integers(1, 10)


def spelled(numbers):
    """Give numbers as YAML may hold them: as they are, whole or not, or as text of YAML 1.1."""
    return numbers.flatmap(
        lambda x: st.sampled_from([x, repr(x), f"{x:.17e}", *([int(x)] if x == int(x) else [])])
    )


def some(**fields):
    return st.fixed_dictionaries({}, optional=fields)


STEPS = TEN.flatmap(lambda n: st.sampled_from([n, float(n), str(n), f"{n}e0"]))
RATES = spelled(st.sampled_from([0.0, 1e-5, 0.01, 0.1, 0.1 + 0.2, 1.0, 3.0]))
SHARES = spelled(st.sampled_from([0.25, 0.5, 0.75]))
LABELS = st.sampled_from(["product", "difference", "random"])
CHANGES = st.lists(
    st.fixed_dictionaries({"step": STEPS, "weight_decay": RATES}),
    max_size=2,
    unique_by=lambda change: float(change["step"]),
).map(lambda changes: sorted(changes, key=lambda change: float(change["step"])))
FIELDS = {
    "group": st.sampled_from(["C7", "D5", "C2xS3"]),
    "architecture": st.one_of(
        some(hidden=STEPS),
        some(hidden=STEPS, embedding=STEPS).map(lambda given: {"kind": "mlp"} | given),
        some(hidden=STEPS).map(lambda given: {"kind": "bilinear"} | given),
        some(heads=STEPS, mlp_bias=st.sampled_from([None, True, False])).map(
            lambda given: {"kind": "transformer"} | given
        ),
    ),
    "architecture.kind": st.sampled_from(["mlp", "bilinear", "transformer", "deep-transformer"]),
    "architecture.hidden": STEPS,
    "data": some(fraction=SHARES, labels=LABELS),
    "data.fraction": SHARES,
    "data.labels": LABELS,
    "optimiser": some(weight_decay=RATES, weight_decay_schedule=CHANGES),
    "optimiser.weight_decay": RATES,
    "optimiser.betas": st.lists(SHARES, min_size=2, max_size=2),
    "optimiser.undecayed": st.lists(st.sampled_from(["biases", "embeddings"]), unique=True),
    "optimiser.weight_decay_schedule": CHANGES,
    "schedule": some(steps=STEPS, checkpoints=some(every=STEPS)),
    "schedule.steps": STEPS,
    "schedule.checkpoints": some(every=STEPS, per_decade=STEPS),
    "schedule.early_stop": st.none() | some(test_loss=st.sampled_from([1e-3, "1e-3", 0.5])),
}
BESIDE = [{}, {"optimiser": {"l1": 0.5}}, {"schedule": {"checkpoints": {"every": 7}}},
          {"data": {"fraction": 0.3}}, {"architecture": {"hidden": 5}},
          {"architecture": {"kind": "bilinear"}}]  # fmt: skip


@st.composite
def lists(draw):
    field = draw(st.sampled_from(sorted(FIELDS)))
    return field, draw(st.lists(FIELDS[field], min_size=1, max_size=4))


def with_value(field, value, *, in_defaults, beside):
    """Return what `read` takes: a value of a field, and something else in the experiment."""
    both = copy.deepcopy(DEFAULTS) if in_defaults else {}
    *above, last = field.split(".")
    node = both
    for key in above:
        node = node.setdefault(key, {})
    node[last] = value
    return {"defaults": both, **beside} if in_defaults else both


@settings(max_examples=150)
@given(lists(), st.booleans(), st.sampled_from(BESIDE))
def test_a_member_is_what_its_value_alone_gives(swept, in_defaults, beside):
    field, values = swept

    def found(value):
        try:
            return read(**with_value(field, value, in_defaults=in_defaults, beside=beside))
        except ConfigurationError as error:
            return str(error)

    alone = [found(value) for value in values]
    together = found(values)
    if any(isinstance(each, str) for each in alone):
        assert isinstance(together, str)
        return
    experiments = [each.experiments["e"] for each in alone]
    in_part = in_defaults and field.split(".")[0] in beside
    same = [one == other for i, one in enumerate(experiments) for other in experiments[:i]]
    if not any(same):
        assert len(together.experiments) == len(experiments)
        assert all(each in together.experiments.values() for each in experiments)
        assert found(values[::-1]).sweeps == together.sweeps
        if not in_part:
            single = [found([value]) for value in values]
            names = [name for each in single for name in each.experiments]
            assert dict(zip(names, experiments, strict=True)) == together.experiments
            told = {name: said for each in single for name, said in each.sweeps["e"].items()}
            assert told == together.sweeps["e"]
    elif isinstance(together, str):
        assert "mean the same" in together
    else:
        assert in_part
        distinct = [one for i, one in enumerate(experiments) if one not in experiments[:i]]
        assert len(together.experiments) == len(distinct)
        assert all(each in together.experiments.values() for each in distinct)


@pytest.mark.parametrize(
    ("written", "field", "expected"),
    [
        (
            "architecture: [{kind: mlp}, {kind: bilinear}]",
            lambda e: (e.architecture.kind, getattr(e.architecture, "embedding", 0)),
            {"e-architecture-mlp": ("mlp", 8), "e-architecture-bilinear": ("bilinear", 0)},
        ),
        (
            "architecture: {kind: [mlp, bilinear]}",
            lambda e: (e.architecture.kind, e.architecture.hidden),
            {"e-kind-mlp": ("mlp", 12), "e-kind-bilinear": ("bilinear", 128)},
        ),
        (
            "data: [{labels: product}, {labels: difference}]",
            lambda e: (e.data.labels, e.data.fraction),
            {
                "e-data-labels-product": ("product", 0.6),
                "e-data-labels-difference": ("difference", 0.6),
            },
        ),
        (
            "schedule: {checkpoints: [{every: 5}, {every: 20}]}",
            lambda e: (e.schedule.checkpoints.every, e.schedule.checkpoints.per_decade),
            {"e-checkpoints-every-5": (5, 2), "e-checkpoints-every-20": (20, 2)},
        ),
        (
            "schedule: {early_stop: [null, {}, {test_loss: 0.1}]}",
            lambda e: e.schedule.early_stop and e.schedule.early_stop.test_loss,
            {"e-early-stop-none": None, "e-early-stop-default": 1e-5,
             "e-early-stop-test-loss-0p1": 0.1},
        ),
        (
            "optimiser: {undecayed: [[], [biases], [biases, embeddings]]}",
            lambda e: e.optimiser.undecayed,
            {"e-undecayed-empty": (), "e-undecayed-biases": ("biases",),
             "e-undecayed-biases-embeddings": ("biases", "embeddings")},
        ),
        (
            "optimiser: {betas: [[0.9, 0.98], [0.9, 1e-3]]}",
            lambda e: e.optimiser.betas,
            {"e-betas-0p9-0p98": (0.9, 0.98), "e-betas-0p9-0p001": (0.9, 0.001)},
        ),
        (
            "architecture: [{kind: mlp, hidden: [8, 16]}, {kind: bilinear}]",
            lambda e: (e.architecture.kind, e.architecture.hidden),
            {"e-architecture-mlp-hidden-8": ("mlp", 8),
             "e-architecture-mlp-hidden-16": ("mlp", 16),
             "e-architecture-bilinear": ("bilinear", 128)},
        ),
        (
            "optimiser: {weight_decay: [0.3]}",
            lambda e: e.optimiser.weight_decay,
            {"e-weight-decay-0p3": 0.3},
        ),
        (
            "optimiser: {kind: [adamw, sgd], learning_rate: 0.3}",
            lambda e: (e.optimiser.kind, e.optimiser.learning_rate),
            {"e-kind-adamw": ("adamw", 0.3), "e-kind-sgd": ("sgd", 0.3)},
        ),
        (
            "initial_scale: [0.1, 1]",
            lambda e: e.initial_scale,
            {"e-initial-scale-0p1": 0.1, "e-initial-scale-1": 1.0},
        ),
        (
            "optimiser: {weight_decay: [0.3, 1]}, data: {fraction: [0.4]}",
            lambda e: (e.data.fraction, e.optimiser.weight_decay),
            {"e-fraction-0p4-weight-decay-0p3": (0.4, 0.3),
             "e-fraction-0p4-weight-decay-1": (0.4, 1.0)},
        ),
    ],
)  # fmt: skip
def test_members_and_their_names(written, field, expected):
    found = read(**parse_yaml(f"{{{written}}}"))
    assert {name: field(e) for name, e in found.experiments.items()} == expected
    assert found.sweeps["e"].keys() == expected.keys()


def test_what_is_not_a_sweep_stays_as_it_is():
    found = read(optimiser={"betas": [0.9, 0.98], "undecayed": []}, seeds=[0, 1])
    assert found.experiments["e"].optimiser.betas == (0.9, 0.98)
    assert found.experiments["e"].seeds == (0, 1)
    assert found.sweeps == {}


# Tied fields

TIED = ["optimiser.weight_decay", "architecture.hidden", "data.labels"]
STEP = st.tuples(st.sampled_from([0.0, 0.01, 1.0]), TEN, LABELS)


def nested(values, **more):
    """Return an entry with a value at each of the paths `TIED`."""
    decay, hidden, labels = values
    return {
        "optimiser": {"weight_decay": decay},
        "architecture": {"hidden": hidden},
        "data": {"labels": labels},
    } | more


def tied(steps, groups=(TIED,), **more):
    lists = [list(values) for values in zip(*steps, strict=True)]
    return nested(lists, tied=[list(group) for group in groups], **more)


@settings(max_examples=60)
@given(st.lists(STEP, min_size=1, max_size=4, unique=True), st.randoms(), st.booleans())
def test_a_step_of_tied_fields_is_what_its_values_alone_give(steps, random, in_defaults):
    entry = tied(steps)
    key = {"tied": entry.pop("tied")}
    found = read(defaults=merge(DEFAULTS, entry), **key) if in_defaults else read(**entry, **key)
    alone = [read(**nested(step)).experiments["e"] for step in steps]
    assert len(found.experiments) == len(steps)
    assert all(each in found.experiments.values() for each in alone)
    told = {tuple(values[field] for field in TIED) for values in found.sweeps["e"].values()}
    assert told == set(steps)
    shuffled = random.sample(steps, len(steps))
    assert read(**tied(shuffled)).sweeps == read(**tied(steps)).sweeps


@given(st.lists(STEP, min_size=2, max_size=4, unique=True))
@settings(max_examples=20)
def test_members_of_tied_fields_have_the_names_that_every_combination_gives_them(steps):
    lists = [list(dict.fromkeys(values)) for values in zip(*steps, strict=True)]
    every = read(**nested(lists)).experiments
    for name, experiment in read(**tied(steps)).experiments.items():
        assert every[name] == experiment


def test_groups_of_tied_fields_and_other_fields_make_every_combination():
    found = read(
        optimiser={"weight_decay": [0, 1], "learning_rate": [0.1, 0.2]},
        data={"labels": ["product", "random"], "fraction": [0.3, 0.4]},
        schedule={"steps": [5, 6, 7]},
        tied=[["optimiser.weight_decay", "data.labels"],
              ["data.fraction", "optimiser.learning_rate"]],
    )  # fmt: skip
    each = {
        (e.optimiser.weight_decay, e.data.labels, e.data.fraction, e.optimiser.learning_rate,
         e.schedule.steps)
        for e in found.experiments.values()
    }  # fmt: skip
    assert each == {
        (*first, *second, steps)
        for first in ((0, "product"), (1, "random"))
        for second in ((0.3, 0.1), (0.4, 0.2))
        for steps in (5, 6, 7)
    }


def test_a_value_of_tied_fields_may_come_twice_but_not_all_of_them():
    steps = [(0.0, 3, "product"), (0.0, 4, "product"), (1.0, 4, "product")]
    assert len(read(**tied(steps)).experiments) == 3
    message = refusal(**tied([*steps, (0, 4.0, "product")]))
    assert "mean the same; give each value once" in message
    assert "`architecture.hidden` = 4" in message


def test_fields_that_are_lists_and_whole_mappings_can_be_tied():
    found = read(
        optimiser={"betas": [[0.9, 0.98], [0.8, 0.9]]},
        schedule=[{"steps": 10}, {"steps": 20, "checkpoints": {"every": 5}}],
        tied=[["optimiser.betas", "schedule"]],
    )
    each = [(e.optimiser.betas, e.schedule.steps) for e in found.experiments.values()]
    assert sorted(each) == [((0.8, 0.9), 20), ((0.9, 0.98), 10)]


@pytest.mark.parametrize(
    ("experiment", "said"),
    [
        ({"tied": ["optimiser.l1", "data.fraction"]},
         "tied` = ['optimiser.l1', 'data.fraction']: must be a list of groups of two or more"),
        ({"tied": [["optimiser.l1"]]}, "must be a list of groups of two or more fields, for exam"),
        ({"tied": "optimiser.l1"}, "must be a list of groups of two or more fields"),
        ({"tied": [["optimiser.l1", 3]]}, "must be a list of groups of two or more fields"),
        ({"tied": [["data.fraction", "data.fraction"]]},
         "holds `data.fraction` more than once; name each field once"),
        ({"tied": [["data.fraction", "optimiser.l1"]], "data": {"fraction": [0.3, 0.4]}},
         "`optimiser.l1` is a field that is neither here nor in the defaults; give it one"),
        ({"tied": [["data.fraction", "optimiser.betas"]], "data": {"fraction": [0.3, 0.4]},
          "optimiser": {"betas": [0.9, 0.98]}},
         "`optimiser.betas` = [0.9, 0.98] is not a list of values"),
        ({"tied": [["data.fraction", "optimiser.l1"]], "data": {"fraction": [0.3, 0.4]},
          "optimiser": {"l1": [0, 1, 2]}},
         "must have lists of the same length, but `data.fraction` has 2 and `optimiser.l1` has 3"),
        ({"tied": [["seeds", "data.fraction"]], "seeds": [[0], [1]],
          "data": {"fraction": [0.3, 0.4]}}, "says which runs there are"),
        ({"defaults": {"tied": [["data.fraction", "optimiser.l1"]]}}, "tied"),
    ],
)  # fmt: skip
def test_tied_fields_that_are_refused(experiment, said):
    message = refusal(**experiment)
    assert message.startswith("`composition.")
    assert said in message


# Sweeps in the defaults


@pytest.mark.parametrize(
    ("defaults", "experiment", "field", "expected"),
    [
        ("optimiser: {weight_decay: [0, 1]}", "", lambda e: e.optimiser.weight_decay,
         {"e-weight-decay-0": 0.0, "e-weight-decay-1": 1.0}),
        ("optimiser: {weight_decay: [0, 1]}", "optimiser: {weight_decay: 3}",
         lambda e: e.optimiser.weight_decay, {"e": 3.0}),
        ("optimiser: {weight_decay: [3]}", "optimiser: {weight_decay: 1}",
         lambda e: e.optimiser.weight_decay, {"e": 1.0}),
        ("optimiser: {weight_decay: [0, 1]}", "optimiser: {weight_decay: [2, 3]}",
         lambda e: e.optimiser.weight_decay, {"e-weight-decay-2": 2.0, "e-weight-decay-3": 3.0}),
        ("data: [{labels: product}, {labels: random}]", "data: {fraction: 0.3}",
         lambda e: (e.data.labels, e.data.fraction),
         {"e-data-labels-product": ("product", 0.3), "e-data-labels-random": ("random", 0.3)}),
        ("data: [{labels: product, fraction: 0.2}, {labels: random, fraction: 0.5}]",
         "data: {fraction: 0.3}", lambda e: (e.data.labels, e.data.fraction),
         {"e-data-labels-product": ("product", 0.3), "e-data-labels-random": ("random", 0.3)}),
        ("data: [{labels: product}, {labels: random}]", "data: {labels: difference}",
         lambda e: e.data.labels, {"e": "difference"}),
        ("data: [{labels: product}, {labels: random}]", "data: [{fraction: 0.3}, {fraction: 0.5}]",
         lambda e: (e.data.labels, e.data.fraction),
         {"e-data-fraction-0p3": ("product", 0.3), "e-data-fraction-0p5": ("product", 0.5)}),
        ("architecture: [{kind: mlp, hidden: 5}, {kind: bilinear, hidden: 6}]",
         "architecture: [{kind: bilinear}, {kind: mlp}]",
         lambda e: (e.architecture.kind, e.architecture.hidden),
         {"e-architecture-bilinear": ("bilinear", 128), "e-architecture-mlp": ("mlp", 128)}),
        ("architecture: [{kind: mlp, hidden: 5}, {kind: mlp, hidden: 6}]",
         "architecture: [{kind: bilinear}, {kind: mlp}]",
         lambda e: (e.architecture.kind, e.architecture.hidden),
         {"e-architecture-bilinear": ("bilinear", 128), "e-architecture-mlp": ("mlp", 128)}),
        ("schedule: {checkpoints: [{every: 5}, {every: 7}]}",
         "schedule: [{steps: 9, checkpoints: [{per_decade: 3}]}]",
         lambda e: (e.schedule.checkpoints.per_decade, e.schedule.checkpoints.every),
         {"e-schedule-checkpoints-per-decade-3-steps-9": (3, 100)}),
        ("schedule: {early_stop: [null, {test_loss: 0.1}]}",
         "schedule: {early_stop: [{quiet: 5}, null]}",
         lambda e: e.schedule.early_stop and e.schedule.early_stop.test_loss,
         {"e-early-stop-quiet-5": 1e-5, "e-early-stop-none": None}),
        ("architecture: {kind: [mlp, bilinear], hidden: 5}",
         "architecture: {kind: [mlp, transformer]}",
         lambda e: getattr(e.architecture, "hidden", None),
         {"e-kind-mlp": 5, "e-kind-transformer": None}),
        ("data: [{labels: product, fraction: 0.5}, {labels: product, fraction: 0.6}]",
         "data: {fraction: 0.4}", lambda e: (e.data.labels, e.data.fraction),
         {"e-data-labels-product": ("product", 0.4)}),
        ("data: [{labels: product, fraction: 0.5}, {fraction: 0.6}, {labels: random}]",
         "data: {fraction: [0.3, 0.4]}", lambda e: (e.data.labels, e.data.fraction),
         {f"e-data-{said}-fraction-0p{digit}": (labels, digit / 10) for digit in (3, 4)
          for said, labels in (("default", "product"), ("labels-random", "random"))}),
        ("schedule: {early_stop: [null, {test_loss: 0.1}]}", "schedule: {early_stop: {quiet: 5}}",
         lambda e: (e.schedule.early_stop.test_loss, e.schedule.early_stop.quiet),
         {"e-early-stop-default": (1e-5, 5), "e-early-stop-test-loss-0p1": (0.1, 5)}),
        ("architecture: {kind: [mlp, bilinear], hidden: 5}", "architecture: {kind: mlp}",
         lambda e: (e.architecture.kind, e.architecture.hidden), {"e": ("mlp", 5)}),
        ("architecture: {kind: [mlp, bilinear], hidden: [4, 5]}",
         "architecture: {kind: transformer}", lambda e: e.architecture.kind, {"e": "transformer"}),
        ("architecture: [{kind: mlp, hidden: 4}, {kind: bilinear}]",
         "architecture: {kind: transformer, heads: 2}", lambda e: e.architecture.heads, {"e": 2}),
        ("architecture: {hidden: 5}", "architecture: {kind: [mlp, bilinear]}",
         lambda e: e.architecture.hidden, {"e-kind-mlp": 5, "e-kind-bilinear": 5}),
    ],
)  # fmt: skip
def test_a_sweep_in_the_defaults(defaults, experiment, field, expected):
    found = read(defaults=parse_yaml(f"{{{defaults}}}"), **(parse_yaml(f"{{{experiment}}}")))
    assert {name: field(e) for name, e in found.experiments.items()} == expected
    assert bool(found.sweeps) == ("e" not in expected)


def test_a_wrong_value_of_a_sweep_in_the_defaults_is_named_there():
    message = refusal(defaults={"optimiser": {"weight_decay": [0, -1]}})
    assert message == (
        "`composition.defaults.optimiser.weight_decay` = -1: must be greater than or equal to 0"
    )


@pytest.mark.parametrize(
    ("defaults", "experiment", "said"),
    [
        ("data: [{labels: product}, {labels: product}]", "", "{labels: 'product'}"),
        ("data: [{labels: product, fraction: 0.5}, {labels: product, fraction: 0.6}], "
         "optimiser: {weight_decay: [1, 1.0]}",
         "data: {fraction: 0.4}", "= 1 and `optimiser.weight_decay` = 1.0"),
        ("optimiser: {weight_decay: [1, 1.0]}", "data: [{fraction: 0.4}, {fraction: 0.5}]",
         "= 1 and `optimiser.weight_decay` = 1.0"),
        ("data: [{labels: product, fraction: 0.5}, {labels: product, fraction: 0.6}]",
         "data: {fraction: [0.4, '4e-1']}", "= 0.4 and `data.fraction` = 4e-1"),
    ],
)  # fmt: skip
def test_only_what_a_mapping_makes_equal_is_one_member(defaults, experiment, said):
    written = parse_yaml(f"{{{experiment}}}")
    message = refusal(defaults=parse_yaml(f"{{{defaults}}}"), **written)
    assert said in message
    assert "mean the same" in message


def test_a_sweep_of_the_defaults_that_only_some_members_have_is_refused():
    message = refusal(
        defaults={"architecture": {"kind": "mlp", "hidden": [8, 16]}},
        architecture={"kind": ["mlp", "bilinear"]},
    )
    assert "`composition.experiments.e.architecture.hidden`: is a list in the defaults" in message
    assert "as a list of mappings" in message


# Numbers by meaning


def test_numbers_of_yaml_1_1_are_numbers():
    found = read_text("""
        composition:
          experiments:
            e:
              group: C7
              seeds: [0]
              architecture: {kind: mlp, hidden: [1e1, 8.0]}
              optimiser: {weight_decay: [0, 1e-2, .5, +1, 3e0]}
    """)["composition"]
    values = list(found.sweeps["e"].values())
    decays = [each["optimiser.weight_decay"] for each in values]
    assert sorted(set(decays)) == [0.0, 0.01, 0.5, 1.0, 3.0]
    assert {type(decay) for decay in decays} == {float}
    widths = [each["architecture.hidden"] for each in values]
    assert set(widths) == {8, 10}
    assert {type(width) for width in widths} == {int}
    assert "e-hidden-10-weight-decay-0p01" in found.experiments


@pytest.mark.parametrize(
    ("experiment", "said"),
    [
        ({"optimiser": {"weight_decay": [1, 1.0, 2]}}, "= 1 and `optimiser.weight_decay` = 1.0"),
        ({"optimiser": {"weight_decay": [1, 1]}}, "= 1 and `optimiser.weight_decay` = 1 "),
        ({"optimiser": {"weight_decay": [0.01, "1e-2"]}}, "= 0.01 and `optimiser.weight_decay` ="),
        ({"optimiser": {"weight_decay": [0, -0.0]}}, "= 0 and `optimiser.weight_decay` = -0.0"),
        ({"optimiser": {"betas": [[0.9, 0.5], ["9e-1", 0.5]]}}, "[9e-1, 0.5]"),
        ({"schedule": {"steps": [8, "8e0"]}}, "= 8 and `schedule.steps` = 8e0"),
        ({"architecture": [{}, {"hidden": 12.0}]}, "= {} and `architecture` = {hidden: 12.0}"),
        ({"data": [{"fraction": 0.6}, {"labels": "product"}]}, "{labels: 'product'}"),
    ],
)
def test_values_that_mean_the_same_are_refused_with_both_spellings(experiment, said):
    message = refusal(**experiment)
    assert message.startswith("`composition.experiments.e`: ")
    assert said in message
    assert "mean the same; give each value once" in message


def test_undecayed_parameters_are_a_set():
    both = ["biases", "embeddings"]
    for spelled in (both, both[::-1]):
        found = read(optimiser={"undecayed": [spelled]})
        assert list(found.experiments) == ["e-undecayed-biases-embeddings"]
        (experiment,) = found.experiments.values()
        assert experiment == read(optimiser={"undecayed": both}).experiments["e"]
    message = refusal(optimiser={"undecayed": [both, both[::-1]]})
    assert "['biases', 'embeddings'] and `optimiser.undecayed` = ['embeddings', 'bia" in message
    assert "mean the same" in message


def test_the_sign_of_zero_means_nothing():
    zeros = [read(optimiser={"weight_decay": [zero]}) for zero in (0, -0.0, "-0e0")]
    assert all(found.sweeps == zeros[0].sweeps for found in zeros)
    specs = [specification(z.experiments["e-weight-decay-0"].training(0)) for z in zeros]
    assert str(specs[0]) == str(specs[1]) == str(specs[2])


# Names


VALUES = [
    None, True, False, "none", "true", "false", "empty", "default", [], {}, 0, 1, -1, 0.1, -0.1,
    0.01, 10, 1e-5, 1e22, 1e-22, 0.1 + 0.2, 0.3, 10**60, 10**60 + 1, "0.1", "0p1", "1", "minus-1",
    "-1", "a", "a-c", "a_c", "a.c", "a c", ["a", "b"], ["a-b"], ["a-b", "c"], ["a", "b-c"], "é",
    "è", ["a", "é", "b"], ["x" * 60], ["x" * 61], {"kind": "mlp"}, {"kind": "mlp", "hidden": 8},
    {"hidden": 8}, [{"step": 1, "weight_decay": 0.1}, {"step": 2}], [0.1, 0.2], [1, 0.2], [-1, 0.2],
]  # fmt: skip


def test_different_values_have_different_labels_that_names_may_hold():
    labels = [label(value) for value in VALUES]
    assert len(set(labels)) == len(VALUES)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", found) for found in labels)
    assert max(map(len, labels)) < 60


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-10, 10))
def test_labels_of_numbers_differ_when_the_numbers_do(one, other):
    assert (label(one) == label(other)) == (one == other)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("optimiser: {weight_decay_schedule: [[{step: 10, weight_decay: 0}], [{step: 20, "
         "weight_decay: 0}]]}",
         "optimiser: {weight_decay_schedule: [[], [{weight_decay: 0.0, step: 1e1}], [{step: 20, "
         "weight_decay: 0}]]}"),
        ("optimiser: {weight_decay: [1, 3]}", "optimiser: {weight_decay: [0.5, 3.0, 1.0]}"),
        ("optimiser: {weight_decay: [1e-2, 3]}", "optimiser: {weight_decay: [3, 0.01]}"),
        ("schedule: {early_stop: [{test_loss: 0.1}]}",
         "schedule: {early_stop: [null, {test_loss: 1e-1}]}"),
        ("architecture: [{kind: mlp, hidden: 4}, {kind: bilinear}]",
         "architecture: [{kind: transformer}, {kind: bilinear}, {hidden: 4.0, kind: mlp}]"),
        ("data: {fraction: [0.5]}, optimiser: {l1: [0, 1]}",
         "optimiser: {l1: [0, 1]}, data: {fraction: [0.5, 0.3]}"),
        ("data: {fraction: [0.5], labels: [product]}", "data: {labels: [product], fraction: [.5]}"),
    ],
)  # fmt: skip
def test_other_values_order_and_spelling_leave_a_run_as_it_is(before, after):
    old, new = (
        {
            name: specification(experiment.training(0))
            for name, experiment in read(**parse_yaml(f"{{{text}}}")).experiments.items()
        }
        for text in (before, after)
    )
    assert str(old) == str({name: new[name] for name in old})


def test_the_order_of_values_means_nothing_and_null_comes_last():
    def told(values):
        return list(read(schedule={"early_stop": values}).sweeps["e"])

    stops = [None, {"test_loss": 0.1}, {"test_loss": "2e-2"}]
    names = ["e-early-stop-test-loss-0p02", "e-early-stop-test-loss-0p1", "e-early-stop-none"]
    assert told(stops) == told(stops[::-1]) == names
    groups = read(group=["C59", "C7", "C113"], architecture={"hidden": [16, 8]})
    assert [*dict.fromkeys(each["group"] for each in groups.sweeps["e"].values())] == [
        "C7", "C59", "C113",
    ]  # fmt: skip


def test_values_of_the_results():
    changes = [{"step": "1e1", "weight_decay": "5e-1"}, {"step": 20, "weight_decay": 1.0}]
    found = read(
        optimiser={"weight_decay_schedule": [changes]},
        architecture=[{"kind": "mlp", "hidden": 8.0}],
    )
    assert list(found.sweeps["e"].values()) == [
        {
            "architecture": "mlp-hidden-8",
            "optimiser.weight_decay_schedule": [
                {"step": 10, "weight_decay": 0.5},
                {"step": 20, "weight_decay": 1},
            ],
        }
    ]


def test_long_values_are_named_by_their_beginning_and_a_digest():
    changes = [{"step": step, "weight_decay": 0.5} for step in (100, 200, 300)]
    (name,) = read(optimiser={"weight_decay_schedule": [changes]}).experiments
    start = "e-weight-decay-schedule-step-100-weight-decay-0p5-step-200"
    assert re.fullmatch(rf"{start}[a-z0-9-]*-[0-9a-f]{{8}}", name)
    assert len(name) < 90
    changes[2]["step"] = 301
    assert name not in read(optimiser={"weight_decay_schedule": [changes]}).experiments


def test_many_fields_make_a_name_that_a_folder_may_have():
    found = read(
        architecture=[{"kind": "transformer", "d_model": 8, "heads": 2, "d_head": 4, "d_mlp": 8}],
        data=[{"fraction": 0.1 + 0.2, "split": "python", "labels": "difference"}],
        schedule=[{"steps": 1000, "checkpoints": {"every": 10, "per_decade": 3}}],
        optimiser=[{"weight_decay": [0.1, 0.2], "learning_rate": 1 / 3}],
    )
    assert len(found.experiments) == 2
    assert all(len(name) < 200 for name in found.experiments)


# What is refused


def test_a_wrong_value_is_named_where_it_is_written():
    message = refusal(data={"fraction": [0.4, 1.5, 2.0]})
    assert message.splitlines() == [
        "`composition.experiments.e.data.fraction` = 1.5: must be less than or equal to 1",
        "`composition.experiments.e.data.fraction` = 2.0: must be less than or equal to 1",
    ]


def test_what_members_have_in_common_is_said_once():
    message = refusal(data={"fraction": [0.4, 0.5]}, optimiser={"weight_decy": 1})
    assert len(message.splitlines()) == 1
    assert "did you mean `weight_decay`?" in message


def test_a_rule_of_the_subject_is_named_where_it_is_written():
    message = refusal(group=["C7", "Z5"], data={"fraction": [0.4, 0.5]})
    assert len(message.splitlines()) == 1
    assert message.startswith("`composition.experiments.e.group` = 'Z5'")


@pytest.mark.parametrize(
    ("experiment", "said"),
    [
        ({"optimiser": {"weight_decay": []}}, "optimiser.weight_decay` = []: must be"),
        ({"optimiser": {"weight_decay": [[0, 1], [2]]}}, "optimiser.weight_decay` = [0, 1]: must"),
        ({"optimiser": {"weight_decay": [0, None]}}, "optimiser.weight_decay` = null: must be"),
        ({"architecture": ["mlp", "bilinear"]}, "architecture` = 'mlp': must be a mapping"),
        ({"architecture": {"kind": ["mlp", "mpl"]}}, "did you mean `mlp`?"),
        (
            {"architecture": {"kind": ["mlp", "bilinear"], "embedding": 8}},
            "architecture.embedding` = 8: unknown key of the kind `bilinear`",
        ),
        ({"schedule": {"steps": [10, True]}}, "schedule.steps` = true: must be a number"),
        ({"schedule": {"steps": [10, 10.5]}}, "schedule.steps` = 10.5: must be a whole number"),
        ({"optimiser": {"undecayed": [[], "biases"]}}, "optimiser.undecayed.0` = []"),
        ({"optimiser": {"learning_rate": [0.1, 10**400]}}, "must be a finite number"),
        ({"seeds": [[0], [1]]}, "seeds`: is a list of lists"),
        ({"weights": [["a.pt"], ["b.pt"]]}, "weights`: is a list of lists"),
        ({"defaults": {"seeds": [[0], [1]]}}, "seeds`: is a list of lists"),
    ],
)
def test_lists_that_are_not_sweeps_are_refused_by_name(experiment, said):
    message = refusal(**experiment)
    assert "`composition.experiments.e." in message
    assert said in message


def test_names_that_meet_are_refused():
    text = """
        groups: {c5: {table: config/test/klein.csv}}
        composition:
          defaults: {seeds: [0], architecture: {kind: mlp}, data: {fraction: 0.5}}
          experiments:
            a: {group: C5, optimiser: {weight_decay: [1, 2]}}
            a-weight-decay-2: {group: C5}
            b: {group: [C5, c5]}
    """
    with pytest.raises(ConfigurationError) as caught:
        read_text(text)
    first, second = str(caught.value).splitlines()
    assert first == (
        "`composition.experiments.a`: its member 'a-weight-decay-2' has the name of another; "
        "rename one of them"
    )
    assert second == (
        "`composition.experiments.b`: `group` = 'C5' and `group` = 'c5' would both be called "
        "'b-group-c5'; rename one of them"
    )


def test_all_problems_of_sweeps_and_others_come_in_one_message():
    raw = {
        "composition": {
            "experiments": {
                "a": {"group": "C7", "seeds": [0], "architecture": {"kind": "mpl"}},
                "b": {"group": "C7", "seeds": [0], "architecture": {"hidden": [0, 1]}},
            },
            "figures": {"lerning": {}},
        },
        "induction": {"corpora": {"c": {"kind": "markov", "states": [1, 2]}}, "experiments": {}},
    }
    with pytest.raises(ConfigurationError) as caught:
        read_all(raw)
    for said in ("composition.experiments.b", "figures.lerning", "corpora.c.states` = 1"):
        assert said in str(caught.value)


def test_a_name_that_is_no_text_is_left_to_validation():
    """YAML reads `off` as false."""
    with pytest.raises(ConfigurationError, match="false"):
        read_all({"composition": {"experiments": {False: {"optimiser": {"weight_decay": [0, 1]}}}}})


# Seeds, in both studies

INDUCTION = """
    induction:
      corpora: {{c: {{kind: markov}}}}
      experiments: {{e: {{corpus: c, seeds: {seeds}}}}}
"""
COMPOSITION = """
    composition:
      experiments: {{e: {{group: C7, architecture: {{kind: mlp}}, seeds: {seeds}}}}}
"""


@pytest.mark.parametrize("text", [COMPOSITION, INDUCTION], ids=["composition", "induction"])
@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        ("[1, 1e0]", "holds 1 more than once (written 1 and 1e0)"),
        ("[1, '1']", "holds 1 more than once (written 1 and '1')"),
        ("[0, 2, 0.0]", "holds 0 more than once (written 0 and 0.0)"),
        ("[3, 3]", "holds 3 more than once; each seed is one run"),
        ("[]", "must hold at least one seed"),
        ("[0.5]", "seeds.0` = 0.5: must be a whole number"),
        ("[true]", "must be a number"),
        ("[[0], [1]]", "is a list of lists"),
        ("7", "must be a list of whole numbers"),
    ],
)
def test_seeds_that_are_refused(text, seeds, said):
    with pytest.raises(ConfigurationError) as caught:
        read_text(text.format(seeds=seeds))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "study"), [(COMPOSITION, "composition"), (INDUCTION, "induction")]
)
def test_seeds_are_read_by_meaning(text, study):
    seeds = "[1e0, 2.0, '3', 9007199254740993, '9007199254740993']"
    with pytest.raises(ConfigurationError, match="holds 9007199254740993 more than once"):
        read_text(text.format(seeds=seeds))
    found = read_text(text.format(seeds="[1e0, 2.0, '9007199254740993']"))[study]
    assert found.experiments["e"].seeds == (1, 2, 9007199254740993)


@pytest.mark.parametrize("steps", [[5, 5], [9, 3]])
def test_changes_of_weight_decay_ascend(steps):
    changes = [{"step": step, "weight_decay": 0} for step in steps]
    assert "ascending steps" in refusal(optimiser={"weight_decay_schedule": changes})


def test_quadratic_labels_ask_for_a_cyclic_group():
    assert read(data={"labels": "quadratic"}).experiments["e"].data.labels == "quadratic"
    assert "cyclic group" in refusal(group="S3", data={"labels": "quadratic"})


# Whole sections


class Data(Section):
    """Entries with a field that is a list itself."""

    files: tuple[str, ...] = Field((), strict=False)
    size: int = 1


class Experiment(Section):
    """What the defaults are for."""

    seeds: Seeds
    rate: float = 0.5


class Figures(Section):
    """Two figures."""

    defaults: Style | None = None
    curves: Style = Style()
    table: Style = Style()


class Whole(Section):
    """The section of a study."""

    data: dict[Name, Data]
    experiments: dict[Name, Experiment]
    defaults: Experiment | None = None
    figures: Figures = Figures()
    number: int = 0


def whole(raw):
    lists = {"data": {"files"}, "experiments": {"seeds"}}
    return resolved(raw, Whole, lists=lists, style=Style, at="study")


def test_a_section_has_its_sweeps_unfolded_and_its_defaults_merged():
    section, sweeps = whole(
        {
            "data": {"d": {"files": ["x", "y"], "size": [1, 2]}},
            "defaults": {"seeds": [0, 1]},
            "experiments": {"e": {"rate": [0.1, 0.2]}, "f": {"seeds": [7]}},
            "figures": {"defaults": {"resolution": 60}, "table": {"resolution": 80}},
        }
    )
    assert section.data == {f"d-size-{n}": Data(files=("x", "y"), size=n) for n in (1, 2)}
    assert section.experiments == {
        "e-rate-0p1": Experiment(seeds=(0, 1), rate=0.1),
        "e-rate-0p2": Experiment(seeds=(0, 1), rate=0.2),
        "f": Experiment(seeds=(7,)),
    }
    assert section.defaults is None
    assert (section.figures.curves.resolution, section.figures.table.resolution) == (60, 80)
    assert set(sweeps) == {"e"}


def test_every_part_of_a_section_is_refused_in_one_message():
    raw = {
        "data": {"d": {"size": [1, "one"]}},
        "defaults": {"rate": "fast"},
        "experiments": {"e": {"seeds": [0]}},
        "figures": {"defaults": {"resolution": 0}},
        "number": 3,
    }
    with pytest.raises(ConfigurationError) as caught:
        whole(raw)
    keys = [line.split("`")[1] for line in str(caught.value).splitlines()]
    assert keys == ["study.data.d.size", "study.defaults.rate", "study.figures.defaults.resolution"]


@pytest.mark.parametrize("raw", [[], None, "text"])
def test_a_section_is_a_mapping(raw):
    with pytest.raises(ConfigurationError, match=r"`study` = .*: must be a mapping"):
        whole(raw)


@pytest.mark.parametrize("name", ["data", "experiments"])
@pytest.mark.parametrize("entries", [None, [], "text"])
def test_entries_of_a_section_are_a_mapping(name, entries):
    raw = {"data": {}, "experiments": {}} | {name: entries}
    with pytest.raises(ConfigurationError, match=rf"`study\.{name}` = .*: must be a mapping"):
        whole(raw)
