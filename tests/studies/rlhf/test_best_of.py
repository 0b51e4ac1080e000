"""The best of several samples."""

import numpy as np
import pytest

from ontogeny.studies.rlhf.stages.best_of import best_of
from ontogeny.studies.rlhf.stages.policies import all_log_probabilities
from ontogeny.studies.rlhf.stages.read import final
from ontogeny.studies.rlhf.worlds.enumerated import all_sequences
from ontogeny.studies.rlhf.worlds.gold import gold
from rlhf_networks import small_enumerated, small_sequences, stored_policy
from rlhf_runs import judges_of, probes_of


def of(world, **probes):
    start = stored_policy(world)
    pairs = probes_of(world, start, **probes)
    return best_of(world, start, pairs, judges_of(world, pairs)), start, pairs


def test_the_best_of_two_is_the_sum_over_all_pairs_of_sequences():
    world = small_enumerated(vocabulary=3)
    found, start, _ = of(world)
    probability = np.exp(all_log_probabilities(final(start), 3))
    score = gold(world, all_sequences(3, 3))
    expected = np.einsum("i,j,ij", probability, probability, np.maximum.outer(score, score))
    at = found.sel(selector="gold", samples_compared=2)
    assert float(at["score"].sel(judge="gold")) == pytest.approx(expected)
    higher = np.array([probability[score < each].sum() for each in score])
    best = probability * (2 * higher + probability)
    assert float(at["kl"]) == pytest.approx(best @ np.log(best / probability))


@pytest.mark.parametrize("world", [small_enumerated(), small_sequences()])
def test_one_sample_is_that_of_the_start_policy_and_more_are_better(world):
    found, *_ = of(world, fresh=600)
    first = found["score"].sel(samples_compared=1)
    for judge in found["judge"].values:
        np.testing.assert_allclose(
            first.sel(judge=judge), first.sel(judge=judge)[0], rtol=1e-6, atol=1e-9
        )
        own = found["score"].sel(selector=judge, judge=judge).values
        assert (np.diff(own) > 0).all()
    np.testing.assert_allclose(found["kl"].sel(samples_compared=1), 0, atol=1e-12)
    assert (found["kl"].sel(samples_compared=512) <= np.log(512) - 511 / 512 + 1e-9).all()


def test_scores_of_probes_are_compared_under_the_same_prompt_alone():
    world = small_sequences(prompts=3)
    found, _, pairs = of(world, fresh=100)
    gold_score, prompt = pairs["gold"].values, pairs["prompt"].values
    two = []
    for number in range(3):
        values = gold_score[:, prompt == number].ravel()
        both = np.maximum.outer(values, values)
        two.append((both.sum() - values.sum()) / (len(values) * (len(values) - 1)))
    at = found["score"].sel(selector="gold", judge="gold")
    assert float(at.sel(samples_compared=2)) == pytest.approx(np.mean(two))
    assert np.isnan(at.sel(samples_compared=512))
