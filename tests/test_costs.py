"""The arithmetic of costs, and checkpoints against the schedule of the training loop."""

import math
from dataclasses import fields

import pytest

from ontogeny.config.training import Checkpoints, Schedule
from ontogeny.costs import (
    Cost,
    Rates,
    checkpoints,
    drawing,
    number_of,
    seconds,
    transformer_pass,
)
from ontogeny.networks.decoder import Transformer
from ontogeny.training import checkpoint_steps

RATES = Rates(0.5, 2.0, 1e-11, 2e-10, 1e-6, 0.3)


def test_costs_add_and_multiply_kind_by_kind():
    one = Cost(starts=1, products=2, numbers=3, calls=4, figures=5, stored=6)
    assert one + one == one * 2 == Cost(0, 0, 0, 0, 0, 0, 0) + one * 2
    assert (one * 3).stored == 18


def test_what_may_be_less_may_be_less_in_a_sum():
    bound = Cost(at_most=True)
    assert (Cost() + bound).at_most
    assert (bound * 3).at_most
    assert not (Cost() * 3).at_most


def test_every_kind_of_work_has_a_rate_and_bytes_have_none():
    kinds = {each.name for each in fields(Cost)}
    assert kinds - {each.name for each in fields(Rates)} == {"stored", "at_most"}


@pytest.mark.parametrize("kind", [each.name for each in fields(Rates)])
def test_each_kind_takes_its_rate(kind):
    assert seconds(Cost(**{kind: 7}), RATES) == pytest.approx(7 * getattr(RATES, kind))


def test_time_is_linear_and_bytes_take_none():
    one = Cost(starts=1, calls=1e6, stored=1e9)
    assert seconds(one * 3 + drawing(2), RATES) == pytest.approx(
        3 * seconds(one, RATES) + seconds(drawing(2), RATES)
    )
    assert seconds(Cost(stored=1e12), RATES) == 0


@pytest.mark.parametrize("steps", [1, 7, 100, 4000, 99_999])
@pytest.mark.parametrize("per_decade", [0, 1, 15, 200])
@pytest.mark.parametrize("every", [0, 1, 50, 5000])
def test_as_many_checkpoints_are_counted_as_are_stored(steps, per_decade, every):
    if every and steps // every > 10_000:
        pytest.skip("more checkpoints than a run may have")
    schedule = Schedule(steps=steps, checkpoints=Checkpoints(per_decade=per_decade, every=every))
    assert checkpoints(schedule) == len(checkpoint_steps(schedule))


def test_products_of_a_pass_are_those_of_all_its_matrices():
    """Each weight multiplies every token; scores and mixing take each pair of tokens."""
    shape = Transformer(50, layers=3, d_model=32, heads=4, d_mlp=64)
    matrices = {
        name: each
        for name, each in shape.shapes().items()
        if name.startswith("W_") and "E" not in name
    }
    tokens, context = 40, 10
    weights = 2 * tokens * number_of(matrices)
    pairs = 3 * 2 * 2 * tokens * context * 32
    counted = transformer_pass(tokens, context, layers=3, width=32, heads=4, neurons=64, outputs=50)
    assert counted.products == weights + pairs


def test_parameters_are_counted_by_their_shapes():
    assert number_of({"a": (2, 3, 4), "b": ()}) == math.prod((2, 3, 4)) + 1
