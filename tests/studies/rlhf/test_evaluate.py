"""Policies along their training, against sums over all sequences."""

from itertools import product

import numpy as np
import pytest

from ontogeny.networks.arrays import sequence_log_probability
from ontogeny.preferences import frontier
from ontogeny.studies.rlhf.stages.evaluate import evaluation
from ontogeny.studies.rlhf.stages.policies import (
    all_log_probabilities,
    next_token_log_probabilities,
    policies_of,
    taken_log_probability,
)
from ontogeny.studies.rlhf.stages.read import final
from ontogeny.studies.rlhf.stages.sampled import divergence
from ontogeny.studies.rlhf.stages.score import calibrated_scores
from ontogeny.studies.rlhf.worlds.gold import gold
from rlhf_networks import small_enumerated, small_sequences, stored_policy
from rlhf_runs import judges_of, probes_of, run_from

EXACT = small_enumerated(vocabulary=3)
SAMPLED = small_sequences(vocabulary=4, length=3)
START = stored_policy(EXACT)
RUN = run_from(START)
PROBES = probes_of(EXACT, START)
JUDGES = judges_of(EXACT, PROBES)


def evaluated(world, start, probes, run, judges, **settings):
    settings = {
        "reward": "proxy",
        "kl_penalty": 0.3,
        "samples": 50,
        "updates_per_iteration": 4,
        "samples_per_iteration": 256,
        "seed": 0,
    } | settings
    return evaluation(world, start, probes, run, judges, **settings)


def exact(**settings):
    return evaluated(EXACT, START, PROBES, RUN, JUDGES, **settings)


def every_sequence(vocabulary, length):
    """All sequences after the first prompt, the last token the fastest."""
    rows = product(range(vocabulary), repeat=length)
    return np.array([[vocabulary, *row] for row in rows], dtype=np.int16)


def probabilities(world, checkpoints):
    """Probabilities of all sequences at each checkpoint, one forward pass a sequence."""
    vocabulary, length = world.attrs["vocabulary"], world.attrs["length"]
    sequences = every_sequence(vocabulary, length)
    return np.exp(
        [
            sequence_log_probability(policy, sequences, vocabulary)
            for policy in policies_of(checkpoints, vocabulary)
        ]
    )


def test_enumerated_measures_are_sums_over_all_sequences():
    found = exact()
    sequences = every_sequence(3, 3)
    before = probabilities(EXACT, START)[0]
    scores = [gold(EXACT, sequences)] + [
        calibrated_scores(*JUDGES[name], sequences) for name in ("proxy", "judge")
    ]
    lines = [tuple(line) for line in sequences]
    for place, after in enumerate(probabilities(EXACT, RUN)):
        of = found.isel(step=place)
        assert after.sum() == pytest.approx(1, abs=1e-5)
        kl = sum(p * np.log(p / q) for p, q in zip(after, before, strict=True))
        assert float(of["kl"]) == pytest.approx(kl, abs=1e-5)
        assert float(of["entropy"]) == pytest.approx(-sum(after * np.log(after)) / 3, abs=1e-5)
        loss = [-np.log(after[lines.index(tuple(line))]) / 3 for line in EXACT["held_out"].values]
        assert float(of["corpus_loss"]) == pytest.approx(np.mean(loss), abs=1e-5)
        distinct = np.array([len(set(line[1:])) for line in lines])
        assert float(of["repeats"]) == pytest.approx(after @ (3 - distinct), abs=1e-5)
        for judge, score in enumerate(scores):
            assert float(of["score"][judge]) == pytest.approx(after @ score, abs=1e-4)
            margin = score[:, None] - score
            won = after @ (1 / (1 + np.exp(-margin))) @ before
            assert float(of["win_rate"][judge]) == pytest.approx(won, abs=1e-5)
            chosen = after @ ((1 + np.sign(margin)) / 2) @ before
            assert float(of["choice_rate"][judge]) == pytest.approx(chosen, abs=1e-5)
    assert np.all(found["score_error"] == 0)


def test_a_policy_that_is_the_start_policy_is_at_no_distance_and_wins_half():
    of = exact().isel(step=0)
    assert float(of["kl"]) == 0
    assert np.all(of["win_rate"] == 0.5)
    assert np.all(of["choice_rate"] == 0.5)
    np.testing.assert_allclose(of["score"], of["start_score"])


def test_no_policy_is_above_the_frontier_of_any_judge():
    away = run_from(START, steps=30, seed=8)
    found = evaluated(EXACT, START, PROBES, away, JUDGES)
    assert float(found["kl"][-1]) > 0.5
    assert float((found["score"] - found["frontier"]).max()) < 1e-9
    start = found["start_probability"].values
    for judge, score in enumerate(found["sequence_score"].values):
        assert float(found["start_score"][judge]) == pytest.approx(start @ score)
        assert float(found["third_moment"][judge]) == pytest.approx(
            start @ (score - start @ score) ** 3
        )


@pytest.mark.parametrize("reward", ["gold", "proxy"])
def test_no_objective_is_above_the_optimum(reward):
    found = exact(reward=reward)
    expected = found["score"].sel(judge=reward) - 0.3 * found["kl"]
    np.testing.assert_allclose(found["objective"], expected)
    assert float(found["objective"].max()) < float(found["optimum"])
    score = found["sequence_score"].sel(judge=reward).values
    start = found["start_probability"].values
    closed = 0.3 * np.log(start @ np.exp(score / 0.3))
    assert float(found["optimum"]) == pytest.approx(closed)


def test_without_a_penalty_the_optimum_is_the_best_sequence():
    found = exact(kl_penalty=0.0, reward="gold")
    assert float(found["optimum"]) == pytest.approx(float(found["sequence_score"][0].max()))


def test_policies_that_are_shown_are_those_of_their_steps():
    run = run_from(START, steps=6, move=0.1, seed=6)
    found = evaluated(EXACT, START, PROBES, run, JUDGES)
    kl, gold_score = found["kl"].values, found["score"].values[:, 0]
    early = next(place for place, each in enumerate(kl) if each >= 0.5)
    peak = max(range(6), key=lambda place: gold_score[place])
    assert len({0, early, peak, 5}) == 4
    places = [0, early, peak, 5]
    np.testing.assert_array_equal(found["shown_step"], run["step"][places])
    np.testing.assert_allclose(found["probability"], probabilities(EXACT, run)[places], atol=1e-6)


def test_without_a_large_kl_the_last_policy_is_shown_in_place_of_the_first_far_one():
    found = evaluated(EXACT, START, PROBES, run_from(START, move=0.001), JUDGES)
    assert float(found["kl"].max()) < 0.5
    assert int(found["shown_step"][1]) == int(found["step"][-1])


def test_gold_comes_first_and_then_the_reward():
    assert exact(reward="judge")["judge"].values.tolist() == ["gold", "judge", "proxy"]
    found = exact()
    np.testing.assert_array_equal(found["iteration"], found["step"] // 4)
    np.testing.assert_array_equal(found["samples"], found["step"] * 64)


def test_another_judge_changes_no_other_number():
    alone = evaluated(EXACT, START, PROBES, RUN, {"proxy": JUDGES["proxy"]})
    both = exact().sel(judge=["gold", "proxy"])
    for name, values in alone.items():
        np.testing.assert_array_equal(values, both[name], err_msg=str(name))


def test_probabilities_of_all_sequences_are_those_of_each_sequence():
    for policy, expected in zip(policies_of(RUN, 3), probabilities(EXACT, RUN), strict=True):
        np.testing.assert_allclose(np.exp(all_log_probabilities(policy, 3)), expected, rtol=1e-4)


def test_log_ratio_and_exact_divergence_have_the_same_expectation():
    sequences = every_sequence(3, 3)
    *_, policy = policies_of(RUN, 3)
    said = next_token_log_probabilities(policy, sequences)
    before = next_token_log_probabilities(final(START), sequences)
    probability = np.exp(taken_log_probability(said, sequences).sum(axis=1))
    ratio = taken_log_probability(said - before, sequences).sum(axis=1)
    assert probability @ divergence(said, before) == pytest.approx(probability @ ratio, rel=1e-4)


def test_sampled_measures_are_near_those_of_all_sequences():
    start = stored_policy(SAMPLED)
    run = run_from(start)
    probes = probes_of(SAMPLED, start, fresh=4000)
    judges = judges_of(SAMPLED, probes)
    found = evaluated(SAMPLED, start, probes, run, judges, samples=4000)
    before = probabilities(SAMPLED, start)[0]
    score = gold(SAMPLED, every_sequence(4, 3))
    for place, after in enumerate(probabilities(SAMPLED, run)):
        of = found.isel(step=place)
        ratio = np.log(after / before)
        kl = after @ ratio
        assert float(of["kl"]) == pytest.approx(kl, rel=0.05, abs=1e-5)
        error = np.sqrt(after @ (ratio - kl) ** 2 / 4000)
        assert float(of["kl_sampled"]) == pytest.approx(kl, abs=4 * error + 1e-5)
        assert float(of["entropy"]) == pytest.approx(-after @ np.log(after) / 3, rel=0.03)
        gap = float(of["score"][0]) - after @ score
        assert abs(gap) < 4 * float(of["score_error"][0])
        won = after @ (1 / (1 + np.exp(score - score[:, None]))) @ before
        assert float(of["win_rate"][0]) == pytest.approx(won, abs=0.03)
    assert float(found["kl"][0]) == 0
    assert float(found["start_score"][0]) == pytest.approx(before @ score, abs=0.1)
    assert "optimum" not in found
    known = found["kl"].values < np.log(2 * 4060) - 4
    assert np.array_equal(np.isfinite(found["frontier"].values[:, 0]), known)
    greatest = frontier(before / before.sum(), score, found["kl"].values[known])
    np.testing.assert_allclose(found["frontier"].values[known, 0], greatest, atol=0.1)


def test_responses_to_each_prompt_are_counted_apart():
    world = small_sequences(prompts=3)
    start = stored_policy(world)
    probes = probes_of(world, start, fresh=600)
    found = evaluated(world, start, probes, run_from(start), judges_of(world, probes), samples=600)
    assert found["prompt"].values.tolist() == ["helpful", "harmless", "skill"]
    share = [np.mean(probes["prompt"].values[60:] == number) for number in range(3)]
    whole = found["score_of_prompt"].values @ share
    np.testing.assert_allclose(whole, found["score"], rtol=1e-5, atol=1e-5)
    untrained = found["refusals"].isel(step=0).values
    drawn = probes["tokens"].values[:, :, 1:] < world.attrs["refusal_tokens"]
    for number in range(3):
        expected = drawn[:, probes["prompt"].values == number].sum(axis=2)
        assert untrained[number] == pytest.approx(expected.mean(), abs=0.35)
    assert np.isnan(found["frontier"]).all()


def test_more_samples_than_fresh_probes_are_refused():
    start = stored_policy(SAMPLED)
    probes = probes_of(SAMPLED, start, fresh=20)
    with pytest.raises(ValueError, match=r"50 samples .* and there are 20"):
        evaluated(SAMPLED, start, probes, run_from(start), judges_of(SAMPLED, probes))
