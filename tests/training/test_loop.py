import copy
import logging
import os
import signal

import numpy as np
import pytest
import torch

from ontogeny.config.training import EarlyStop, Optimiser
from ontogeny.training import (
    Divergence,
    ParameterBuffer,
    ProgressLog,
    Quantity,
    arrays_of,
    decay,
    rate,
    state_of,
    train,
)

RULE = Optimiser(learning_rate=0.05, weight_decay=0.1)
PLAIN = Optimiser(learning_rate=0.05, weight_decay=0)
SHOWN = {"train": Quantity("loss", (0,)), "test": Quantity("loss", (1,))}
TARGET = torch.tensor([3.0, -2.0, 0.5])


def bowl(parameters, gradient, update=0):
    """Half the squared distance from a point."""
    gradient["w"].copy_(parameters["w"] - TARGET)
    return gradient["w"].square().sum() / 2


def distance(parameters):
    loss = float((parameters["w"] - TARGET).square().sum() / 2)
    return {"loss": np.array([loss, 2 * loss]), "distance": np.array(np.sqrt(2 * loss))}


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
    names = ("b_in", "w")
    w = {name: torch.full((3,), 2.0, requires_grad=True) for name in names}
    groups = [{"params": [w["b_in"]], "weight_decay": 0.0}, {"params": [w["w"]]}]
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
        lambda parameters: {"accuracy": np.array(0.0)},
        optimiser=RULE.model_copy(update={"undecayed": ("biases",)}),
        checkpoints=(0, 20),
    ).parameters
    for name in names:
        np.testing.assert_allclose(found[name][-1], w[name].detach().numpy(), rtol=1e-5)
    assert (found["b_in"][-1] != found["w"][-1]).all()


def test_the_record_follows_the_schedule():
    found = train(buffer(), bowl, distance, optimiser=RULE, checkpoints=(0, 3, 10))
    np.testing.assert_array_equal(found.step, [0, 3, 10])
    assert found.parameters["w"].shape == (3, 3)
    np.testing.assert_array_equal(found.parameters["w"][0], 0)
    loss = found.measures["loss"]
    assert loss.shape == (3, 2)
    np.testing.assert_allclose(loss[:, 1], 2 * loss[:, 0], rtol=1e-6)
    np.testing.assert_allclose(found.measures["distance"] ** 2, loss[:, 1], rtol=1e-6)
    assert found.step_loss.shape == (10,)
    np.testing.assert_allclose(found.step_loss[3], loss[1, 0], rtol=1e-6)


def test_the_first_update_of_a_warm_up_changes_nothing():
    rule = Optimiser(learning_rate=0.05, warm_up=4)
    assert [rate(rule, update) for update in range(6)] == pytest.approx(
        [0, 0.0125, 0.025, 0.0375, 0.05, 0.05]
    )
    found = train(buffer(), bowl, distance, optimiser=rule, checkpoints=(0, 1, 2))
    np.testing.assert_array_equal(found.parameters["w"][1], found.parameters["w"][0])
    assert (found.parameters["w"][2] != found.parameters["w"][1]).all()


@pytest.mark.parametrize("stop", [1, 7, 10, 24])
def test_a_resumed_run_ends_with_the_same_bytes(stop):
    checkpoints = tuple(range(0, 26, 5))
    states = {}

    def keep(state):
        states[state.step] = arrays_of(state)

    whole = train(buffer(), bowl, distance, optimiser=RULE, checkpoints=checkpoints, observe=[keep])
    state = state_of(states[stop])
    again = train(buffer(), bowl, distance, optimiser=RULE, checkpoints=checkpoints, state=state)
    assert again.parameters["w"].tobytes() == whole.parameters["w"].tobytes()
    assert again.step_loss.tobytes() == whole.step_loss.tobytes()
    assert again.measures.keys() == whole.measures.keys()
    for name, values in whole.measures.items():
        assert again.measures[name].tobytes() == values.tobytes()
        assert again.measures[name].shape == values.shape
    np.testing.assert_array_equal(again.step, whole.step)


def test_the_same_run_gives_the_same_bytes():
    first, second = (
        train(buffer(), bowl, distance, optimiser=RULE, checkpoints=(0, 30)) for _ in range(2)
    )
    assert first.parameters["w"].tobytes() == second.parameters["w"].tobytes()


@pytest.mark.parametrize("place", [(), (1,), (0, 2)])
def test_an_early_stop_waits_until_its_quantity_was_low_long_enough(place):
    values = iter([5.0, 0.1, 5.0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])

    def measured(parameters):
        found = np.full([end + 1 for end in place], np.nan)
        found[place] = next(values)
        return {"surprise": found}

    found = train(
        buffer(),
        bowl,
        measured,
        optimiser=RULE,
        checkpoints=tuple(range(0, 90, 10)),
        early_stop=EarlyStop(test_loss=1.0, quiet=20),
        test_loss=Quantity("surprise", place),
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
    observe = ProgressLog(logging.getLogger("test"), steps=5, shown=SHOWN, interval=0.0)
    train(buffer(), bowl, distance, optimiser=RULE, checkpoints=(0, 5), observe=[observe])
    assert len(caplog.records) == 5
    line = caplog.records[-1].getMessage()
    assert line.startswith("step 5 of 5 | training loss ")
    assert "| at step 5: train " in line
    assert ", test " in line
    assert "steps/s" in line
    assert "s left" in line


def test_progress_is_quiet_between_intervals(caplog):
    caplog.set_level(logging.INFO)
    observe = ProgressLog(logging.getLogger("test"), steps=100, shown=SHOWN, interval=1e9)
    train(buffer(), bowl, distance, optimiser=RULE, checkpoints=(0, 50), observe=[observe])
    assert not caplog.records


def decaying(*changes):
    return Optimiser(learning_rate=0.05, weight_decay=0.5, weight_decay_schedule=changes)


def test_weight_decay_changes_from_its_update_on():
    """Each update is that of an optimiser with the decay of that update."""
    rule = decaying({"step": 3, "weight_decay": 0}, {"step": 6, "weight_decay": 2})
    assert [decay(rule, update) for update in range(8)] == [0.5] * 3 + [0.0] * 3 + [2.0] * 2
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
    rule = decaying({"step": 4, "weight_decay": 0})
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


@pytest.mark.parametrize("clip", [0.1, 2.0, 1e6])
def test_a_long_gradient_is_clipped_as_pytorch_does(clip):
    w = {"v": torch.ones(2, requires_grad=True), "w": torch.zeros(3, requires_grad=True)}
    reference = torch.optim.AdamW(w.values(), lr=0.05, betas=(0.9, 0.98), weight_decay=0.0)
    norms = []
    for _ in range(20):
        reference.zero_grad()
        ((w["w"] - TARGET).square().sum() / 2 + w["v"].square().sum()).backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(w.values(), clip)))
        reference.step()

    def both(parameters, gradient, update):
        gradient["v"].copy_(2 * parameters["v"])
        return bowl(parameters, gradient) + parameters["v"].square().sum()

    started = ParameterBuffer({"v": torch.ones(2), "w": torch.zeros(3)})
    rule = PLAIN.model_copy(update={"clip": clip})
    found = train(started, both, distance, optimiser=rule, checkpoints=(0, 20)).parameters
    for name, value in w.items():
        np.testing.assert_allclose(found[name][-1], value.detach().numpy(), rtol=1e-4)
    assert (max(norms) > clip) == (clip < 1e6)


def test_a_gradient_that_is_short_enough_keeps_its_bytes():
    free, loose = (
        train(buffer(), bowl, distance, optimiser=rule, checkpoints=(0, 20))
        for rule in (RULE, RULE.model_copy(update={"clip": 1e6}))
    )
    assert free.parameters["w"].tobytes() == loose.parameters["w"].tobytes()


def test_the_penalty_is_clipped_with_the_loss():
    """What is minimised is their sum."""
    seen = []

    def watched(parameters, gradient, update):
        seen.append(gradient["w"].clone())
        return bowl(parameters, gradient)

    rule = PLAIN.model_copy(update={"l1": 10.0, "clip": 0.5})
    started = ParameterBuffer({"w": torch.full((3,), 4.0)})
    train(started, watched, distance, optimiser=rule, checkpoints=(0, 5))
    for gradient in seen[1:]:
        assert float(gradient.norm()) == pytest.approx(0.5, rel=1e-5)


class Wandering:
    """An objective with a target that moves at random, from update to update."""

    def __init__(self):
        self.rng = np.random.default_rng(0)
        self.target = np.zeros(3)

    def __call__(self, parameters, gradient, update):
        self.target += self.rng.normal(size=3)
        gradient["w"].copy_(parameters["w"] - torch.from_numpy(self.target))
        return gradient["w"].square().sum() / 2

    def arrays(self):
        state = self.rng.bit_generator.state["state"]
        words = [state[name] >> shift & (2**64 - 1) for name in state for shift in (0, 64)]
        return {"target": self.target, "generator": np.array(words, dtype=np.uint64)}

    def restore(self, arrays):
        self.target = np.array(arrays["target"])
        low, high, step_low, step_high = (int(word) for word in arrays["generator"])
        found = self.rng.bit_generator.state
        found["state"] = {"state": low | high << 64, "inc": step_low | step_high << 64}
        self.rng.bit_generator.state = found


@pytest.mark.parametrize("stop", [1, 8, 10])
def test_what_a_run_carries_is_resumed_to_the_byte(stop, tmp_path):
    """The run is killed two updates after its state was saved; only the file is left of it."""
    file = tmp_path / "running.npz"

    def save_and_die(state):
        if state.step == stop:
            np.savez(file, **arrays_of(state))
        if state.step == stop + 2:
            os.kill(os.getpid(), signal.SIGKILL)

    def run(**more):
        course = Wandering()
        return train(
            buffer(), course, distance,
            optimiser=RULE, checkpoints=(0, 5, 20), carried=course, **more,
        )  # fmt: skip

    whole = run()
    child = os.fork()
    if child == 0:
        run(observe=[save_and_die])
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    with np.load(file) as arrays:
        again = run(state=state_of(dict(arrays)))
    assert again.parameters["w"].tobytes() == whole.parameters["w"].tobytes()
    assert again.step_loss.tobytes() == whole.step_loss.tobytes()
