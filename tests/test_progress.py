import logging

import numpy as np
import pytest
import torch

from ontogeny.training import ProgressLog, Quantity, State
from ontogeny.workflow.progress import Progress, last_progress

SHOWN = {"train loss": Quantity("loss", (0,)), "test loss": Quantity("loss", (1,))}


def state(step):
    weights = torch.zeros(1)
    return State(
        step=step,
        parameters=weights,
        first_moment=weights,
        second_moment=weights,
        steps=[0, step],
        step_loss=[0.5, 0.25],
        evaluations=[{"loss": np.array([9.0, 9.0])}, {"loss": np.array([0.25, 3.5])}],
    )


@pytest.fixture
def log(tmp_path):
    """The log of a training that has said how far it is at steps 5 and 10 of 20."""
    path = tmp_path / "train.log"
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logger = logging.Logger("training")
    logger.addHandler(handler)
    told = ProgressLog(logger, steps=20, shown=SHOWN, interval=0.0)
    told(state(5))
    told(state(10))
    yield path
    handler.close()


def test_the_last_line_says_how_far_a_training_is(log):
    found = last_progress(log)
    assert (found.step, found.steps) == (10, 20)
    assert found.share == 0.5
    assert found.shown == "training loss 0.25, test loss 3.5"
    assert found.left >= 0


def test_other_lines_and_half_a_line_are_passed_over(log):
    with log.open("a") as file:
        file.write("2026-01-01 00:00:00,000 memory of a_train: 5 MB at most\n2026 step 12 of 2")
    assert last_progress(log).step == 10


def test_of_a_long_log_the_end_is_read(log):
    text = log.read_text()
    log.write_text("x" * 10_000 + "\n" + text)
    assert last_progress(log).step == 10


def test_a_training_that_has_said_nothing_is_nowhere(tmp_path):
    assert last_progress(tmp_path / "none.log") is None
    (tmp_path / "empty.log").touch()
    assert last_progress(tmp_path / "empty.log") is None


def test_a_training_without_steps_is_done():
    assert Progress(0, 0, "", 0.0).share == 1.0
