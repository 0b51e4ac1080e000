"""Costs of group composition: laws of sizes, and bytes against files that are written."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from ontogeny.costs import Rates, checkpoints, seconds
from ontogeny.groups import group
from ontogeny.storage import write
from ontogeny.studies.composition import cost
from ontogeny.studies.composition.catalogue.sections import GivenGroup
from ontogeny.studies.composition.config import Experiment
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.networks.pairs import training_rows
from ontogeny.studies.composition.networks.records import datasets
from ontogeny.studies.composition.networks.runs import train_network

RATES = Rates(0.5, 2.0, 1e-11, 2e-10, 1e-6, 0.3)
ARCHITECTURES = {
    "mlp": {"kind": "mlp", "embedding": 64, "hidden": 48},
    "bilinear": {"kind": "bilinear", "hidden": 96},
    "tied-mlp": {"kind": "tied-mlp", "hidden": 96},
    "transformer": {"kind": "transformer", "d_model": 32, "heads": 2, "d_head": 16, "d_mlp": 64},
    "deep-transformer": {
        "kind": "deep-transformer",
        "d_model": 32,
        "heads": 2,
        "d_head": 16,
        "d_mlp": 64,
    },
}


def experiment(kind="mlp", *, steps=1000, fraction=0.5, **more):
    schedule = {"steps": steps, "checkpoints": {"per_decade": 0, "every": 0}}
    return Experiment.model_validate(
        {
            "group": "S4",
            "seeds": [0],
            "architecture": ARCHITECTURES[kind],
            "schedule": schedule,
            "data": {"fraction": fraction},
        }
        | more
    )


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_twice_the_steps_are_twice_the_updates(kind):
    none, once, twice = (
        seconds(cost.training(experiment(kind, steps=steps), 24), RATES)
        for steps in (1, 1001, 2001)
    )
    assert twice - once == pytest.approx(once - none)
    assert once > none


def products(fraction):
    return cost.training(experiment("bilinear", fraction=fraction, steps=10**6), 24).products


def test_products_are_in_proportion_to_the_training_pairs():
    assert products(0.8) == pytest.approx(2 * products(0.4), rel=0.01)


@pytest.mark.parametrize("kind", ["mlp", "bilinear", "tied-mlp"])
def test_products_of_a_pass_are_counted_by_a_slow_pass(kind):
    """Of the folded form: X = W_x W, Y = W_y W, and hidden W_U; two operations a multiplication."""
    settings, n, pairs = experiment(kind).architecture, 24, 100
    hidden = settings.hidden
    counted = sum(2 for _ in range(pairs) for _ in range(hidden) for _ in range(n))
    if kind == "mlp":
        counted += 2 * sum(2 for _ in range(n) for _ in range(settings.embedding)) * hidden
    assert cost.pass_products(settings, n, pairs) == counted


def test_the_published_networks_have_the_operations_that_the_benchmark_counts():
    """benchmarks/README.md: 578 and 3,296 million a step, forward once and backward twice."""
    mlp = Experiment.model_validate(
        {"group": "S5", "seeds": [0], "architecture": {"kind": "mlp"}}
    ).architecture
    transformer = Experiment.model_validate(
        {"group": "C113", "seeds": [0], "architecture": {"kind": "transformer"}}
    ).architecture
    assert 3 * cost.pass_products(mlp, 120, 5760) == pytest.approx(578e6, rel=0.01)
    assert 3 * cost.pass_products(transformer, 113, 3830) == pytest.approx(3296e6, rel=0.02)


@pytest.mark.parametrize("of", [cost.analysis, cost.addition_analysis])
def test_measures_follow_the_checkpoints(of):
    """The final checkpoint takes as much as 20: 101 + 20 of them, and 201 + 20."""
    one, two = (
        of(
            experiment(schedule={"steps": steps, "checkpoints": {"per_decade": 0, "every": 10}}),
            25,
        )
        for steps in (1000, 2000)
    )
    for unit in ("numbers", "products", "calls"):
        assert getattr(two, unit) / getattr(one, unit) == pytest.approx(221 / 121)


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_bytes_are_those_of_the_files(kind, tmp_path):
    made = experiment(kind, schedule={"steps": 60, "checkpoints": {"per_decade": 0, "every": 3}})
    spec, product = made.training(0), group("S4").table
    torch.set_num_threads(1)
    found = datasets(
        train_network(np.asarray(product), spec), kind, training_rows(spec, len(product))
    )
    sizes = []
    for name, each in found.items():
        write(each, tmp_path / f"{name}.nc")
        sizes.append((tmp_path / f"{name}.nc").stat().st_size)
    state = 3 * 4 * cost._parameters(made.architecture, 24)
    assert cost.training(made, 24).stored == pytest.approx(sum(sizes) + state, rel=0.1)


def test_a_network_has_as_many_parameters_as_are_drawn():
    for kind in ARCHITECTURES:
        settings = experiment(kind).architecture
        drawn = build(settings, 24).initial(torch.Generator())
        counted = sum(each.numel() for each in drawn.values())
        assert cost._parameters(settings, 24) == counted


def test_the_order_is_that_of_the_name_or_of_the_table(tmp_path):
    assert cost.order_of("C2xS4", None) == 48
    table = tmp_path / "klein.csv"
    table.write_text("e,a,b,c\na,e,c,b\nb,c,e,a\nc,b,a,e\n")
    assert cost.order_of("klein", GivenGroup(table=str(table))) == 4
    assert cost.order_of("g", GivenGroup(permutations="(1 2), (1 2 3)")) is None
    assert cost.order_of("g", GivenGroup(table=str(tmp_path / "none.csv"))) is None


def test_what_a_construction_alone_says_has_no_cost():
    made = experiment()
    plan = SimpleNamespace(
        experiment=lambda wildcards: made,
        groups={"S4": GivenGroup(permutations="(1 2), (1 2 3)")},
    )
    assert cost.COSTS["composition_train"](plan, SimpleNamespace()) is None
    plan.groups = {}
    assert cost.COSTS["composition_train"](plan, SimpleNamespace()) == cost.training(made, 24)


def test_a_run_has_the_checkpoints_of_its_schedule():
    made = experiment(schedule={"steps": 500, "checkpoints": {"per_decade": 10, "every": 50}})
    assert cost._followed(made) == checkpoints(made.schedule)
