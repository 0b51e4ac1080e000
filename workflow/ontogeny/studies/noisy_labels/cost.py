"""What the jobs of this study cost, from the sizes of corpora and networks. No job imports this.

Symbols: ``B`` comments of a minibatch; ``L`` words of a comment; ``V`` words; ``F`` features;
``C`` channels; ``P`` parameters; ``K`` checkpoints.
"""

from pathlib import Path
from typing import Any, NamedTuple

from ontogeny.costs import COMPRESSED, JOINED, STATE, Cost
from ontogeny.studies.noisy_labels.config import (
    CLEAN_ALONE,
    Corpus,
    Generated,
    Network,
    NetworkRater,
    Optimiser,
    Rater,
)
from ontogeny.studies.noisy_labels.corpora.generated import LONGEST, ROWS
from ontogeny.studies.noisy_labels.files import paths_of

__all__ = ["COSTS", "corpus", "parameters", "rating", "sizes_of", "training"]

_COMMENT = 150
"""Bytes of a comment in a file, with what its row holds beside it, on average."""

_RATER_LOOKS = 8
_WINDOW = 3


class Sizes(NamedTuple):
    """Comments of each part, words, and words of the longest comment."""

    rater: int
    study: int
    development: int
    test: int
    words: int
    length: int


def sizes_of(of: Corpus) -> Sizes:
    """Return the sizes of a corpus; those of given files follow from their bytes, about."""
    if isinstance(of, Generated):
        return Sizes(of.rater, of.study, of.development, of.test, ROWS, LONGEST)
    comments = sum(Path(path).stat().st_size for path in paths_of(of)) // _COMMENT
    test = round(comments * of.test_share)
    rater = round((comments - test) * of.rater_share)
    development = round((comments - test - rater) * of.development_share)
    study = comments - test - rater - development
    return Sizes(rater, study, development, test, of.vocabulary, of.length)


def corpus(of: Corpus) -> Cost:
    """Return the cost of a corpus: of its comments, and of the vectors of its words.

    Vectors are the singular vectors of a matrix of ``V^2`` counts, by some 20 products with it.
    """
    sizes = sizes_of(of)
    comments = sum(sizes[:4])
    return Cost(
        starts=1,
        products=2 * 40 * sizes.words**2 * of.features,
        calls=5 * comments + 50_000,
        stored=2 * comments * sizes.length / 3 + 4 * sizes.words * of.features,
    )


def training(
    network: Network, optimiser: Optimiser, of: Corpus, *, comments: int, epochs: int, looks: int
) -> Cost:
    """Return the cost of training a network, with checkpoints at some looks in each epoch.

    An update multiplies the words that a minibatch has, at most ``B L`` and at most ``V``, with the
    weights of a window, forward once and backward twice; sums and maxima pass ``B L C`` numbers 40
    times, the optimiser 10 for each parameter. At a checkpoint, all development comments are read.
    """
    sizes, size = sizes_of(of), parameters(network, of)
    updates = epochs * -(-comments // optimiser.batch)
    at_once = min(optimiser.batch, comments)
    words = min(at_once * sizes.length // 2, sizes.words)
    forward = 2 * words * of.features * _WINDOW * network.channels
    update = Cost(
        products=3 * forward,
        numbers=40 * at_once * sizes.length * network.channels + 12 * size,
        calls=700,
    )
    tried = Cost(
        products=2 * sizes.words * of.features * _WINDOW * network.channels,
        numbers=20 * sizes.development * sizes.length * network.channels,
        calls=1_500,
        stored=4 * COMPRESSED * size,
    )
    kept = 1 + epochs * looks
    return (
        Cost(torch_starts=1, stored=25_000 + 11 * updates + STATE * size)
        + update * updates
        + tried * kept
    )


def rating(rater: Rater, of: Corpus) -> Cost:
    """Return the cost of labels: of a network that learns to its last epoch, or of votes.

    A network that has to reach an accuracy is stopped there, most often in its first two epochs.
    """
    sizes = sizes_of(of)
    labels = Cost(starts=1, stored=5 * sum(sizes[:4]))
    if not isinstance(rater, NetworkRater):
        return labels
    epochs = rater.epochs if rater.accuracy is None else min(2, rater.epochs)
    looks = 1 if rater.accuracy is None else _RATER_LOOKS
    learnt = training(
        rater.network, rater.optimiser, of, comments=sizes.rater, epochs=epochs, looks=looks
    )
    return Cost(**{**vars(learnt), "stored": labels.stored})


def parameters(network: Network, of: Corpus) -> int:
    """Return how many parameters a network has: vectors of words, convolution, hidden layer."""
    window = _WINDOW * of.features * network.channels + network.channels
    return sizes_of(of).words * of.features + window + (network.channels + 2) * network.hidden + 1


def _train(plan: Any, wildcards: Any) -> Cost:
    experiment = plan.experiment(wildcards)
    spec, of = experiment.training(0), _corpus_of(plan, experiment)
    study = sizes_of(of).study
    clean_alone = spec.tuned or spec.strategy in CLEAN_ALONE
    comments = round(spec.clean_share * study) if clean_alone else study
    found = training(
        spec.network,
        spec.optimiser,
        of,
        comments=max(1, comments),
        epochs=spec.epochs,
        looks=spec.looks,
    )
    return found


def _score(plan: Any, wildcards: Any) -> Cost:
    """Return the cost of scores: a forward pass over test comments, and as many probes."""
    experiment = plan.experiment(wildcards)
    sizes = sizes_of(_corpus_of(plan, experiment))
    numbers = 24 * sizes.test * sizes.length * experiment.network.channels
    return Cost(starts=1, numbers=numbers, stored=20_000 + 8 * sizes.test)


def _corpus_of(plan: Any, experiment: Any) -> Corpus:
    found: Corpus = plan.section.corpora[plan.section.raters[experiment.rater].corpus]
    return found


def _rate(plan: Any, wildcards: Any) -> Cost:
    rater = plan.stored_raters.section(wildcards)
    return rating(rater, plan.section.corpora[rater.corpus])


def _comparison(plan: Any, wildcards: Any) -> Cost:
    del wildcards
    return JOINED + Cost(calls=50_000, stored=10_000) * len(plan.runs())


COSTS = {
    "noisy_labels_generated_corpus": lambda plan, w: corpus(plan.stored_corpora.section(w)),
    "noisy_labels_corpus": lambda plan, w: corpus(plan.stored_corpora.section(w)),
    "noisy_labels_rate": _rate,
    "noisy_labels_vote": _rate,
    "noisy_labels_train": _train,
    "noisy_labels_tune": _train,
    "noisy_labels_score": _score,
    "noisy_labels_comparison": _comparison,
}
"""By rule."""
