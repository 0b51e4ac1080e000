"""Every figure of small runs: it can be drawn, and shows what it says."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from imitation_runs import LEARNERS, atlas, joined, run
from ontogeny.claims import judge
from ontogeny.config import Style
from ontogeny.studies.imitation.claims import CLAIMS
from ontogeny.studies.imitation.comparison import comparison
from ontogeny.studies.imitation.figures.run import history
from ontogeny.studies.imitation.figures.study import (
    alpha,
    bounds,
    claims,
    distance,
    hazard,
    learners,
    queries,
    rarity,
    size,
)
from ontogeny.studies.imitation.panels import LEARNER_LOOKS, MARKS

STYLE = Style(width=6.0, resolution=60)
OF_STUDY = (alpha, bounds, distance, hazard, learners, queries, rarity, size)


def drawn(figure):
    """Return a figure after it has been laid out, as when it is saved."""
    figure.canvas.draw()
    return figure


def of(module, found):
    return drawn(module.draw(module.numbers(found), STYLE))


def lines(axes):
    return [line for line in axes.get_lines() if len(line.get_xdata())]


def legend(figure):
    return [text.get_text() for each in figure.legends for text in each.get_texts()]


@pytest.mark.parametrize("module", OF_STUDY)
@pytest.mark.parametrize("make", [joined, atlas])
def test_it_can_be_drawn_of_many_runs_and_of_few(module, make):
    assert of(module, make()).axes


@pytest.mark.parametrize(
    ("module", "runs"),
    [
        (bounds, [("exact", "tiny", {"contains_demonstrator": False})]),
        (distance, [("exact", "tiny", {"contains_demonstrator": False})]),
        (distance, [("acts", "random", {"learner": "demonstrator"})]),
        (queries, [("coins", "coins", {"steps": 1, "histories": 1})]),
    ],
)
def test_it_can_be_drawn_where_there_is_hardly_anything_to_show(module, runs):
    found = comparison([run(name, of_class, **fields) for name, of_class, fields in runs])
    assert of(module, found).axes


def described(found, field, values):
    """Return results whose runs, each of an experiment of its own, differ in a field."""
    return found.assign_coords(
        {f"{field}_of_{along}": (along, values) for along in ("run", "experiment")}
    )


@pytest.mark.parametrize(
    ("module", "along"),
    [(alpha, "run"), (rarity, "run"), (learners, "run"), (hazard, "experiment")],
)
def test_runs_with_an_event_of_their_own_are_left_out(module, along):
    found = joined()
    assert module.numbers(found).sizes[along]
    own = {
        f"own_event_of_{each}": (each, np.ones(found.sizes[each], dtype=bool))
        for each in ("run", "experiment")
    }
    assert not module.numbers(found.assign_coords(own)).sizes[along]


@pytest.mark.parametrize("log_steps", [True, False])
@pytest.mark.parametrize("module", [queries, hazard])
def test_the_axis_of_steps_is_logarithmic_where_it_is_asked_for(module, log_steps):
    style = STYLE.model_copy(update={"log_steps": log_steps})
    figure = drawn(module.draw(module.numbers(joined()), style))
    scale = "log" if log_steps else "linear"
    assert {axes.get_xscale() for axes in figure.axes} == {scale}


@pytest.mark.parametrize("module", [queries, hazard])
def test_a_single_step_is_a_mark(module):
    figure = of(module, comparison([run("one", "abyss", learner="cloning", steps=1)]))
    shown = [line for axes in figure.axes for line in lines(axes)]
    assert shown
    assert {line.get_marker() for line in shown} == {"o"}


# Queries over time


def test_queries_have_a_column_for_each_kind_of_class():
    figure = of(queries, joined())
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["class: random", "class: grid", "class: treacherous", "", "", ""]
    coins = joined().sel(experiment="coins", over_seeds="mean")
    time = coins["time"][coins["theta_curve_of_experiment"].notnull()] + 1
    for axes, name in ((figure.axes[1], "theta"), (figure.axes[4], "queries")):
        curve, guide = lines(axes)
        assert_array_equal(curve.get_xdata(), time)
        expected = coins[f"{name}_curve_of_experiment"].dropna("time")
        assert_array_equal(curve.get_ydata(), expected)
        slope = np.diff(np.log(guide.get_ydata())) / np.diff(np.log(guide.get_xdata()))
        assert_allclose(slope, {"theta": -1 / 3, "queries": 2 / 3}[name])


def test_guides_are_drawn_for_grids_alone():
    figure = of(queries, atlas())
    assert [axes.get_title() for axes in figure.axes] == ["class: treacherous", ""]
    asking = [name for name in LEARNERS if f"traitors-{name}" in atlas()["experiment_of_run"]]
    assert all(len(lines(axes)) == len(asking) for axes in figure.axes)


def test_queries_have_the_colour_of_the_learner_where_there_is_one_alpha():
    of_learners = of(queries, atlas())
    entries = {
        text.get_text(): line.get_color()
        for text, line in zip(
            of_learners.legends[0].get_texts(), of_learners.legends[0].get_lines(), strict=True
        )
    }
    assert entries == {name: LEARNER_LOOKS[name] for name in entries}
    assert "conservative" in entries
    drawn_colours = {line.get_color() for line in lines(of_learners.axes[0])}
    assert drawn_colours == set(entries.values())
    assert "α = 0.01" in [text.get_text() for text in of(queries, joined()).legends[0].get_texts()]


def test_where_nobody_asks_there_are_no_axes():
    acts = run("acts", "random", learner="demonstrator")
    figure = of(queries, comparison([acts, run("all-alike", "traitors", alpha=1.0)]))
    assert not figure.axes
    assert [text.get_text() for text in figure.texts] == ["No learner asks."]


def test_a_row_without_values_is_not_drawn():
    numbers = queries.numbers(comparison([run("coins", "coins")]))
    name = "theta_curve_of_experiment"
    figure = drawn(queries.draw(numbers.assign({name: 0 * numbers[name]}), STYLE))
    (axes,) = figure.axes
    assert axes.get_ylabel() == "number of queries\nso far"
    assert axes.get_title() == "class: grid"


def test_the_demonstrator_asks_nothing():
    numbers = queries.numbers(joined())
    assert "demonstrator" not in numbers["learner_of_experiment"]
    assert not numbers["exact_of_experiment"].any()


# Bounds


def test_bounds_show_both_sides_of_each_law():
    numbers = bounds.numbers(joined())
    assert numbers["exact_of_run"].all()
    assert numbers["contains_demonstrator_of_run"].all()
    figure = drawn(bounds.draw(numbers, STYLE))
    (axes,) = figure.axes
    dots = lines(axes)
    row = list(numbers["law"].values).index("D5")
    left, right = (
        line for line in dots if line.get_ydata().size and round(line.get_ydata().mean()) == row
    )
    assert_array_equal(left.get_xdata(), numbers["left"].sel(law="D5"))
    assert_array_equal(right.get_xdata(), numbers["right"].sel(law="D5"))
    labels = [text.get_text() for text in axes.get_yticklabels()]
    for law, label in zip(numbers["law"].values, labels, strict=True):
        assert label.split()[-1] == law
        assert len(label.split()) > 2


def test_bounds_say_how_loose_they_are():
    numbers = bounds.numbers(joined())
    factor = numbers["looseness"].copy()
    factor.loc["D5"], factor.loc["D5'"], factor.loc["D9"] = 123.4, 34567.0, np.nan
    figure = drawn(bounds.draw(numbers.assign(looseness=factor), STYLE))
    said = [text.get_text() for text in figure.axes[0].texts]
    laws = list(numbers["law"].values)
    assert said[laws.index("D5")] == "×123"
    assert said[laws.index("D5'")] == r"×$3.5\cdot10^{4}$"
    assert said[laws.index("D9")] == "0 or less"


# Alpha and size


def test_alpha_shows_classes_with_three_of_them():
    figure = of(alpha, joined())
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title() for axes in figure.axes if axes.get_title()] == ["tiny", "random"]
    assert len(shown) == 4  # no class has harm
    found = joined()
    cubes = shown[1]
    values = found["experiment_of_run"].isin([f"random-{a}" for a in (0.1, 0.03, 0.01)])
    chosen = found.isel(run=values.values)
    dots = next(line for line in lines(cubes) if line.get_markersize() == 2.5)
    expected = chosen["cubes"].values
    assert set(dots.get_ydata()) >= set(expected)
    dashed = next(line for line in lines(cubes) if line.get_linestyle() == "--")
    assert_allclose(np.unique(dashed.get_ydata()), np.unique(chosen["cubes_bound"]))


def test_alpha_shows_harm_where_there_is_harm():
    found = comparison(
        [run(f"greed-{a}", "traitors", s, alpha=a) for a in (0.1, 0.03, 0.01) for s in (0, 1)]
    )
    figure = of(alpha, found)
    cubes, left_out, harm = figure.axes
    mean = found["harm_of_experiment"].sel(over_seeds="mean").sortby("alpha_of_experiment")
    assert any(np.array_equal(line.get_ydata(), mean) for line in lines(harm))
    promised = [line for line in lines(left_out) if line.get_color() == "#444444"]
    values = promised[0].get_ydata()
    bound = found["left_out_bound"].sortby("alpha_of_run").values
    assert_array_equal(np.isnan(values), bound >= 1)
    assert np.isnan(values).any()
    assert cubes.get_yscale() == "log"


def test_sizes_are_of_runs_that_differ_in_nothing_else():
    numbers = size.numbers(joined())
    assert set(numbers["policies_of_run"].values) == {4, 8, 16}
    assert set(numbers["alpha_of_run"].values) == {0.01}
    figure = drawn(size.draw(numbers, STYLE))
    for axes, name in zip(figure.axes, ("cubes", "queries", "left_out"), strict=True):
        of_runs, of_experiments, *_ = lines(axes)
        assert_array_equal(of_runs.get_ydata(), numbers[name])
        mean = numbers[f"{name}_of_experiment"].sel(over_seeds="mean")
        assert_array_equal(of_experiments.get_ydata(), mean.sortby("policies_of_experiment"))


def greed(*, steps=60, **fields):
    """Return runs on one class with three alphas."""
    return [
        run(f"greed-{each}-{steps}", "traitors", alpha=each, steps=steps, **fields)
        for each in (0.1, 0.03, 0.01)
    ]


def test_alpha_has_a_column_for_each_number_of_steps():
    figure = of(alpha, comparison([*greed(), *greed(steps=30)]))
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert titles == ["traitors\n60 steps", "traitors\n30 steps"]
    for axes in figure.axes[:2]:
        assert_array_equal(lines(axes)[1].get_xdata(), [0.01, 0.03, 0.1])


def test_alpha_does_not_join_runs_of_other_lengths():
    others = [
        run(f"other-{each}", "traitors", alpha=each, steps=steps)
        for each, steps in ((0.1, 60), (0.03, 50), (0.01, 40))
    ]
    assert not alpha.numbers(comparison(others)).sizes["run"]


@pytest.mark.parametrize("field", ["alpha", "steps", "states", "actions"])
def test_sizes_do_not_join_runs_that_differ_in_something_else(field):
    found = comparison([run(name, name) for name in ("small", "random", "large")])
    assert size.numbers(found).sizes["run"] == 3
    assert not size.numbers(described(found, field, [1, 2, 3])).sizes["run"]


def test_sizes_do_not_join_orders_of_ties():
    found = comparison([run(name, name) for name in ("small", "random", "large")])
    assert not size.numbers(described(found, "ties", ["first", "last", "last"])).sizes["run"]


RARITY = ("traitors", "never", "rarely")


@pytest.mark.parametrize(
    "field",
    [
        "alpha", "steps", "states", "actions", "policies", "copies", "betrayal",
        "betrayal_probability",
    ],
)  # fmt: skip
def test_rarity_does_not_join_runs_that_differ_in_something_else(field):
    found = comparison([run(name, name) for name in RARITY])
    assert rarity.numbers(found).sizes["run"] == 3
    assert not rarity.numbers(described(found, field, [1, 2, 3])).sizes["run"]


def test_rarity_has_a_panel_for_each_setting():
    found = comparison(
        [run(f"{name}-{ties}", name, ties=ties) for name in RARITY for ties in ("first", "last")]
    )
    figure = of(rarity, found)
    assert [axes.get_title() for axes in figure.axes] == [
        "60 steps\ndemonstrator first",
        "60 steps\ndemonstrator last",
    ]
    for axes in figure.axes:
        (measured,) = [line for line in lines(axes) if line.get_marker() == "o"]
        assert len(measured.get_xdata()) == 3


# Harm


def test_learners_stand_beside_the_demonstrator():
    numbers = learners.numbers(joined())
    assert set(numbers["class_of_run"].values) == {"traitors", "abyss"}
    figure = drawn(learners.draw(numbers, STYLE))
    left, right = figure.axes
    labels = [text.get_text() for text in left.get_yticklabels()]
    assert len(set(labels)) == len(labels) == 9  # six learners, one greedy, two on the abyss
    exact = [each for each in left.collections if tuple(each.get_color()[0][:3]) == (0, 0, 0)]
    ends = np.concatenate([[each[0, 0] for each in line.get_segments()] for line in exact])
    assert_allclose(np.sort(ends), np.sort(numbers["demonstrated_harm"]))
    dots = np.concatenate([line.get_xdata() for line in lines(left)])
    assert_array_equal(np.sort(dots), np.sort(numbers["harm"]))
    asked = np.concatenate([line.get_xdata() for line in lines(right)])
    assert_array_equal(np.sort(asked), np.sort(numbers["queries"]))


def test_labels_of_learners_say_what_differs():
    figure = of(learners, atlas())
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels == ["conservative", "mixture", "cloning"]


def test_a_class_with_one_learner_is_not_among_them():
    found = comparison(
        [
            run("one", "traitors"),
            run("mixture", "traitors", learner="mixture"),
            run("never", "never"),
        ]
    )
    assert set(learners.numbers(found)["class_of_run"].values) == {"traitors"}


def test_rarity_shows_bounds_of_runs_that_promise_something():
    numbers = rarity.numbers(joined())
    assert (numbers["left_out_bound"] < 1).all()
    assert set(numbers["experiment_of_run"].values) == {"traitors-conservative", "never", "rarely"}
    figure = drawn(rarity.draw(numbers, STYLE))
    (axes,) = figure.axes
    assert axes.get_title() == "60 steps"
    by_marker = {line.get_marker(): line for line in lines(axes)}
    for marker, name in (("^", "d8"), ("v", "d8a"), ("s", "d10")):
        line = by_marker[marker]
        assert_array_equal(line.get_xdata(), numbers["demonstrated_harm"])
        assert_array_equal(line.get_ydata(), numbers[f"harm_bound_{name}"])
    assert_array_equal(by_marker["o"].get_ydata(), numbers["harm_kept"])


def test_hazard_shows_each_learner_and_the_exact_curve():
    numbers = hazard.numbers(joined())
    assert numbers["hazard_of_experiment"].all()
    figure = drawn(hazard.draw(numbers, STYLE))
    curves = {line.get_color(): line for line in lines(figure.axes[0])}
    for learner in ("conservative", "mixture"):
        one = numbers.sel(experiment=f"abyss-{learner}", over_seeds="mean")
        line = curves[LEARNER_LOOKS[learner]]
        assert_array_equal(line.get_ydata(), one["harm_curve_of_experiment"])
    exact = one["demonstrated_curve_of_experiment"]
    assert_array_equal(curves["black"].get_ydata(), exact)
    assert legend(figure) == ["conservative", "mixture", "demonstrator alone (exact)"]


FOUR = [(threshold, contains) for threshold in (0.1, 0.01) for contains in (True, False)]


def four(class_name):
    """Return conservative runs that differ in two fields."""
    return [
        run(f"four-{each}-{contains}", class_name, alpha=each, contains_demonstrator=contains)
        for each, contains in FOUR
    ]


SAID = [
    "conservative, α = 0.1, with d",
    "conservative, α = 0.1, without d",
    "conservative, α = 0.01, with d",
    "conservative, α = 0.01, without d",
]


def test_lines_of_the_hazard_can_be_told_apart():
    figure = of(hazard, comparison(four("abyss")))
    assert legend(figure) == [*SAID, "demonstrator alone (exact)"]
    (axes,) = figure.axes
    shown = {line.get_color() for line in lines(axes)} - {"black"}
    assert len(shown) == 4
    assert shown == {line.get_color() for line in figure.legends[0].get_lines()} - {"black"}


def test_classes_with_a_hazard_have_panels_of_their_own():
    found = comparison([run("one", "abyss"), run("two", "abyss", learner="mixture")])
    figure = of(hazard, described(found, "class", ["abyss", "chasm"]))
    assert [axes.get_title() for axes in figure.axes] == ["abyss", "chasm"]
    assert legend(figure) == ["conservative", "mixture", "demonstrator alone (exact)"]
    for axes, learner in zip(figure.axes, ("conservative", "mixture"), strict=True):
        assert {line.get_color() for line in lines(axes)} == {"black", LEARNER_LOOKS[learner]}


def test_rows_of_learners_can_be_told_apart():
    mixture = [run("mixture", "traitors", learner="mixture")]
    labels = of(learners, comparison([*four("traitors"), *mixture])).axes[0].get_yticklabels()
    said = [text.get_text() for text in labels]
    assert sorted(said) == sorted([*SAID, "mixture, α = 0.01, with d"])


def test_experiments_that_fields_do_not_tell_apart_have_their_names():
    found = comparison(
        [
            run("short", "traitors", learner="cloning", demonstrations=5),
            run("long", "traitors", learner="cloning", demonstrations=20),
            run("other", "traitors"),
        ]
    )
    labels = [text.get_text() for text in of(learners, found).axes[0].get_yticklabels()]
    assert labels == ["conservative", "cloning (short)", "cloning (long)"]


# Distance


def changed(numbers, **values):
    """Return the numbers of the figure `distance`, with some of them changed."""
    return numbers.assign({name: ("run", value) for name, value in values.items()})


def marks(figure, which):
    """Return the marks of a figure of the distance by what they show: x, y and shape of each."""
    return [
        (x, y, line.get_marker())
        for line in lines(figure.axes[0])
        if line.get_label().endswith(f", {which}")
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]


def ticks(axis):
    return dict(
        zip([t.get_text() for t in axis.get_ticklabels()], axis.get_ticklocs(), strict=True)
    )


def test_distance_is_what_is_promised_and_what_comes_after():
    found, numbers = joined(), distance.numbers(joined())
    exact = found["exact_of_run"].values
    for name, of_exact, of_simulated in (
        ("kept", "kept_distance", "kept_divergence"),
        ("whole", "distance", "divergence"),
    ):
        assert_array_equal(numbers[name][exact], found[of_exact][exact])
        assert_array_equal(numbers[name][~exact], found[of_simulated][~exact])


def test_the_promise_is_kept():
    found, numbers = joined(), distance.numbers(joined())
    conservative = (found["learner_of_run"] == "conservative").values
    known = conservative & found["contains_demonstrator_of_run"].values
    assert known.sum() > 50
    assert (numbers["kept"] <= numbers["queries"] + 1e-12)[known].all()
    cloning = (found["learner_of_run"] == "cloning").values
    assert (numbers["kept"] > numbers["queries"])[cloning].all()


def test_each_run_has_two_marks_of_its_learner():
    numbers = distance.numbers(atlas())
    figure = drawn(distance.draw(numbers, STYLE))
    shape = [MARKS[name] for name in numbers["learner_of_run"].values]
    for name in ("kept", "whole"):
        expected = zip(numbers["queries"].values, numbers[name].values, shape, strict=True)
        assert set(marks(figure, name)) == set(expected)
    joining = [each for lines in figure.axes[0].collections for each in lines.get_paths()]
    ends = {tuple(path.vertices.ravel()) for path in joining if len(path.vertices) == 2}
    asked, low, high = (numbers[name].values for name in ("queries", "kept", "whole"))
    assert ends == set(zip(asked, low, asked, high, strict=True))


def test_filled_marks_are_those_of_the_promise():
    figure = of(distance, atlas())
    for line in lines(figure.axes[0]):
        if line.get_label().endswith(", kept"):
            assert line.get_markerfacecolor() == line.get_color()
        elif line.get_label().endswith(", whole"):
            assert line.get_markerfacecolor() == "none"


def test_the_line_is_one_nat_a_query():
    axes = of(distance, joined()).axes[0]
    (line,) = [line for line in lines(axes) if line.get_linestyle() == "-"]
    assert_array_equal(line.get_xdata(), line.get_ydata())
    for low, high in (axes.get_xlim(), axes.get_ylim()):
        assert line.get_xdata()[0] <= low < high <= line.get_xdata()[1]


def test_runs_without_queries_or_at_no_distance_are_at_the_edge():
    numbers = changed(
        distance.numbers(atlas()),
        queries=[0.0, 3.0, 5.0, 7.0],
        kept=[0.0, 1.0, 1e-9, 2.0],
        whole=[1.0, 1.0, 1.0, 2.0],
    )
    figure = drawn(distance.draw(numbers, STYLE))
    across, up = (ticks(axis) for axis in (figure.axes[0].xaxis, figure.axes[0].yaxis))
    assert across["0"] < 3
    assert up["≤ 0"] < 1
    assert {(x, y) for x, y, _ in marks(figure, "kept")} == {
        (across["0"], up["≤ 0"]), (3, 1), (5, up["≤ 0"]), (7, 2)
    }  # fmt: skip
    assert MARKS["conservative"] in {mark for *_, mark in marks(figure, "kept")}
    assert "∞" not in up


def test_a_negative_distance_points_downwards():
    numbers = changed(distance.numbers(atlas()), kept=[-0.1, 1, 1, 1])
    figure = drawn(distance.draw(numbers, STYLE))
    edge = ticks(figure.axes[0].yaxis)["≤ 0"]
    assert (float(numbers["queries"][0]), edge, "v") in marks(figure, "kept")
    assert "negative distance" in legend(figure)
    assert "negative distance" not in legend(of(distance, atlas()))


def test_an_infinite_distance_is_at_the_upper_edge():
    numbers = distance.numbers(atlas())
    values = numbers["whole"].values.copy()
    values[2] = np.inf
    figure = drawn(distance.draw(changed(numbers, whole=values), STYLE))
    edge = ticks(figure.axes[0].yaxis)["∞"]
    assert values[np.isfinite(values)].max() < edge
    at_edge = [mark for _, y, mark in marks(figure, "whole") if y == edge]
    assert at_edge == [MARKS["mixture"]]


def test_without_the_demonstrator_there_is_only_the_open_mark():
    found = comparison([run("without", "tiny", alpha=0.05, contains_demonstrator=False)])
    figure = of(distance, found)
    assert np.isnan([y for _, y, _ in marks(figure, "kept")]).all()
    assert [y for _, y, _ in marks(figure, "whole")] == found["distance"].values.tolist()


def test_axes_without_a_number_have_no_ticks_of_numbers():
    figure = of(distance, comparison([run("acts", "random", learner="demonstrator")]))
    assert set(ticks(figure.axes[0].xaxis)) == {"0"}
    assert set(ticks(figure.axes[0].yaxis)) == {"≤ 0"}


def test_a_number_between_powers_of_ten_has_a_tick():
    numbers = changed(distance.numbers(atlas()), queries=[3.0] * 4, kept=[2.5] * 4, whole=[3.0] * 4)
    figure = drawn(distance.draw(numbers, STYLE))
    assert ticks(figure.axes[0].xaxis) == {"3": 3.0}
    assert ticks(figure.axes[0].yaxis) == {"2.5": 2.5, "3": 3.0}


def test_an_axis_with_one_power_of_ten_has_more_ticks():
    queries = [2.3, 10.9, 11.0, 50.0]
    figure = drawn(distance.draw(changed(distance.numbers(atlas()), queries=queries), STYLE))
    assert list(ticks(figure.axes[0].xaxis)) == ["2", "5", "10", "20", "50"]


# One run, and claims


def test_history_shows_the_first_one():
    simulation = run("one", "traitors").results["results"]
    figure = drawn(history.draw(history.numbers(simulation), STYLE, "one, seed 0"))
    for axes, name in zip(figure.axes, ("theta", "truth", "top_size"), strict=True):
        (line,) = lines(axes)
        assert_array_equal(line.get_ydata(), simulation[f"shown_{name}"])
        low, high = axes.get_ylim()
        assert low <= line.get_ydata().min() <= line.get_ydata().max() <= high


@pytest.mark.parametrize("log_steps", [True, False])
def test_the_axis_of_a_history_is_logarithmic_where_it_is_asked_for(log_steps):
    style = STYLE.model_copy(update={"log_steps": log_steps})
    simulation = run("one", "traitors").results["results"]
    figure = drawn(history.draw(history.numbers(simulation), style, "one, seed 0"))
    assert {axes.get_xscale() for axes in figure.axes} == {"log" if log_steps else "linear"}


def test_a_history_of_one_step_is_a_mark():
    simulation = run("one", "random", steps=1).results["results"]
    figure = drawn(history.draw(history.numbers(simulation), STYLE, "one, seed 0"))
    assert [line.get_marker() for axes in figure.axes for line in lines(axes)] == ["o"] * 3


def test_a_history_without_the_demonstrator_does_not_show_its_weight():
    simulation = run("without", "traitors", contains_demonstrator=False).results["results"]
    figure = drawn(history.draw(history.numbers(simulation), STYLE, "without, seed 0"))
    assert [axes.get_ylabel() for axes in figure.axes] == [
        "query\nprobability", "plausible\npolicies"
    ]  # fmt: skip


def test_every_claim_is_written_with_its_verdict():
    judged = judge(CLAIMS, joined(), study="imitation")
    figure = drawn(claims.draw(claims.numbers(judged), STYLE))
    said = [text.get_text() for text in figure.axes[0].texts]
    for claim in CLAIMS:
        assert claim.title in said
    verdicts = list(judged["verdict"].values)
    assert [text for text in said if text in set(verdicts)] == verdicts
