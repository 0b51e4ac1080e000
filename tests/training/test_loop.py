import copy
import logging
from dataclasses import replace

import numpy as np
import pytest
import torch

from ontogeny.training import (
    Divergence,
    EarlyStop,
    Optimiser,
    ParameterBuffer,
    ProgressLog,
    State,
    train,
)

RULE = Optimiser(learning_rate=0.05, betas=(0.9, 0.98), weight_decay=0.1)
TARGET = torch.tensor([3.0, -2.0, 0.5])


def bowl(parameters, gradient, update=0):
    """Half the squared distance from a point."""
    gradient["w"].copy_(parameters["w"] - TARGET)
    return gradient["w"].square().sum() / 2


def distance(parameters):
    loss = float((parameters["w"] - TARGET).square().sum() / 2)
    return {"train": (loss, 0.0), "test": (2 * loss, 1.0)}


def buffer():
    return ParameterBuffer({"w": torch.zeros(3)})


def test_updates_are_those_of_adamw():
    w = torch.zeros(3, requires_grad=True)
    reference = torch.optim.AdamW([w], lr=0.05, betas=(0.9, 0.98), weight_decay=0.1)
    for _ in range(20):
        reference.zero_grad()
        ((w - TARGET).square().sum() / 2).backward()
        reference.step()
    found = train(buffer(), bowl, distance, optimiser=RULE, checkpoints=(0, 20))
    np.testing.assert_allclose(found.parameters["w"][-1], w.detach().numpy(), rtol=1e-5)


def test_parameters_without_decay():
    names = ("v", "w")
    w = {name: torch.full((3,), 2.0, requires_grad=True) for name in names}
    groups = [{"params": [w["v"]], "weight_decay": 0.0}, {"params": [w["w"]]}]
    reference = torch.optim.AdamW(groups, lr=0.05, betas=(0.9, 0.98), weight_decay=0.1)
    for _ in range(20):
        reference.zero_grad()
        sum((each - TARGET).square().sum() / 2 for each in w.values()).backward()
        reference.step()

    def both(parameters, gradient, update=0):
        for name in names:
            gradient[name].copy_(parameters[name] - TARGET)
        return sum(each.square().sum() for each in gradient.values()) / 2

    found = train(
        ParameterBuffer({name: torch.full((3,), 2.0) for name in names}),
        both,
        lambda parameters: {"test": (0.0, 0.0)},
        optimiser=replace(RULE, undecayed=frozenset({"v"})),
        checkpoints=(0, 20),
    ).parameters
    for name in names:
        np.testing.assert_allclose(found[name][-1], w[name].detach().numpy(), rtol=1e-5)
    assert (found["v"][-1] != found["w"][-1]).all()


def test_the_record_follows_the_schedule():
    found = train(buffer(), bowl, distance, optimiser=RULE, checkpoints=(0, 3, 10))
    np.testing.assert_array_equal(found.step, [0, 3, 10])
    assert found.parameters["w"].shape == (3, 3)
    np.testing.assert_array_equal(found.parameters["w"][0], 0)
    np.testing.assert_allclose(found.loss["test"], 2 * found.loss["train"], rtol=1e-6)
    assert found.step_loss.shape == (10,)
    np.testing.assert_allclose(found.step_loss[3], found.loss["train"][1], rtol=1e-6)


def test_the_first_update_of_a_warm_up_changes_nothing():
    rule = Optimiser(learning_rate=0.05, warm_up=4)
    assert [rule.rate(update) for update in range(6)] == pytest.approx(
        [0, 0.0125, 0.025, 0.0375, 0.05, 0.05]
    )
    found = train(buffer(), bowl, distance, optimiser=rule, checkpoints=(0, 1, 2))
    np.testing.assert_array_equal(found.parameters["w"][1], found.parameters["w"][0])
    assert (found.parameters["w"][2] != found.parameters["w"][1]).all()


@pytest.mark.parametrize("stop", [1, 7, 10, 24])
def test_a_resumed_run_ends_with_the_same_bytes(stop):
    checkpoints = tuple(range(0, 26, 5))
    states = {}

    def keep(state: State) -> None:
        states[state.step] = copy.deepcopy(state)

    whole = train(buffer(), bowl, distance, optimiser=RULE, checkpoints=checkpoints, observe=[keep])
    again = train(
        buffer(), bowl, distance, optimiser=RULE, checkpoints=checkpoints, state=states[stop]
    )
    assert again.parameters["w"].tobytes() == whole.parameters["w"].tobytes()
    assert again.step_loss.tobytes() == whole.step_loss.tobytes()
    np.testing.assert_array_equal(again.step, whole.step)


def test_the_same_run_gives_the_same_bytes():
    first, second = (
        train(buffer(), bowl, distance, optimiser=RULE, checkpoints=(0, 30)) for _ in range(2)
    )
    assert first.parameters["w"].tobytes() == second.parameters["w"].tobytes()


def test_an_early_stop_waits_until_the_loss_was_low_long_enough():
    losses = iter([5.0, 0.1, 5.0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    found = train(
        buffer(),
        bowl,
        lambda parameters: {"test": (next(losses), 0.0)},
        optimiser=RULE,
        checkpoints=tuple(range(0, 90, 10)),
        early_stop=EarlyStop(loss=1.0, quiet=20),
    )
    np.testing.assert_array_equal(found.step, [0, 10, 20, 30, 40, 50])


def test_a_diverging_run_stops_and_keeps_its_history():
    def explode(parameters, gradient, update):
        return bowl(parameters, gradient) if update < 7 else torch.tensor(float("nan"))

    with pytest.raises(Divergence, match="not finite at step 7") as caught:
        train(buffer(), explode, distance, optimiser=RULE, checkpoints=(0, 5, 20))
    np.testing.assert_array_equal(caught.value.record.step, [0, 5])
    assert caught.value.record.step_loss.shape == (7,)
    assert np.isfinite(caught.value.record.step_loss).all()


def test_progress_is_logged_with_step_losses_and_time_left(caplog):
    caplog.set_level(logging.INFO)
    observe = ProgressLog(logging.getLogger("test"), steps=5, interval=0.0)
    train(buffer(), bowl, distance, optimiser=RULE, checkpoints=(0, 5), observe=[observe])
    assert len(caplog.records) == 5
    line = caplog.records[-1].getMessage()
    assert line.startswith("step 5 of 5 | training loss ")
    assert "steps/s" in line
    assert "s left" in line


def test_progress_is_quiet_between_intervals(caplog):
    caplog.set_level(logging.INFO)
    observe = ProgressLog(logging.getLogger("test"), steps=100, interval=1e9)
    train(buffer(), bowl, distance, optimiser=RULE, checkpoints=(0, 50), observe=[observe])
    assert not caplog.records


def test_weight_decay_changes_from_its_update_on():
    """Each update is that of an optimiser with the decay of that update."""
    rule = Optimiser(
        learning_rate=0.05, betas=(0.9, 0.98), weight_decay=0.5, decay_changes=((3, 0.0), (6, 2.0))
    )
    assert [rule.decay(update) for update in range(8)] == [0.5] * 3 + [0.0] * 3 + [2.0] * 2
    w = torch.ones(3, requires_grad=True)
    reference = torch.optim.AdamW([w], lr=0.05, betas=(0.9, 0.98))
    for update in range(10):
        reference.param_groups[0]["weight_decay"] = 0.5 if update < 3 else 2.0 * (update >= 6)
        reference.zero_grad()
        ((w - TARGET).square().sum() / 2).backward()
        reference.step()
    started = ParameterBuffer({"w": torch.ones(3)})
    found = train(started, bowl, distance, optimiser=rule, checkpoints=(0, 10))
    np.testing.assert_allclose(found.parameters["w"][-1], w.detach().numpy(), rtol=1e-5)


def test_a_run_resumed_after_a_change_of_decay_ends_with_the_same_bytes():
    rule = Optimiser(learning_rate=0.05, weight_decay=0.5, decay_changes=((4, 0.0),))
    whole = train(buffer(), bowl, distance, optimiser=rule, checkpoints=(0, 12))
    states = []
    train(
        buffer(), bowl, distance, optimiser=rule, checkpoints=(0, 12),
        observe=[lambda state: states.append(copy.deepcopy(state))],
    )  # fmt: skip
    for state in (states[2], states[6]):
        again = train(buffer(), bowl, distance, optimiser=rule, checkpoints=(0, 12), state=state)
        np.testing.assert_array_equal(again.parameters["w"], whole.parameters["w"])
        np.testing.assert_array_equal(again.step_loss, whole.step_loss)


def test_a_penalty_on_absolute_parameters_is_part_of_the_gradient():
    """As if the loss had the term; the stored loss has it not."""
    rule = Optimiser(learning_rate=0.05, weight_decay=0.0, l1=0.3)
    w = torch.ones(3, requires_grad=True)
    reference = torch.optim.AdamW([w], lr=0.05, betas=rule.betas, weight_decay=0.0)
    plain = []
    for _ in range(10):
        reference.zero_grad()
        loss = (w - TARGET).square().sum() / 2
        plain.append(float(loss.detach()))
        (loss + 0.3 * w.abs().sum()).backward()
        reference.step()
    started = ParameterBuffer({"w": torch.ones(3)})
    found = train(started, bowl, distance, optimiser=rule, checkpoints=(0, 10))
    np.testing.assert_allclose(found.parameters["w"][-1], w.detach().numpy(), rtol=1e-5)
    np.testing.assert_allclose(found.step_loss, plain, rtol=1e-5)
