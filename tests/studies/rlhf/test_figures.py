"""Figures of rlhf: they can be drawn of much and of little, and show what they say."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

from ontogeny import storage
from ontogeny.claims import Claim, judge
from ontogeny.config import Style
from ontogeny.estimates import Estimate
from ontogeny.labels import text
from ontogeny.studies.rlhf.bases import base_models, base_swap, overfitted_models
from ontogeny.studies.rlhf.figures.run import distribution, policy
from ontogeny.studies.rlhf.figures.study import (
    calibration,
    claims,
    conflict,
    elo,
    online,
    outside,
    pairs,
    root,
    scaling,
    split,
    tax,
)
from ontogeny.studies.rlhf.panels import COLOURS, shown_runs, size_colour
from rlhf_comparison import (
    ROOT,
    STEPS,
    Policy,
    Preference,
    best_of,
    compared,
    detection,
    evaluation,
    real_pairs,
    seeds_of,
    swapped,
)

STYLE = Style(width=6.0, resolution=60)
POINTS = 400 / np.log(10)
"""Elo points of a nat."""
ALL = (root, split, elo, calibration, scaling, online, conflict, tax, outside, pairs)

AGAINST = Policy()
AGAINST_GOLD = Policy("against-gold", reward="gold", judge="first", train=(np.nan, np.nan))
EXACT = Policy("exact", kind="enumerated", world="exact")
EXACT_GOLD = replace(AGAINST_GOLD, experiment="exact-gold", kind="enumerated", world="exact")
LARGE = replace(AGAINST, experiment="large", policy="large", d_model=128, corpus_loss=(2.5, 2.7))
ONLINE = replace(
    AGAINST, experiment="online", reward="mixed", judge="first", gold=(1.3, 0.25), mixes_online=True
)
TWO = Policy("two", world="two", policy="two", prompts=2, reward="half", judge="")

GRID = [
    Preference(f"grid-{size}-{pairs}", seed, d_model=size, pairs=pairs)
    for size in (8, 16, 32)
    for pairs in (300, 1000, 3000, 10_000)
    for seed in range(3)
]
FIRST = Preference("first", tranches="base", pairs=600, epochs=20, error=(0.1, 0.03))
MIXED = replace(FIRST, preference="mixed", tranches="base + online", online=0.64, mixes_online=True)
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def of_two(size, share, weight=1.0, name=None):
    """Return a preference model of helpful and harmless comparisons."""
    return Preference(
        name or f"share-{size}-{share:g}-{weight:g}",
        world="two",
        policy="two",
        d_model=size,
        pairs=1000,
        last_share=share,
        of=("helpful", "harmless"),
        last_weight=weight,
        of_prompts=(0.75 - 0.4 * share + 0.001 * size, 0.35 + 0.4 * share + 0.01 * weight),
    )


CONFLICT = [
    model
    for size in (8, 64)
    for each in (
        *(of_two(size, share) for share in SHARES),
        *(of_two(size, 0.25, weight) for weight in (2.0, 3.0)),
    )
    for model in seeds_of(each, 2)
] + [of_two(64, 0.5, name="half")]


@cache
def everything():
    policies = [
        *swapped(AGAINST),
        *seeds_of(AGAINST_GOLD),
        *swapped(EXACT),
        *seeds_of(EXACT_GOLD),
        *swapped(LARGE, 2),
        *seeds_of(ONLINE),
        *seeds_of(TWO, 1),
    ]
    models = [*GRID, *seeds_of(FIRST), *seeds_of(MIXED), *CONFLICT]
    starts = [("start", seed) for seed in range(3)]
    return compared(
        policies,
        models,
        best={each: best_of() for each in starts},
        found={each: detection() for each in starts},
        pairs=calibrated_pairs(),
    )


@cache
def default():
    """Return the atlas that is drawn without further configuration: two runs of one seed."""
    model = Preference(kind="enumerated", world="exact", tranches="base", pairs=300)
    return compared([EXACT, EXACT_GOLD], [model, replace(model, preference="second")])


def calibrated_pairs():
    """Return models of real comparisons, with calibration."""
    expected = np.broadcast_to(np.linspace(0.5, 0.9, 4), (2, 2, 4))
    off = np.array([0.6, 1.0])[:, None]
    dims = ("tested_on", "scaling", "bin")
    return (
        real_pairs()
        .assign(bin_expected=(dims, expected), bin_accuracy=(dims, 0.5 + off * (expected - 0.5)))
        .assign_coords(scaling=text(("raw", "calibrated")), bin=np.arange(4))
    )


def of(module, results):
    figure = module.draw(module.numbers(results), STYLE)
    figure.canvas.draw()
    return figure


def titles(figure):
    return [axes.get_title().replace("\n", " ") for axes in figure.axes]


def legend(figure):
    return [each.get_text() for each in figure.legends[0].get_texts()]


def lines(axes, **look):
    """Return the points of the lines with a look."""
    return [
        line.get_xydata()
        for line in axes.get_lines()
        if all(getattr(line, f"get_{name}")() == value for name, value in look.items())
    ]


def line(axes, **look):
    (found,) = lines(axes, **look)
    return found


@pytest.mark.parametrize("module", ALL)
def test_it_can_be_drawn_of_everything(module):
    assert of(module, everything()).axes


@pytest.mark.parametrize("module", [each for each in ALL if each is not pairs])
def test_what_it_shows_has_meaning_and_unit(module):
    """Of real comparisons, tests of the stage say so: those here are made without."""
    for name, values in module.numbers(everything()).variables.items():
        assert {"long_name", "units"} <= set(values.attrs), name


@pytest.mark.parametrize("module", [root, split, elo, calibration])
def test_it_can_be_drawn_of_the_default_atlas(module):
    assert of(module, default()).axes


def test_of_the_default_atlas_four_figures_are_drawn():
    facts = {"policies", "judged", "preferences"}
    drawn = [each for each in (*ALL, claims) if facts.issuperset(each.NEEDS)]
    assert drawn == [root, split, elo, calibration]


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (split, "no policy is trained against a preference model"),
        (elo, "no policy is trained against a preference model"),
        (tax, "no policies in sequences differ in size alone"),
        (online, "no policies differ in the kind of comparisons alone"),
        (scaling, "no preference models differ in comparisons and size alone"),
        (calibration, "no preference model learned from one start policy alone"),
        (conflict, "no preference models of helpful or harmless comparisons"),
    ],
)
def test_it_says_why_nothing_is_shown(module, words):
    figure = of(module, compared([AGAINST_GOLD], [replace(FIRST, last_weight=2.0)]))
    assert [each.get_text() for each in figure.axes[0].texts] == [words]


@pytest.mark.parametrize("module", ALL)
def test_what_is_shown_can_be_stored(module, tmp_path):
    numbers = module.numbers(everything())
    storage.write(numbers, tmp_path / "numbers.nc")
    xr.testing.assert_equal(storage.read(tmp_path / "numbers.nc"), numbers)


def test_claims_on_all_kinds_of_worlds_are_one_table():
    made = [
        Claim(
            name,
            f"title of {name}",
            "",
            "",
            "",
            "above",
            0.5,
            3,
            lambda _: Estimate(1.0, 0.9, 1.1, 5),
        )
        for name in ("enumerated", "sequences", "pairs")
    ]
    judged = [judge([each], default(), study="rlhf") for each in made]
    figure = claims.draw(claims.numbers(judged), STYLE)
    assert {each.title for each in made} <= {each.get_text() for each in figure.axes[0].texts}


def test_gains_are_drawn_by_kind_of_world_and_of_reward():
    model, gold = "preference model of 600 comparisons", "the true score"
    assert titles(of(root, everything())) == [
        f"world of sequences: 6 policies trained against a {model}",
        f"world of sequences: 3 policies trained against {gold}",
        f"enumerated world: 6 policies trained against a {model}",
        f"enumerated world: 3 policies trained against {gold}",
    ]


@pytest.mark.parametrize("role", COLOURS)
def test_gains_lie_over_the_root_of_kl(role):
    axes = of(root, everything()).axes[0]
    found = line(axes, color=COLOURS[role], linewidth=1.8)
    assert_allclose(found, np.stack([ROOT, AGAINST.gain(role)], axis=1))


def test_of_policies_against_the_true_score_no_preference_model_is_trained_against():
    axes = of(root, compared(seeds_of(AGAINST_GOLD))).axes[0]
    assert line(axes, color=COLOURS["train"], linewidth=1.8).size == 0
    assert not [each for each in legend(axes.figure) if "trained against" in each]


def test_the_frontier_is_shown_where_all_policies_have_one():
    near, far = AGAINST, replace(AGAINST, seed=1, root=tuple(1.5 * ROOT))
    axes = of(root, compared([near, far])).axes[0]
    known = ROOT[(1.5 * ROOT) ** 2 <= 6]
    expected = np.stack([1.25 * known, 1.25 * AGAINST.frontier * known], axis=1)
    assert_allclose(line(axes, color=COLOURS["gold"], linestyle=":"), expected)


def test_the_best_of_n_lies_at_its_kl_and_at_the_logarithm_of_n():
    axes = of(root, everything()).axes[0]
    count = 2 ** np.arange(10)
    kl = np.log(count) - (count - 1) / count
    full = line(axes, marker="s", color=COLOURS["train"], markerfacecolor=COLOURS["train"])
    hollow = line(axes, marker="s", markerfacecolor="none")
    assert_allclose(full, np.stack([np.sqrt(kl)] * 2, axis=1))
    assert_allclose(hollow, np.stack([np.sqrt(np.log(count)), np.sqrt(kl)], axis=1))


def test_without_samples_to_choose_from_there_are_no_squares():
    figure = of(root, default())
    assert not lines(figure.axes[0], marker="s")
    assert not [each for each in legend(figure) if "best of n" in each]


@pytest.mark.parametrize(
    "unusual",
    [{"prompts": 2}, {"skew": "positive"}, {"conditions": "kl_penalty=1"}, {"mixes_online": True}],
)
def test_usual_runs_are_shown(unusual):
    many = seeds_of(replace(AGAINST, experiment="unusual", **unusual), 5)
    runs = shown_runs(compared([*many, *seeds_of(AGAINST, 2)]))
    assert runs["experiment_of_run"].values.tolist() == [AGAINST.experiment] * 2


def test_of_usual_settings_that_with_most_runs_is_shown():
    runs = shown_runs(compared([*seeds_of(LARGE, 3), *seeds_of(AGAINST, 2)]))
    assert set(runs["experiment_of_run"].values) == {LARGE.experiment}


def test_scores_of_a_seed_are_averaged_over_the_exchange_of_preference_models():
    first = [replace(AGAINST, seed=seed, test=(0.8 + seed, 0)) for seed in range(2)]
    exchanged = [
        replace(each, experiment="x", reward="second", judge="first", test=(0.2 + each.seed, 0))
        for each in first
    ]
    axes = of(split, compared([*first, *exchanged])).axes[0]
    found = line(axes, color=COLOURS["test"], linewidth=1.6)
    assert_allclose(found[:, 1], 1.0 * ROOT)
    bands = dict(zip(COLOURS, axes.collections, strict=True))
    ends = bands["test"].get_datalim(axes.transData)
    assert_allclose(ends.y1, 1.5 * ROOT[-1])


def test_peaks_of_policies_are_marked():
    axes = of(split, everything()).axes[0]
    gold = np.concatenate(lines(axes, marker="v", color=COLOURS["gold"]))
    best = AGAINST.gain("gold").argmax()
    assert_allclose(gold, [[best * 256, AGAINST.gain("gold")[best]]] * 6)
    assert not lines(axes, marker="v", color=COLOURS["train"])


def test_elo_is_that_of_the_three_ways():
    axes = of(elo, everything()).axes[0]
    ways = {"predicted": AGAINST.gain("train"), "chosen": 0.9 * AGAINST.gain("train")}
    ways["won"] = 0.5 * AGAINST.gain("gold")
    for way, gain in ways.items():
        (look,) = [look for name, (_, look) in elo._WAYS.items() if name == way]
        found = line(axes, color=look["color"], linewidth=1.4)
        assert_allclose(found[:, 1], POINTS * gain, atol=1e-9)


def test_an_elo_ends_where_a_policy_wins_every_pair():
    sure = replace(AGAINST, seed=1, train=(100.0, 0.0))
    axes = of(elo, compared([AGAINST, sure])).axes[0]
    chosen = line(axes, color=elo._WAYS["chosen"][1]["color"])
    known = np.isfinite(compared([sure])["elo"].sel(way="chosen").values[0]).sum()
    assert len(chosen) == known < len(ROOT)


def test_calibration_is_shown_from_the_fewest_comparisons_to_the_most():
    shown = calibration.numbers(everything())["setting"].values.tolist()
    assert [each.split(" comparisons of ")[0] for each in shown] == [
        "300",
        "600",
        "3,000",
        "10,000",
    ]


def test_calibration_is_of_the_models_that_claims_are_about():
    found = calibration.numbers(everything())
    shown = found["preference_model"].values.tolist()
    for chosen in (base_models, overfitted_models):
        assert set(chosen(everything())["label"]) <= set(shown)


def test_runs_that_are_shown_are_those_that_claims_are_about():
    alone = seeds_of(Policy("alone", reward="third", judge="fourth", reward_pairs=900), 5)
    comparison = compared([*alone, *swapped(AGAINST, 2)])
    shown = shown_runs(comparison, rewards=["model"])["run"].values.tolist()
    members = comparison["run_of_swap"].sel(swap=base_swap(comparison)).values
    assert (
        shown
        == comparison["run"].values[np.sort(members[(members >= 0).all(axis=1)].ravel())].tolist()
    )


def test_calibration_says_its_errors():
    axes = of(calibration, compared([], seeds_of(FIRST))).axes[0]
    assert axes.get_title() == (
        "600 comparisons of policy start, 20 epochs\nwidth 64, 2 layers\n"
        "ECE raw 0.1, calibrated 0.03, of a perfect model 0.0067"
    )
    expected = np.linspace(0.5, 0.9, 4)
    raw = line(axes, marker="o", color=calibration._COLOURS["raw"])
    assert_allclose(raw, np.stack([expected, expected - 0.1], axis=1))


def test_accuracy_has_a_line_for_each_size_and_for_each_number_of_comparisons():
    by_pairs, by_size = of(scaling, everything()).axes
    for axes, count in ((by_pairs, 3), (by_size, 4)):
        means = lines(axes, marker="None", linestyle="-")
        assert len(means) == count
    smallest = lines(by_pairs, color=size_colour(0, 3), marker="None")[0]
    models = [each for each in GRID if each.d_model == 8 and each.seed == 0]
    assert_allclose(smallest, [[each.pairs, each.on_probes] for each in models])


def test_online_models_are_compared_on_each_kind_of_comparisons():
    accuracy, course = of(online, everything()).axes
    assert [label.get_text().split("\n")[0] for label in accuracy.get_xticklabels()] == [
        "start policy",
        "start policy",
        "trained",
    ]
    alone, mixed = (
        line(accuracy, marker="o", color=colour)[:, 1] for colour in online._COLOURS.values()
    )
    assert_allclose(alone, [FIRST.on_probes, FIRST.on_probes, FIRST.online])
    assert_allclose(mixed, [MIXED.on_probes, MIXED.on_probes, MIXED.online])
    gained = [
        line(course, color=colour, linewidth=1.6)[:, 1] for colour in online._COLOURS.values()
    ]
    assert_allclose(gained, [AGAINST.gain("gold"), ONLINE.gain("gold")])


def test_conflict_is_shown_by_share_and_by_weight():
    share, weight, refusals = of(conflict, everything()).axes
    large = size_colour(1, 2)
    for prompt, (_, mark) in conflict._PROMPTS.items():
        place = list(conflict._PROMPTS).index(prompt)
        by_share, by_weight = (line(axes, color=large, marker=mark) for axes in (share, weight))
        assert_allclose(by_share, [[each, of_two(64, each).of_prompts[place]] for each in SHARES])
        weights = (1.0, 2.0, 3.0)
        models = [of_two(64, 0.25, each) for each in weights]
        assert_allclose(by_weight[:, 0], weights)
        assert_allclose(by_weight[:, 1], [each.of_prompts[place] for each in models])
    both = line(weight, color=large, linestyle=":")
    assert_allclose(both[:, 1], [np.mean(each.of_prompts) for each in models])
    assert_allclose(line(refusals, linewidth=1.4)[-1], [ROOT[-1], 1.0])


def test_conflict_without_policies_has_no_refusals():
    assert len(of(conflict, compared([], CONFLICT)).axes) == 2


def test_models_that_learn_a_skill_are_no_part_of_the_conflict():
    skilled = replace(
        of_two(8, 0.5), preference="skilled", tranches="helpful + harmless + skill",
        of_prompts=(0.1, 0.1, 0.1),
    )  # fmt: skip
    found = conflict.numbers(compared([], [*CONFLICT, skilled]))
    assert float(found["accuracy_by_share"].min()) > 0.2


def test_the_tax_is_the_rise_of_the_loss_by_size():
    loss, gain = of(tax, everything()).axes
    small, large = (line(loss, color=size_colour(n, 2), linewidth=1.8)[:, 1] for n in range(2))
    assert_allclose([small[0], large[0]], 0)
    assert_allclose([small[-1], large[-1]], [0.1, 0.2])
    trained = line(gain, color=size_colour(0, 2), linewidth=1.8)
    assert_allclose(trained, np.stack([ROOT, AGAINST.gain("train")], axis=1))


def test_detection_is_shown_by_layer_and_by_examples():
    by_layer, by_examples = of(outside, everything()).axes
    relative = line(by_layer, color=outside._COLOURS["relative"], marker="None")
    assert_allclose(relative, [[0, 0.8], [1, 0.81], [2, 0.82]])
    first = line(by_examples, color=size_colour(0, 3), marker="None")
    assert_allclose(first, [[1, 0.5], [10, 0.7], [100, 0.9]])


def test_real_comparisons_have_a_row_for_each_model_and_kind():
    accuracy, judged = of(pairs, everything()).axes
    names = [label.get_text().replace("\n", " ") for label in accuracy.get_yticklabels()]
    assert names[1] == "harmless on judged"
    hollow = np.concatenate(lines(accuracy, marker="o", markerfacecolor="white"))
    assert_allclose(hollow, [[0.6, 0], [0.507, 1], [0.479, 2], [0.75, 3]])
    full = [each for each in lines(accuracy, marker="o") if each[0, 0] not in hollow[:, 0]]
    assert_allclose(np.concatenate(full)[:, 0], [0.61, 0.355, 0.426, 0.77])
    assert len(lines(judged, marker="o")) == 4


def test_a_policy_has_its_kl_its_entropy_and_its_scores():
    drawn = policy.draw(policy.numbers(evaluation(AGAINST), AGAINST.reward), STYLE, "a run")
    kl, entropy, scores = drawn.axes
    assert_allclose(line(kl)[:, 1], ROOT**2)
    assert_allclose(line(entropy)[[0, -1], 1], AGAINST.entropy)
    for role, colour in COLOURS.items():
        assert_allclose(line(scores, color=colour)[:, 1], AGAINST.gain(role), atol=1e-12)
    models = [f"score by preference model {name}" for name in ("first", "second")]
    assert legend(drawn) == ["true score", *models]
    assert drawn.get_suptitle() == "a run"


def test_a_preference_model_that_only_judges_has_the_colour_of_one():
    run = evaluation(AGAINST_GOLD)
    *_, scores = policy.draw(policy.numbers(run, "gold"), STYLE, "a run").axes
    assert_allclose(
        line(scores, color=COLOURS["test"])[:, 1], AGAINST_GOLD.gain("test"), atol=1e-12
    )


def test_the_distribution_weighs_sequences_by_their_probability():
    score = np.stack([np.linspace(-1, 1, 50), np.linspace(3, -3, 50)])
    weight = np.zeros((4, 50))
    weight[0], weight[3, 49] = 1 / 50, 1.0
    weight[1:3] = weight[0]
    found = evaluation(replace(EXACT, judge="")).assign(
        probability=(("shown", "sequence"), weight),
        sequence_score=(("judge", "sequence"), score),
        shown_step=("shown", 4 * np.array([0, 1, 2, len(STEPS) - 1])),
    ).assign_coords(shown=text(("start", "early", "peak", "end")))  # fmt: skip
    drawn = distribution.draw(distribution.numbers(found), STYLE, "a run")
    gold, trained = drawn.axes
    assert legend(drawn)[3] == f"end: KL {ROOT[-1] ** 2:.2g} nat"
    at_end = [axes.patches[3].get_xy() for axes in (gold, trained)]
    assert at_end[0][at_end[0][:, 1].argmax(), 0] > 0.9
    assert at_end[1][at_end[1][:, 1].argmax(), 0] < -2.8
