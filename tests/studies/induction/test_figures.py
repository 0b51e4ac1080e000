"""Every figure of planted runs: it can be drawn, and shows what it says."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from induction_runs import LATE, NEVER, corpus, joined, results
from ontogeny.claims import judge
from ontogeny.config import Style
from ontogeny.studies.induction.claims import CLAIMS
from ontogeny.studies.induction.figures.corpus import context, models, paths, side_by_side
from ontogeny.studies.induction.figures.experiment import model_heads, model_losses, model_scores
from ontogeny.studies.induction.figures.run import (
    ablations,
    attribution,
    evaluators,
    overview,
    patterns,
    text,
)
from ontogeny.studies.induction.figures.study import claims, repeats
from ontogeny.studies.induction.panels import ABOUT_NETWORKS, KIND_COLOURS, names_of_networks
from ontogeny.studies.induction.ranges import ranges

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


def titles(figure):
    return [each for axes in figure.axes for each in (axes.get_title(), axes.get_title("left"))]


def test_the_overview_has_curves_a_window_and_the_attention_of_the_induction_head(run):
    evaluated, measured = run
    numbers = overview.numbers(corpus(), evaluated, measured)
    figure = drawn(overview.draw(numbers, STYLE, "run"))
    loss, score, matching, previous, along, attention = figure.axes[:6]
    assert_allclose(lines(loss)[-1].get_ydata(), evaluated["loss"])
    assert_allclose(lines(score)[0].get_ydata(), evaluated["score"])
    for axes, name in ((matching, evaluated["matching"].sel(offset=1)),
                       (previous, evaluated["previous_token"])):  # fmt: skip
        every = np.stack([line.get_ydata() for line in lines(axes)], axis=1)
        assert_allclose(every, name.values.reshape(len(every), -1))
        assert len(axes.patches) == 1
    before, after = (patch.get_data().values for patch in along.patches)
    start = evaluated.sel(step=float(measured["window_start"]))["index_loss"].values
    assert_allclose([before[-1], after[-1]], [
        start[33:].mean(), evaluated["index_loss"].isel(step=-1).values[33:].mean(),
    ], rtol=1e-5)  # fmt: skip
    assert attention.get_title() == "Attention of induction head 1.0"


def test_the_overview_outlines_what_followed_earlier_copies(run):
    """The planted head attends to these alone, wherever there are any."""
    figure = drawn(overview.draw(overview.numbers(corpus(), *run), STYLE, "run"))
    axes = figure.axes[5]
    attention = axes.images[0].get_array()
    outlined = {(round(p.get_y() + 0.5), round(p.get_x() + 0.5)) for p in axes.patches}
    assert len(outlined) > 1
    assert {*zip(*np.nonzero(attention > 0.3), strict=True)} <= outlined


def test_a_run_without_a_phase_change_has_no_window_and_no_induction_head():
    figure = drawn(overview.draw(overview.numbers(corpus(), *results(NEVER)), STYLE, "run"))
    assert not figure.axes[0].patches
    assert "not an induction head" in figure.axes[5].get_title()


def test_the_text_has_the_change_of_every_loss_and_the_attention_at_two_tokens(run):
    evaluated, measured = run
    figure = drawn(text.draw(text.numbers(corpus(), measured), STYLE, "run"))
    changes, induction, previous = figure.axes[0:6:2]
    words = [each.get_text() for each in changes.texts]
    tokens = corpus()["tokens"].values[0]
    assert len(set(words)) == len(set(tokens))
    assert words[0] == "<begin>"
    start = float(measured["window_start"])
    fall = evaluated["example_loss"].sel(step=[start, 1500]).diff("step").values[0]
    grounds = np.array([patch.get_facecolor()[:3] for patch in changes.patches])
    assert_allclose(grounds[0], 1)
    red_less_blue = grounds[1:, 0] - grounds[1:, 2]
    assert_array_equal(
        np.sign(red_less_blue[np.abs(fall) > 0.3]), np.sign(fall[np.abs(fall) > 0.3])
    )
    bold = np.array([each.get_fontweight() == "bold" for each in changes.texts])
    assert_array_equal(bold[1:], corpus()["member"].sel(token_kind="repeat").values[0])
    for axes, head in ((induction, "induction head 1.0"), (previous, "previous-token head 0.0")):
        assert axes.get_title("left") == f"attention at the boxed token: {head}"


def test_the_example_changes_by_its_losses_at_both_moments(run):
    evaluated, measured = run
    before, after = evaluated["example_loss"].sel(step=measured["moment_step"].values).values
    assert_allclose(measured["example_change"], after - before)


def test_the_traced_token_is_repeated_and_attends_to_what_followed(run):
    _, measured = run
    previous, query = (int(token) for token in measured["traced"].values)
    tokens = corpus()["tokens"].values[0]
    assert measured["followed"].values[query, previous]
    assert tokens[previous - 1] == tokens[query]
    assert tokens[previous] == tokens[query + 1]


def test_networks_beside_each_other_have_a_column_each(run):
    experiments = ["two-layers", "one-layer"]
    both = [run[0], results(NEVER)[0]], [run[1], results(NEVER)[1]]
    numbers = side_by_side.numbers(*both, joined(), experiments)
    figure = drawn(side_by_side.draw(numbers, STYLE, "corpus"))
    assert len(figure.axes) == 5 * 2
    assert titles(figure)[0:4:2] == ["2 layers", "1 layer"]
    assert [len(axes.patches) for axes in figure.axes[:2]] == [1, 0]
    heads = [lines(axes) for axes in figure.axes[4:6]]
    assert [max(line.get_ydata()[-1] for line in each) > 0.5 for each in heads] == [True, False]


@pytest.mark.parametrize(
    ("layers", "names"),
    [
        ([1, 2, 2], ["1 layer, smeared keys", "2 layers", "2 layers with MLPs"]),
        ([2, 2, 2], ["2 layers, smeared keys", "2 layers", "2 layers with MLPs"]),
    ],
)
def test_networks_are_named_by_what_they_are(layers, names):
    every = ("one-layer-smeared", "two-layers", "two-layers-mlp")
    first = [list(joined()["experiment_of_run"].values).index(name) for name in every]
    found = joined().isel(run=first)
    assert names_of_networks(found.assign(layers_of_run=("run", layers))) == names


def test_networks_that_are_alike_are_named_by_their_experiments():
    found = joined(1)
    alike = found.assign({name: found[name] * 0 + 1 for name in ABOUT_NETWORKS[1:]})
    assert names_of_networks(alike) == list(found["experiment_of_run"].values)


def test_a_network_with_fewer_heads_has_fewer_lines(run):
    evaluated, measured = run
    small = evaluated.isel(layer=[0], head=[0, 1]), measured.isel(layer=[0], head=[0, 1])
    numbers = side_by_side.numbers(
        [evaluated, small[0]], [measured, small[1]], joined(), ["two-layers", "one-layer"]
    )
    figure = drawn(side_by_side.draw(numbers, STYLE, "corpus"))
    assert [len(lines(axes)) for axes in figure.axes[4:6]] == [8, 2]


def test_the_model_table_has_a_column_a_seed(run):
    evaluated, measured = run
    both = [evaluated] * 2, [measured] * 2
    losses = model_losses.numbers(*both, joined(), "two-layers", [0, 2])
    assert_array_equal(losses["seed"], [0, 2])
    figure = drawn(model_losses.draw(losses, STYLE, "two-layers"))
    assert len(figure.axes) == 4 * 2
    x, y = lines(figure.axes[6])[0].get_data()
    own = joined().sel(run=(joined()["experiment_of_run"] == "two-layers"))["path"].isel(run=0)
    assert_allclose(np.stack([x, y], axis=1), own.dropna("step"))
    scores = model_scores.draw(model_scores.numbers(*both, [0, 2]), STYLE, "two-layers")
    heads = model_heads.draw(model_heads.numbers(*both, [0, 2]), STYLE, "two-layers")
    for figure, name in ((scores, "ablated_score"), (heads, "previous_token")):
        assert len(figure.axes) == 3 * 2
        shown = np.stack([line.get_ydata() for line in lines(drawn(figure).axes[2])], axis=1)
        expected = evaluated[name]
        if "ablation" in expected.dims:
            expected = expected.sel(ablation="pattern-preserving")
        assert_allclose(shown, expected.values.reshape(shown.shape))


def test_a_colour_is_a_kind_of_heads_in_every_figure(run):
    evaluated, measured = run
    figures = [
        overview.draw(overview.numbers(corpus(), evaluated, measured), STYLE, "").axes[2],
        model_heads.draw(model_heads.numbers([evaluated], [measured], [0]), STYLE, "").axes[0],
    ]
    kinds = measured["head_kind"].values.ravel()
    for axes in figures:
        colours = [line.get_color() for line in lines(axes)]
        assert colours == [KIND_COLOURS[kind] for kind in kinds]


def test_patterns_are_those_of_the_two_heads(run):
    _, measured = run
    figure = drawn(patterns.draw(patterns.numbers(measured), STYLE, "run"))
    named = [axes.get_title() for axes in figure.axes[:2]]
    assert named == ["previous-token head 0.0", "induction head 1.0"]
    for axes, place in zip(figure.axes[:2], (0, 1), strict=True):
        assert_allclose(axes.images[0].get_array(), measured["attention"][place])


def test_a_head_is_not_called_what_it_is_not():
    _, measured = results(NEVER)
    figure = drawn(patterns.draw(patterns.numbers(measured), STYLE, "run"))
    assert "not an induction head" in figure.axes[1].get_title()
    unknown = patterns.draw(patterns.numbers(measured.drop_vars("head_kind")), STYLE, "run")
    assert unknown.axes[1].get_title() == "head 0.1, strongest prefix matching"


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


def test_a_set_that_a_network_does_not_have_takes_no_place():
    evaluated, measured = results(NEVER)
    assert not (measured["head_kind"] == 2).any()
    numbers = ablations.numbers(evaluated, measured)
    assert list(numbers["head_set"].values) == ["all others", "previous-token"]
    figure = drawn(ablations.draw(numbers, STYLE, "run"))
    assert len(figure.axes[1].get_xticklabels()) == 2


@pytest.mark.parametrize(
    ("kinds", "names"),
    [
        ([1, 1, 2, 2], ["induction", "previous-token"]),
        ([1, 1, 1, 2], ["induction", "as many others", "previous-token"]),
        ([1, 0, 2, 2], ["induction", "all others", "previous-token"]),
        ([1, 0, 0, 2], ["induction", "as many others", "all others", "previous-token"]),
    ],
)
def test_the_same_set_of_heads_is_drawn_once(run, kinds, names):
    evaluated, measured = run
    heads = {"head": [0, 1]}
    kinds = measured["head_kind"].isel(heads).copy(data=np.reshape(kinds, (2, 2)))
    planted = measured.isel(heads).assign(head_kind=kinds)
    numbers = ablations.numbers(evaluated.isel(heads), planted)
    assert list(numbers["head_set"].values) == names
    figure = drawn(ablations.draw(numbers, STYLE, "run"))
    assert len(figure.axes[1].get_xticklabels()) == len(names)


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
        predictor_range_loss=(
            ("predictor_in_context", "index_range"),
            np.ones((3, len(ranges(48)))),
        )
    )
    with_predictors = with_predictors.assign_coords(
        predictor_in_context=np.array(["uniform", "unigram", "bigram"], dtype=object)
    )
    plain = drawn(context.draw(context.numbers(found, corpus(), "phrases"), STYLE, "phrases"))
    more = context.numbers(found, with_predictors, "phrases")
    both = drawn(context.draw(more, STYLE, "phrases"))
    for left, right in zip(plain.axes, both.axes, strict=True):
        assert len(left.patches) == found.sizes["run"] == len(right.patches) - 3


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
