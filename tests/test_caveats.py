"""Where measures mean nothing, in sentences beside results and below figures."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.caveats import few_seeds, key_caveats, phase_caveats, warned, with_warnings
from ontogeny.figures import drawn, load, warnings_of
from ontogeny.groups import group
from ontogeny.plotting import figure, write_below
from ontogeny.representations import irreps, real_irreps
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.caveats import (
    addition_caveats,
    few_test_pairs,
    irreps_caveats,
)
from ontogeny.studies.composition.irreps.analysis import (
    Layers,
    group_means,
    logit_similarity_on_test_pairs,
)
from ontogeny.studies.composition.irreps.datasets import frame_of
from ontogeny.studies.induction.caveats import analysis_caveats, sequence_caveats

NAMES = {"boundary": ["memorisation", "circuit formation", "cleanup"]}


@pytest.mark.parametrize(
    ("key", "begins"),
    [
        ([False, False, False], ["No irrep is key"]),
        ([True, True, True], ["All 3 irreps are key"]),
        ([True, False, True], []),
        ([True], []),
    ],
)
def test_none_or_all_are_key(key, begins):
    said = key_caveats(xr.DataArray(key), "irrep", "irreps")
    assert len(said) == len(begins)
    assert all(line.startswith(begin) for line, begin in zip(said, begins, strict=True))


@pytest.mark.parametrize(
    ("ends", "phase"),
    [
        ([1.0, 2.0, 3.0], None),
        ([1.0, 2.0, np.nan], "cleanup"),
        ([np.nan, 2.0, np.nan], "cleanup"),
        ([1.0, np.nan, np.nan], "circuit formation"),
        ([np.nan, np.nan, np.nan], "memorisation"),
        ([np.nan, 2.0, 3.0], None),
    ],
)
def test_the_phase_that_has_not_ended_is_that_of_the_last_step(ends, phase):
    said = phase_caveats(xr.DataArray(ends, NAMES, "boundary"))
    assert said == ([f"The phase of {phase} does not end within the run."] if phase else [])


@pytest.mark.parametrize(
    ("names", "warns"), [(["a", "b"], True), (["a", "a", "b"], True), (["a"] * 3, False), ([], 0)]
)
def test_few_seeds(names, warns):
    comparison = xr.Dataset({"experiment_of_run": ("run", np.array(names, dtype=np.str_))})
    assert bool(few_seeds(comparison)) == bool(warns)


def result(dimension, key, accuracy):
    """A result of the final checkpoint."""
    name = {"irrep": "key", "frequency": "key_frequency"}[dimension]
    return xr.Dataset(
        {name: (dimension, key), "accuracy": ("split", [1.0, accuracy])},
        {"split": ["train", "test"]},
    )


def test_networks_that_have_not_generalised():
    (said,) = irreps_caveats(result("irrep", [False, True, False], 0.43))
    assert said == "The network has not generalised: its test accuracy is 0.43 in the end."
    assert irreps_caveats(result("irrep", [False, True, False], 0.99)) == []
    assert addition_caveats(result("frequency", [True, False], 1.0)) == []
    without_split = result("irrep", [False, True, False], 0.43).isel(split=[0])
    assert irreps_caveats(without_split) == []


def test_the_trivial_irrep_is_not_one_of_all():
    (said,) = irreps_caveats(result("irrep", [False, True, True], 1.0))
    assert said.startswith("All 2 irreps are key")


def test_few_different_sequences():
    tokens = np.arange(64)[:, None] % 8 + np.zeros((1, 5), dtype=np.int64)
    (said,) = sequence_caveats(xr.Dataset({"tokens": (("sequence", "place"), tokens)}))
    assert said.startswith("Only 8 of 64 sequences")
    different = np.arange(320).reshape(64, 5)
    assert sequence_caveats(xr.Dataset({"tokens": (("sequence", "place"), different)})) == []


@pytest.mark.parametrize(
    ("end", "words"), [(np.nan, "Without a phase change"), (50.0, "does not end"), (40.0, None)]
)
def test_the_window_of_a_phase_change(end, words):
    said = analysis_caveats(xr.Dataset({"window_end": end}, {"step": [0, 40, 50]}))
    assert words in said[0] if words else said == []


def test_sentences_are_an_attribute_of_the_result():
    @warned(lambda found: ["One.", "Two."] if "x" in found else [])
    def stage(name):
        return with_warnings(xr.Dataset({name: 1.0}), ["One."])

    assert stage("x").attrs["warnings"] == "One.\nTwo."
    assert stage("y").attrs["warnings"] == "One."
    assert "warnings" not in with_warnings(xr.Dataset(), []).attrs


def test_a_figure_repeats_the_warnings_of_the_results_that_it_shows(monkeypatch):
    module = load("ontogeny.studies.imitation.figures.run.history")
    shown = xr.Dataset(attrs={"warnings": "One.\nTwo."})
    given = {"simulation": [shown, xr.Dataset(attrs={"warnings": "Two.\nThree."})]}
    given["history"] = xr.Dataset(attrs={"warnings": "Not shown."})
    assert warnings_of(module, given) == ["One.", "Two.", "Three."]

    def draw(numbers):
        made = figure(width=4.0, height=2.0)
        made.subplots()
        return made

    monkeypatch.setattr(module, "numbers", lambda simulation: xr.Dataset({"a": 1}))
    monkeypatch.setattr(module, "draw", draw)
    numbers, made = drawn(module, given)
    assert numbers.attrs["warnings"] == "One.\nTwo.\nThree."
    assert made.texts[-1].get_text() == "One. Two. Three."
    _, without = drawn(module, {"simulation": xr.Dataset()})
    assert not without.texts


def test_below_a_figure_of_words_alone_sentences_are_written_too():
    made = figure(width=4.0, height=2.0)
    made.suptitle("nothing to see")
    write_below(made, ["A sentence."])
    assert made.texts[-1].get_text() == "A sentence."


def test_what_is_written_below_moves_nothing():
    made = figure(width=4.0, height=2.0)
    axes = made.subplots()
    made.suptitle("title")
    axes.plot([0, 1], label="line")
    made.legend(loc="outside lower center")
    write_below(made, ["A sentence."] * 20)
    width, height = made.get_size_inches()
    assert width == 4
    assert height > 2.3
    place = axes.get_position()
    text = made.texts[-1].get_window_extent(made.canvas.get_renderer())
    legend = made.legends[0].get_window_extent(made.canvas.get_renderer())
    labels = axes.get_tightbbox(made.canvas.get_renderer())
    assert text.y1 <= legend.y0
    assert legend.y1 <= labels.y0
    assert text.x1 <= made.bbox.x1
    assert place.height * height < 2


def test_cleanup_is_not_missed_where_the_weights_are_not_known():
    ends = xr.DataArray([1.0, 2.0, np.nan], NAMES, "boundary")
    along = xr.Dataset(
        {
            "phase_boundary": ends,
            "key": ("irrep", [False, True, False]),
            "accuracy": (("step", "split"), [[0.0, 0.0], [1.0, 1.0]]),
        },
        {"step": [0, 1], "split": ["train", "test"]},
    )
    assert irreps_caveats(along) == []
    weighed = along.assign(squared_weights=("step", [1.0, 1.0]))
    assert irreps_caveats(weighed) == ["The phase of cleanup does not end within the run."]


@pytest.mark.parametrize("pairs", [30, 600])
def test_similarities_of_random_logits_have_the_deviation_that_few_pairs_are_judged_by(pairs):
    found = group("S4")
    frame = frame_of(table_dataset(found), irreps_dataset(found, irreps(found), real_irreps(found)))
    rng = np.random.default_rng(0)
    train = np.ones(24 * 24, dtype=bool)
    train[rng.permutation(24 * 24)[: min(pairs, 570)]] = False
    train = train.reshape(24, 24)
    similar = []
    for _ in range(150):
        layers = Layers(np.arange(24), None, rng.normal(size=(24, 24, 24)))
        means = group_means(lambda layers=layers: iter([layers]), frame, train=train)
        similar.append(logit_similarity_on_test_pairs(means, frame)[1:])
    expected = 1 / np.sqrt((~train).sum() * 23)
    assert np.std(similar) == pytest.approx(expected, rel=0.1)


def test_few_test_pairs_can_look_like_an_irrep_by_chance():
    """Of random logits the similarity has the standard deviation 1 / sqrt(T (n - 1))."""
    few, many = np.ones((2, 60, 60), dtype=bool)
    few[0, :50], many[:30] = False, False
    assert few_test_pairs(few, 60) == [
        "On 50 test pairs chance alone can bring a logit similarity to 0.05: steps at which irreps "
        "are learned say little."
    ]
    assert few_test_pairs(many, 60) == few_test_pairs(None, 60) == []
