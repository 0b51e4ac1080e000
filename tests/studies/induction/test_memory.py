"""The memory that jobs ask for grows as what they take does."""

import pytest
import torch

from ontogeny.studies.induction import memory
from ontogeny.studies.induction.config import Experiment, Markov, Phrases, Text
from ontogeny.studies.induction.runs import build

STEPS = {
    "train": memory.train_memory,
    "evaluate": memory.analysis_memory,
    "measures": memory.analysis_memory,
}


def experiment(**changes):
    return Experiment.model_validate({"corpus": "c", "seeds": [0]} | changes)


# Peak of a process on one thread, resident, [MB]; docs/cluster.md says how it was measured.
PYTHON = {"network": {"d_model": 128, "heads": 8}, "optimiser": {"batch": 16}}
TAKEN = [
    ("train", Phrases(), {}, 427),
    ("train", Phrases(length=1024), {}, 690),
    ("train", Phrases(length=4096), {}, 1124),
    ("train", Phrases(length=256, vocabulary=1024), PYTHON, 689),
    (
        "train",
        Phrases(length=1024, vocabulary=1024),
        {"network": {"d_model": 128, "heads": 8, "d_mlp": 512}},
        1730,
    ),
    ("evaluate", Phrases(), {}, 370),
    ("evaluate", Phrases(length=256, vocabulary=1024), PYTHON, 612),
    ("evaluate", Phrases(length=4096), {}, 1752),
    ("measures", Phrases(), {}, 586),
    ("measures", Phrases(length=1024), {}, 598),
    ("measures", Phrases(length=256, vocabulary=1024), PYTHON, 743),
    ("measures", Phrases(length=4096), {}, 1758),
]


@pytest.mark.parametrize(("step", "corpus", "changes", "peak"), TAKEN)
def test_more_is_asked_for_than_was_taken(step, corpus, changes, peak):
    asked = STEPS[step](experiment(**changes), corpus)
    assert 1.3 * peak < asked < 3.6 * peak


def test_passes_are_as_large_as_the_network_makes_them():
    settings = experiment(network={"layers": 3, "heads": 8}).network
    corpus = Phrases(length=4096, vocabulary=100)
    built = build(settings, 100)
    assert memory._numbers_of_pass(settings, corpus) == built.numbers_of_pass(4096)


def test_parameters_are_about_those_of_the_network():
    settings = experiment(network={"layers": 3, "d_mlp": 100, "smeared_keys": True}).network
    exact = sum(value.numel() for value in build(settings, 200).initial(torch.Generator()).values())
    assert memory._parameters(settings, 200) == pytest.approx(exact, rel=0.02)


@pytest.mark.parametrize("step", STEPS)
def test_twice_the_precision_and_longer_contexts_ask_for_more(step):
    asked = STEPS[step]
    plain = asked(experiment(), Markov(length=512))
    assert asked(experiment(optimiser={"precision": "float64"}), Markov(length=512)) > plain
    assert asked(experiment(), Markov(length=4096)) > 1.5 * plain
    assert asked(experiment(network={"layers": 4}), Markov(length=4096)) > asked(
        experiment(network={"layers": 1}), Markov(length=4096)
    )


def test_a_corpus_asks_for_its_sequences_and_its_text(tmp_path):
    text = tmp_path / "text"
    text.write_bytes(b"a" * 50_000_000)
    asked = memory.corpus_memory
    assert asked(Phrases()) == 800
    assert asked(Phrases(length=4096)) == 1000
    assert asked(Phrases(length=4096, sequences=2048)) == 2800
    assert asked(Text(files=[str(text)])) == asked(Text()) + 900
