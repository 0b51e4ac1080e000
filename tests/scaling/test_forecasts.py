"""Forecasts of curves whose continuation is known, of hopeless ones, and of published models."""

from pathlib import Path

import numpy as np
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import least_squares
from scipy.special import expit

from ontogeny.scaling import FORECASTERS, NoConvergence, cuts, forecast, forecast_loss, quanta

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference" / "surprise"
PYTHIA = {
    "70m": 18_915_328,
    "160m": 85_056_000,
    "410m": 302_311_424,
    "1b": 805_736_448,
    "1.4b": 1_208_602_624,
    "2.8b": 2_517_652_480,
    "6.9b": 6_444_163_072,
    "12b": 11_327_027_200,
}
SIZES = np.geomspace(1e3, 1e5, 6)
BEYOND = np.array([2e5, 1e6])


@pytest.mark.parametrize("chance", [0.0, 0.25, 0.5])
@pytest.mark.parametrize(("slope", "turn"), [(1.5, 2e4), (0.4, 3e3), (6.0, 7e4)])
def test_logistic_continues_a_logistic_curve(chance, slope, turn):
    def curve(size):
        return chance + (1 - chance) * expit(slope * np.log(size / turn))

    found = forecast("logistic", SIZES, curve(SIZES), BEYOND, chance=chance)
    assert_allclose(found, curve(BEYOND), atol=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_logistic_is_the_least_squares_of_scipy(seed):
    score = np.clip(np.random.default_rng(seed).normal(np.linspace(0, 0.7, 6), 0.1), 0, 1)
    z = np.log(SIZES)

    def misses(p):
        return expit(p[0] + p[1] * (z - z.mean())) - score

    starts = [(c, k) for c in (-3, 0, 3) for k in (-1, 0.3, 1, 3)]
    best = min((least_squares(misses, s, xtol=1e-14) for s in starts), key=lambda each: each.cost)
    expected = expit(best.x[0] + best.x[1] * (np.log(BEYOND) - z.mean()))
    assert_allclose(forecast("logistic", SIZES, score, BEYOND), expected, atol=1e-5)


def test_power_of_error_continues_a_power_law_of_the_error():
    found = forecast("power-of-error", SIZES, 1 - (800 / SIZES) ** 0.4, BEYOND)
    assert_allclose(found, 1 - (800 / BEYOND) ** 0.4)


def test_as_last_seen_takes_the_largest_size_in_any_order():
    found = forecast("as-last-seen", [3, 9, 1, 9], [0.5, 0.2, 0.9, 0.4], [[10, 20], [30, 40]])
    assert_allclose(found, np.full((2, 2), 0.3))


@pytest.mark.parametrize("forecaster", FORECASTERS)
def test_order_of_points_does_not_matter_and_points_of_a_size_are_averaged(forecaster):
    size, score = np.array([1, 2, 2, 4, 8, 16]), np.array([0.1, 0.1, 0.3, 0.3, 0.6, 0.7])
    once = forecast(forecaster, size[[0, 1, 3, 4, 5]], [0.1, 0.2, 0.3, 0.6, 0.7], BEYOND)
    assert_allclose(forecast(forecaster, size[::-1], score[::-1], BEYOND), once, rtol=1e-9)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, {"logistic": 0.25, "power-of-error": 0.0, "as-last-seen": 0.0}),
        (0.25, {"logistic": 0.25, "power-of-error": 0.25, "as-last-seen": 0.25}),
        (0.6, {"logistic": 0.6, "power-of-error": 0.6, "as-last-seen": 0.6}),
        (1.0, {"logistic": 1.0, "power-of-error": 0.999, "as-last-seen": 1.0}),
    ],
)
@pytest.mark.parametrize("forecaster", FORECASTERS)
def test_flat_curves_go_on_flat(forecaster, value, expected):
    found = forecast(forecaster, SIZES, np.full(6, value), BEYOND, chance=0.25)
    assert_allclose(found, expected[forecaster], atol=1e-6)


def many():
    """Return rising, falling and flat curves, exact and noisy, and a chance for each."""
    rng = np.random.default_rng(0)
    z = np.log(SIZES / 2e4)
    chance = np.repeat([0.0, 0.25, 0.5], 10)
    turns, slopes = rng.normal(size=(2, 30, 1))
    scores = chance[:, None] + (1 - chance[:, None]) * expit(turns + 2 * slopes * z)
    scores[::2] += 0.05 * rng.normal(size=(15, 6))
    scores[[3, 13, 23]] = 0.5
    return np.clip(scores, 0, 1), chance


@pytest.mark.parametrize("forecaster", FORECASTERS)
def test_many_curves_at_once_are_the_curves_one_by_one(forecaster):
    """Whatever the chance of each, over repeated sizes in any order, at any shape of sizes."""
    scores, chance = many()
    order = [3, 0, 5, 1, 2, 4, 0]
    found = forecast(forecaster, SIZES[order], scores[:, order], BEYOND[:, None], chance=chance)
    assert found.shape == (30, 2, 1)
    for row, score, floor in zip(found, scores, chance, strict=True):
        alone = forecast(forecaster, SIZES, score, BEYOND[:, None], chance=floor)
        assert_allclose(row, alone, rtol=1e-7, atol=1e-9)


def test_logistic_is_never_worse_than_searches_from_everywhere():
    """Compared at the sizes that were fitted, with the best of scipy from 40 starts."""
    scores, _ = many()
    z = np.log(SIZES) - np.log(SIZES).mean()
    for score in scores[::4]:
        best = min(
            least_squares(
                lambda p, score=score: expit(p[0] + p[1] * z) - score,
                start,
                bounds=([-30, -20], [30, 20]),
            ).cost
            for start in [(c, k) for c in (-6, -2, 0, 2, 6) for k in (-6, -2, -0.5, 0, 0.5, 2, 6)]
        )
        misses = forecast("logistic", SIZES, score, SIZES) - score
        assert (misses**2).sum() <= 2 * best * (1 + 1e-6) + 1e-9


@pytest.mark.parametrize("forecaster", FORECASTERS)
def test_one_size_says_what_was_last_seen(forecaster):
    assert_allclose(forecast(forecaster, [7, 7], [0.2, 0.4], BEYOND), 0.3)


@settings(max_examples=60)
@given(
    st.sampled_from(FORECASTERS),
    st.lists(st.sampled_from([0.0, 1e-9, 0.1, 0.5, 0.9, 1.0]), min_size=1, max_size=6),
    st.sampled_from([0.0, 0.1, 0.5]),
)
def test_forecasts_are_scores_whatever_the_curve(forecaster, scores, chance):
    at = np.array([1e-3, 1e3, 1e12])
    found = forecast(forecaster, SIZES[: len(scores)], scores, at, chance=chance)
    assert ((found >= 0) & (found <= 1)).all()


def test_a_jump_cannot_be_seen_before_it():
    """At the floor, nothing predicts it; once it has begun, logistic curves do."""
    score = expit(4 * np.log(SIZES / 5e4))
    before = [forecast(f, SIZES[:3], score[:3], [1e5])[0] for f in FORECASTERS[1:]]
    assert max(before) < 0.05 < score[-1] - 0.8
    assert forecast("logistic", SIZES[:5], score[:5], [1e5])[0] > 0.9


def test_misuse_is_refused():
    with pytest.raises(ValueError, match="forecaster 'guess': not one of logistic"):
        forecast("guess", [1], [1], [2])
    with pytest.raises(ValueError, match="not between 0 and 1"):
        forecast("logistic", [1, 2], [0, 1.5], [2])
    with pytest.raises(ValueError, match="one score for each size"):
        forecast("logistic", [1, 2], [0.5], [2])
    with pytest.raises(ValueError, match="a score is not finite"):
        forecast("logistic", [1, 2], [0.5, np.nan], [2])
    with pytest.raises(ValueError, match="a size is not positive"):
        forecast("logistic", [0, 2], [0.5, 0.6], [2])


def test_loss_is_forecast_by_the_law():
    assert_allclose(forecast_loss("offset", SIZES, 2 + 9 / SIZES**0.3, BEYOND), 2 + 9 / BEYOND**0.3)
    with pytest.raises(NoConvergence, match="at least 3"):
        forecast_loss("offset", [1, 2], [2, 1], BEYOND)


def test_every_cut_leaves_a_size_to_predict():
    assert list(cuts(10)) == [4, 5, 6, 7, 8, 9]
    assert list(cuts(4)) == list(cuts(2)) == []
    assert list(cuts(4, least=3)) == [3]


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=8),
    st.floats(0, 1),
    st.sampled_from([0.0, 0.5]),
)
def test_quanta_are_the_fewest_that_leave_no_more_than_the_loss(weights, share, chance):
    mass = np.array(weights) / sum(weights)
    loss = share * np.log(2)
    found = quanta(mass, loss, chance=chance)
    assert set(found) <= {1.0, chance}
    learned = found == 1
    assert np.log(2) * mass[~learned].sum() <= loss + 1e-9
    if learned.any():
        assert mass[learned].min() >= max(mass[~learned], default=0)
        rarest = mass[learned].min()
        assert np.log(2) * (mass[~learned].sum() + rarest) > loss - 1e-9


def test_quanta_of_the_loss_that_learned_abilities_leave_are_these():
    mass = np.arange(1, 11) ** -1.4
    mass = mass[[3, 0, 9, 1, 2, 8, 4, 5, 6, 7]] / mass.sum()
    ranks = np.argsort(np.argsort(-mass))
    left = [np.log(2) * mass[ranks >= k].sum() for k in range(11)]
    assert (quanta(mass, left) == np.where(ranks < np.arange(11)[:, None], 1, 0.5)).all()


def table(name):
    file = REFERENCE / name
    if not file.is_file():
        pytest.skip(f"needs {file.name}")
    return pandas.read_csv(file)


def test_loss_of_pythia_is_foreseen_with_a_floor_and_not_without():
    """ln(perplexity) of LAMBADA at the last step, deduplicated, zero-shot."""
    rows = table("pythia.csv")
    rows = rows[(rows.variant == "-deduped") & (rows.step == 143000) & (rows.shots == "zero-shot")]
    rows = rows[(rows.task == "lambada_openai") & (rows.metric == "ppl")].set_index("size")
    loss = np.log(rows.value[list(PYTHIA)].to_numpy())
    size = np.array([*PYTHIA.values()], dtype=float)
    missed = {
        law: [forecast_loss(law, size[:m], loss[:m], size[[m]])[0] / loss[m] - 1 for m in cuts(8)]
        for law in ("power", "offset")
    }
    assert_allclose(missed["offset"], [-0.001, -0.030, -0.038, -0.029], atol=6e-4)
    assert_allclose(min(missed["power"]), -0.145, atol=6e-4)


def test_addition_of_pythia_is_not_foreseen():
    """Two digits: from four sizes on, 80 % of the largest but two come as a surprise."""
    rows = table("base_llm_emergent_capability_eval.csv").set_index("Model")
    score = rows.loc[
        [f"EleutherAI/pythia-{label}-deduped" for label in PYTHIA], "arithmetic_2da_2_acc"
    ].to_numpy()
    size = np.array([*PYTHIA.values()], dtype=float)
    before = [forecast(f, size[:4], score[:4], size[[5]])[0] for f in FORECASTERS]
    assert_allclose(before, 0.02, atol=6e-3)
    at_onset = [forecast(f, size[:5], score[:5], size[[5]])[0] for f in FORECASTERS]
    assert_allclose(at_onset, [0.46, 0.05, 0.07], atol=0.015)
    assert score[5] - max(at_onset) > 0.3
