import json

import numpy as np
import pytest
import xarray as xr

from ontogeny.config import canonical, specification
from ontogeny.studies.noisy_labels.config import Experiment
from ontogeny.studies.noisy_labels.corpora.comments import PARTS
from ontogeny.studies.noisy_labels.networks.labellers import PARAMETERS
from ontogeny.studies.noisy_labels.stages.score import scores

STEPS = (0, 4, 8)
WORDS, FEATURES, CHANNELS, HIDDEN = 6, 3, 4, 5


def corpus(*, probes=True):
    """Eight comments of up to five words, two in each part, and three probes."""
    rng = np.random.default_rng(0)
    tokens = rng.integers(1, WORDS, (8, 5)).astype(np.int32)
    for row, length in enumerate([5, 1, 2, 3, 4, 5, 1, 3]):
        tokens[row, length:] = 0
    found = xr.Dataset(
        {
            "tokens": (("comment", "place"), tokens),
            "part": ("comment", np.tile(np.arange(len(PARTS), dtype=np.int8), 2)),
        }
    )
    if probes:
        found["probe_tokens"] = (("probe", "place"), tokens[:3, ::-1].copy().clip(1))
    return found


def checkpoints(strategy, *, tuned=False, epochs=2):
    """Networks of one strategy at random, as if they were the checkpoints of a run."""
    rng = np.random.default_rng(1)
    inputs = CHANNELS + 2 * (strategy == "one-hot")
    heads = 1 + (strategy == "multi-head")
    shapes = {
        "W_E": (WORDS, FEATURES),
        "W_C": (3, FEATURES, CHANNELS),
        "b_C": (CHANNELS,),
        "W_in": (inputs, HIDDEN),
        "b_in": (HIDDEN,),
        "W_out": (HIDDEN, heads),
        "b_out": (heads,),
    }
    training = Experiment(
        rater="r",
        strategy=strategy,
        tuned=tuned,
        schedule={"epochs": epochs, "clean_epochs": epochs},
        tuning={"epochs": epochs},
        seeds=[0],
    ).training(0)
    return xr.Dataset(
        {
            name: (
                ("step", *PARAMETERS[name]),
                rng.standard_normal((len(STEPS), *shape)).astype(np.float32),
            )
            for name, shape in shapes.items()
        },
        {"step": list(STEPS)},
        {"spec": json.dumps({"training": canonical(specification(training))})},
    )


def history(*auc):
    values = np.array(auc)[:, None]
    return xr.Dataset(
        {"auc": (("step", "split"), values)}, {"step": list(STEPS), "split": ["development"]}
    )


def logit(network, words, *, one_hot):
    """Return the logit of one text, word by word and channel by channel."""
    words = [word for word in words if word]
    vector = network["W_E"].values
    inputs = []
    for channel in range(CHANNELS):
        windows = []
        for place in range(len(words)):
            total = 0.0
            for offset in (-1, 0, 1):
                if 0 <= place + offset < len(words):
                    weights = network["W_C"].values[offset + 1, :, channel]
                    total += float(vector[words[place + offset]] @ weights)
            windows.append(total)
        inputs.append(max(max(windows) + float(network["b_C"][channel]), 0))
    if one_hot:
        inputs += [1.0, 0.0]
    hidden = np.maximum(np.array(inputs) @ network["W_in"].values + network["b_in"].values, 0)
    return float(hidden @ network["W_out"].values[:, 0] + network["b_out"].values[0])


@pytest.mark.parametrize("strategy", ["clean", "multi-head", "one-hot", "naive"])
def test_scores_are_those_of_a_network_that_reads_word_by_word(strategy):
    of, run = corpus(), checkpoints(strategy)
    found = scores(of, run, history(0.6, 0.9, 0.7))
    assert found["comment"].values.tolist() == [2, 3, 6, 7]
    for place, step in enumerate(found["step"].values):
        network = run.sel(step=step)
        for name, texts in [
            ("score", of["tokens"].values[found["comment"].values]),
            ("probe_score", of["probe_tokens"].values),
        ]:
            expected = [logit(network, words, one_hot=strategy == "one-hot") for words in texts]
            np.testing.assert_allclose(found[name].values[place], expected, rtol=2e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("strategy", "tuned", "steps"),
    [("clean", False, [4]), ("naive", True, [4]), ("naive", False, [0, 4, 8])],
)
def test_only_a_naive_run_without_tuning_is_scored_at_every_checkpoint(strategy, tuned, steps):
    found = scores(corpus(), checkpoints(strategy, tuned=tuned), history(0.5, 0.9, 0.9))
    assert found["step"].values.tolist() == steps
    assert int(found["chosen"]) == 4


def test_the_first_checkpoint_is_chosen_when_it_is_the_best():
    assert int(scores(corpus(), checkpoints("clean"), history(0.9, 0.8, 0.9))["chosen"]) == 0


def test_only_a_checkpoint_at_the_end_of_an_epoch_is_chosen():
    run = checkpoints("naive", epochs=1)
    assert int(scores(corpus(), run, history(0.5, 0.9, 0.8))["chosen"]) == 8


def test_a_corpus_without_probes_has_no_scores_of_probes():
    found = scores(corpus(probes=False), checkpoints("clean"), history(0.5, 0.9, 0.9))
    assert "probe_score" not in found


def test_without_an_auc_no_checkpoint_is_chosen():
    with pytest.raises(ValueError, match="development has no toxic or no harmless comments"):
        scores(corpus(), checkpoints("clean"), history(np.nan, np.nan, np.nan))
