"""Training runs: fixed by their seed, resumed to the byte, tuned from where others ended."""

import dataclasses
import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from comment_runs import checkpoints, easy_corpus, flipped, run, small_corpus, training
from ontogeny.studies.noisy_labels.corpora.comments import PARTS
from ontogeny.studies.noisy_labels.networks.examples import clean_comments
from ontogeny.studies.noisy_labels.networks.forward import clean_logit
from ontogeny.studies.noisy_labels.networks.runs import updates_of_epoch
from ontogeny.studies.noisy_labels.networks.transition import by_group, mean_by_class
from ontogeny.studies.noisy_labels.stages.train import course_of, examples_of_run, train_run
from ontogeny.training import arrays_of, state_of

STRATEGIES = ("clean", "one-hot", "loss-correction", "multi-head", "weighted", "oracle")


def assert_same(found, expected):
    assert_array_equal(found.step, expected.step)
    assert_array_equal(found.step_loss, expected.step_loss)
    for kind in ("parameters", "measures"):
        for name, values in getattr(expected, kind).items():
            assert_array_equal(getattr(found, kind)[name], values)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_run_is_fixed_by_its_seed_and_goes_on_from_any_state(strategy):
    states = {}

    def keep(state):
        states[state.step] = arrays_of(state)

    spec = training(strategy)
    assert spec.network.dropout > 0
    first = run(spec, observe=[keep])
    assert_same(run(spec), first)
    middle = first.step[-1] - 3
    assert_same(run(spec, state=state_of(states[middle])), first)
    other = run(training(strategy, seed=1))
    assert not np.array_equal(other.step_loss, first.step_loss)


def test_a_run_of_several_epochs_is_resumed_in_any_of_them():
    states = {}

    def keep(state):
        states[state.step] = arrays_of(state)

    first = run(training("naive"), observe=[keep])
    updates = updates_of_epoch(300, 32)
    assert first.step[-1] == 2 * updates
    for step in (1, updates - 1, updates, updates + 1):
        assert_same(run(training("naive"), state=state_of(states[step])), first)


def test_an_epoch_reads_each_comment_once_in_an_order_of_its_own():
    """With a rate near zero and no dropout, the mean loss of an epoch is that of all comments."""
    spec, corpus = training("naive"), small_corpus()
    of_run = examples_of_run(spec, corpus, flipped(corpus), None)
    slow = {"batch": 32, "learning_rate": 1e-12}
    course = course_of(training("naive", network={"dropout": 0}, optimiser=slow), 300)
    start = train_run(course, of_run, corpus, None)
    epochs = [*start(seed=0).step_loss.reshape(2, 10), *start(seed=1).step_loss.reshape(2, 10)]
    sizes = [32] * 9 + [12]
    means = [np.average(epoch, weights=sizes) for epoch in epochs]
    assert_allclose(means, means[0], rtol=1e-6)
    for first, second in itertools.combinations(epochs, 2):
        assert not np.allclose(first, second, rtol=1e-3)


def test_there_is_a_checkpoint_after_every_epoch_and_within_those_of_naive():
    spec = training("naive")
    course = course_of(spec, 300)
    assert (course.schedule.steps, course.schedule.checkpoints.every) == (20, 5)
    assert run(spec).step.tolist() == [0, 5, 10, 15, 20]
    assert run(training("one-hot")).step.tolist() == [0, 10, 20]
    many = course_of(training("naive", schedule={"epochs": 2, "naive_looks": 8}), 300)
    assert many.schedule.checkpoints.every == 2, "more than 8 a checkpoint must divide the epoch"
    assert updates_of_epoch(60, 32) == 2
    assert course_of(training("clean"), 60).schedule.steps == 8
    assert course_of(training("naive", tuned=True), 60).schedule.steps == 4


@pytest.mark.parametrize("strategy", ["naive", "multi-head", "one-hot", "loss-correction"])
def test_a_tuned_run_starts_where_the_other_one_ended(strategy):
    before = run(training(strategy))
    after = run(training(strategy, tuned=True), checkpoints(before))
    assert set(after.parameters) == set(before.parameters)
    for name, values in before.parameters.items():
        assert_array_equal(after.parameters[name][0], values[-1])
    assert not np.array_equal(after.parameters["W_in"][-1], after.parameters["W_in"][0])
    assert_allclose(after.measures["auc"][0], before.measures["auc"][-1], rtol=1e-12)


def test_tuning_leaves_the_head_of_the_rater_as_it_is():
    before = run(training("multi-head"))
    after = run(training("multi-head", tuned=True), checkpoints(before))
    W_out = after.parameters["W_out"]
    assert_array_equal(W_out[-1][:, 1], W_out[0][:, 1])
    assert not np.array_equal(W_out[-1][:, 0], W_out[0][:, 0])


def test_strategies_of_one_seed_start_alike_and_share_the_clean_comments():
    first = [run(training(strategy)).parameters for strategy in ("clean", "naive", "multi-head")]
    for parameters in first[1:]:
        for name in ("W_E", "W_C", "W_in"):
            assert_array_equal(parameters[name][0], first[0][name][0])
    corpus = small_corpus()
    study = np.flatnonzero(corpus["part"].values == PARTS.index("study"))
    clean = clean_comments(len(study), 0.2, seed=0)
    for strategy in ("naive", "multi-head", "one-hot"):
        found = examples_of_run(training(strategy), corpus, flipped(corpus), None)
        assert_array_equal(found.comment[found.labeller == 0], clean)
    assert_array_equal(examples_of_run(training("clean"), corpus, None, None).comment, clean)


def test_measures_are_those_of_the_development_comments_for_the_clean_labeller():
    corpus = small_corpus()
    mine = corpus["part"].values == PARTS.index("development")
    label = corpus["label"].values[mine] == 1
    for strategy in ("multi-head", "one-hot"):
        found = run(training(strategy))
        final = {name: values[-1] for name, values in found.parameters.items()}
        logit = clean_logit(final, corpus["tokens"].values[mine]).astype(float)
        pairs = logit[label][:, None] - logit[~label]
        expected = {
            "auc": np.mean((pairs > 0) + (pairs == 0) / 2),
            "loss": np.mean(np.logaddexp(0, np.where(label, -logit, logit))),
            "error": np.mean((logit > 0) != label),
        }
        for name, value in expected.items():
            assert found.measures[name].shape == (len(found.step), 1)
            assert found.measures[name][-1, 0] == pytest.approx(value, rel=1e-4)


def test_training_orders_comments_that_it_has_not_seen():
    found = run(training("oracle", schedule={"epochs": 12}), corpus=easy_corpus())
    auc = found.measures["auc"][:, 0]
    assert auc[-1] > auc[0] + 0.15


@pytest.mark.parametrize("transition", ["by-rater", "by-network", "by-group"])
def test_transitions_are_estimated_from_the_clean_comments(transition):
    corpus, rating = small_corpus(), flipped(small_corpus())
    study = corpus["part"].values == PARTS.index("study")
    label = corpus["label"].values[study] == 1
    member = corpus["member"].values[:, study] == 1
    rated = rating["rated"].values[study] == 1
    clean = clean_comments(len(label), 0.2, seed=0)
    parent, said = None, rated
    if transition == "by-network":
        record = run(training("noisy"))
        parent = checkpoints(record)
        final = {name: values[-1] for name, values in record.parameters.items()}
        said = 1 / (1 + np.exp(-clean_logit(final, corpus["tokens"].values[study]).astype(float)))
    found = examples_of_run(
        training("loss-correction", transition=transition), corpus, rating, parent
    )
    expected = np.tile(mean_by_class(label[clean], said[clean]), (len(label), 1))
    if transition == "by-group":
        of_groups = by_group(label[clean], said[clean], member[:, clean])
        for comment in np.flatnonzero(member.any(axis=0)):
            expected[comment] = of_groups[member[:, comment]].mean(axis=0)
        assert len(np.unique(expected, axis=0)) > 2
    expected[clean] = [0, 1]
    assert_allclose(found.transition, expected, rtol=1e-12)


def test_relabelled_comments_have_the_labels_of_a_network_that_learned_from_clean_ones():
    corpus = small_corpus()
    study = corpus["part"].values == PARTS.index("study")
    record = run(training("clean"))
    final = {name: values[-1] for name, values in record.parameters.items()}
    logit = clean_logit(final, corpus["tokens"].values[study])
    found = examples_of_run(training("relabelled"), corpus, flipped(corpus), checkpoints(record))
    noisy = found.labeller == 1
    assert_array_equal(found.target[noisy], (logit > 0)[found.comment[noisy]])


def test_with_the_identity_loss_correction_trains_the_network_of_naive():
    """In float32, over all updates of the run, with dropout."""
    spec, corpus = training("naive"), small_corpus()
    plain = examples_of_run(spec, corpus, flipped(corpus), None)
    identity = np.tile([0.0, 1.0], (len(plain.comment), 1))
    course = course_of(spec, len(plain.comment))
    expected, found = (
        train_run(course, each, corpus, None)()
        for each in (plain, dataclasses.replace(plain, transition=identity))
    )
    assert_allclose(found.step_loss, expected.step_loss, rtol=0, atol=1e-6)
    for name, values in expected.parameters.items():
        assert_allclose(found.parameters[name], values, rtol=0, atol=1e-5)
