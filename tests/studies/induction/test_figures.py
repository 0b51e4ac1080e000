"""Every figure of planted runs: it can be drawn, and shows what it says."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from induction_runs import LATE, NEVER, corpus, joined, results
from ontogeny.claims import judge
from ontogeny.config import Style
from ontogeny.studies.induction.claims import CLAIMS
from ontogeny.studies.induction.figures.corpus import context, models, paths
from ontogeny.studies.induction.figures.experiment import model
from ontogeny.studies.induction.figures.run import ablations, attribution, evaluators, patterns
from ontogeny.studies.induction.figures.study import claims, repeats

STYLE = Style(width=6.0, resolution=60)


@pytest.fixture(scope="module")
def run():
    return results(LATE)


def drawn(figure):
    """Return a figure after it has been laid out, as when it is saved."""
    figure.canvas.draw()
    return figure


def lines(axes):
    return [line for line in axes.get_lines() if len(line.get_xdata())]


def test_model_has_a_column_a_seed_and_nine_rows(run):
    evaluated, measured = run
    numbers = model.numbers([evaluated] * 2, [measured] * 2, joined(), "two-layers", [0, 2])
    figure = drawn(model.draw(numbers, STYLE, "two-layers"))
    assert len(figure.axes) == 9 * 2
    assert_array_equal(numbers["seed"], [0, 2])
    (loss,) = lines(figure.axes[2])
    assert_allclose(loss.get_ydata(), evaluated["loss"])
    heads = lines(figure.axes[2 * 5])
    best = np.max([line.get_ydata() for line in heads], axis=0)
    assert_allclose(best[-1], measured["best_prefix"][-1])
    assert len(figure.axes[2].patches) == 1


def test_model_without_a_phase_change(run):
    evaluated, measured = results(NEVER)
    numbers = model.numbers([evaluated], [measured], joined(), "one-layer", [0])
    figure = drawn(model.draw(numbers, STYLE, "one-layer"))
    assert not figure.axes[1].patches


def test_patterns_are_those_of_the_two_heads(run):
    _, measured = run
    figure = drawn(patterns.draw(patterns.numbers(measured), STYLE, "run"))
    titles = [axes.get_title() for axes in figure.axes[:2]]
    assert titles == ["previous token: layer 1, head 0", "induction: layer 2, head 0"]
    for axes, place in zip(figure.axes[:2], (0, 1), strict=True):
        assert_allclose(axes.images[0].get_array(), measured["attention"][place])


def test_ablations_draw_every_head_and_every_set(run):
    evaluated, measured = run
    numbers = ablations.numbers(evaluated, measured)
    figure = drawn(ablations.draw(numbers, STYLE, "run"))
    left, right = figure.axes[:2]
    heights = [bar.get_height() for bar in left.patches]
    single = evaluated["ablated_score"].isel(step=-1).values
    assert_allclose(heights[:16], single.ravel())
    shown = [bar.get_height() for bar in right.patches]
    assert_allclose(shown, measured["removed_score"].values.ravel())


def test_attribution_shows_the_last_tokens(run):
    _, measured = run
    numbers = attribution.numbers(corpus(), measured)
    figure = drawn(attribution.draw(numbers, STYLE, "run"))
    image = figure.axes[0].images[0].get_array()
    assert_allclose(image, measured["attribution"].values.reshape(8, -1)[:, -48:])
    bold = [label.get_fontweight() for label in figure.axes[0].get_xticklabels()]
    repeats_of = corpus()["member"].sel(token_kind="repeat").values[0, -48:]
    assert_array_equal(np.array(bold) == "bold", repeats_of)


def test_evaluators_have_a_point_a_head_and_checkpoint(run):
    evaluated, measured = run
    figure = drawn(evaluators.draw(evaluators.numbers(evaluated, measured), STYLE, "run"))
    points = sum(len(line.get_xdata()) for line in lines(figure.axes[0]))
    assert points == evaluated.sizes["step"] * 8


def test_models_shade_a_window_a_run():
    figure = drawn(models.draw(models.numbers(joined(), "phrases"), STYLE, "phrases"))
    runs = joined().sizes["run"]
    with_window = int(np.isfinite(joined()["window_start"]).sum())
    for axes in figure.axes:
        assert len(lines(axes)) == runs
        assert len(axes.patches) == with_window


def test_paths_are_thick_in_their_windows():
    found = joined()
    figure = drawn(paths.draw(paths.numbers(found, "phrases"), STYLE, "phrases"))
    thick = [line for line in figure.axes[0].get_lines() if line.get_linewidth() > 2]
    inside = sum(len(line.get_xdata()) for line in thick)
    step = found["step"].values[:, None]
    expected = (step >= found["window_start"].values) & (step <= found["window_end"].values)
    assert inside == expected.sum()


def test_context_has_both_moments_and_the_predictors():
    found = joined()
    with_predictors = corpus().assign(
        predictor_loss=(("predictor_in_context", "index"), np.ones((3, 48)))
    )
    with_predictors = with_predictors.assign_coords(
        predictor_in_context=np.array(["uniform", "unigram", "bigram"], dtype=object)
    )
    plain = drawn(context.draw(context.numbers(found, corpus(), "phrases"), STYLE, "phrases"))
    more = context.numbers(found, with_predictors, "phrases")
    both = drawn(context.draw(more, STYLE, "phrases"))
    for left, right in zip(plain.axes, both.axes, strict=True):
        assert len(lines(left)) == found.sizes["run"] == len(lines(right)) - 3


def test_repeats_show_the_window_of_each_plain_run_of_two_layers():
    numbers = repeats.numbers(joined())
    assert set(numbers["experiment_of_run"].values) == {"two-layers"}
    figure = drawn(repeats.draw(numbers, STYLE))
    starts = [line.get_ydata()[0] for line in lines(figure.axes[0]) if line.get_marker() == "o"]
    assert_allclose(starts, numbers["window_start"])


def test_every_claim_is_written_with_its_verdict():
    judged = judge(CLAIMS, joined(), study="induction")
    figure = drawn(claims.draw(claims.numbers(judged), STYLE))
    said = [text.get_text() for text in figure.axes[0].texts]
    for claim in CLAIMS:
        assert claim.title in said
    verdicts = list(judged["verdict"].values)
    assert [text for text in said if text in {"holds", "does not hold", "undecided"}] == verdicts
