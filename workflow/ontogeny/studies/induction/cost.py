"""What the jobs of this study cost, from the sizes of corpora and networks. No job imports this.

Symbols: ``N`` sequences; ``T`` context length; ``B`` sequences of a minibatch; ``L`` layers; ``H``
heads; ``P`` parameters; ``K`` checkpoints.
"""

from collections.abc import Callable
from typing import Any

from ontogeny.costs import COMPRESSED, JOINED, STATE, Cost, checkpoints, transformer_pass
from ontogeny.studies.induction.config import Experiment, Markov, Phrases, Text

__all__ = ["COSTS", "corpus", "evaluation", "parameters", "training", "weights"]

Corpus = Phrases | Markov | Text

_WHILE_TRAINING = 64
"""Sequences on which a network is tried at each checkpoint of its training."""


def corpus(of: Corpus) -> Cost:
    """Return the cost of a corpus: of its sequences, and of the text that tokens are learnt from.

    A byte pair takes a pass over what is left of the text for each token beyond the 256 bytes.
    """
    numbers = of.sequences * of.length
    merges = of.vocabulary - 256 if isinstance(of, Text) else 0
    return Cost(starts=1, calls=20_000 + 40 * numbers**0.5 + 5_000 * merges, stored=2 * numbers)


def training(experiment: Experiment, of: Corpus) -> Cost:
    """Return the cost of training a network to its last step.

    An update takes three forward passes over ``B T`` tokens (once forward, twice backward), fresh
    sequences, and the optimiser's 10 numbers for each parameter; a checkpoint a pass over 64
    sequences, and its parameters are stored.
    """
    size, schedule = parameters(experiment, of), experiment.schedule
    precision = 2 if experiment.optimiser.precision == "float64" else 1
    drawn = Cost(numbers=10 * size, calls=150 + 3 * of.length)
    update = _pass(experiment, of, experiment.optimiser.batch) * (3 * precision) + drawn
    stored = Cost(stored=4 * precision * COMPRESSED * size)
    kept = _pass(experiment, of, min(_WHILE_TRAINING, of.sequences)) * precision + stored
    begun = Cost(
        torch_starts=1,
        stored=20_000 + 11 * schedule.steps + STATE * precision * size,
        at_most=schedule.early_stop is not None,
    )
    return begun + update * schedule.steps + kept * checkpoints(schedule)


def weights(experiment: Experiment, of: Corpus) -> Cost:
    """Return the cost of networks trained elsewhere: the checkpoints of a training, no updates."""
    stored = Cost(stored=4 * COMPRESSED * parameters(experiment, of))
    each = _pass(experiment, of, min(_WHILE_TRAINING, of.sequences)) + stored
    return Cost(torch_starts=1, stored=20_000) + each * _followed(experiment)


def _followed(experiment: Experiment) -> int:
    """Return how many checkpoints the runs of an experiment have."""
    if experiment.weights is None:
        return checkpoints(experiment.schedule)
    return len(experiment.checkpoints_of(experiment.seeds[0]))


def evaluation(experiment: Experiment, of: Corpus) -> Cost:
    """Return the cost of all measures along the checkpoints.

    At each of them: a pass over the ``N`` sequences, and for either way to remove each of the
    ``L H`` heads a pass from its layer on, a third of one on average; probes and weights take as
    many calls as heads and compositions have measures.
    """
    network = experiment.network
    heads = network.layers * network.heads
    each = _pass(experiment, of, of.sequences) * (2 + 0.6 * heads) + Cost(
        calls=4_000 + 300 * heads, stored=6_000 + 8 * heads * of.sequences + 8 * of.length
    )
    return Cost(torch_starts=1, stored=30_000) + each * _followed(experiment)


def analysis(experiment: Experiment, of: Corpus) -> Cost:
    """Return the cost of the analysis of the final checkpoint.

    Heads are removed one by one, two at a time, and in the paths between them.
    """
    network = experiment.network
    heads = network.layers * network.heads
    each = _pass(experiment, of, of.sequences) * (6 + 2 * heads + 3 * heads**0.5)
    return Cost(torch_starts=1, calls=50_000, stored=200_000) + each


def parameters(experiment: Experiment, of: Corpus) -> int:
    """Return how many parameters a network has, as `ontogeny.networks.decoder` shapes them."""
    network, d, V = experiment.network, experiment.network.d_model, _vocabulary(of)
    mlp = d + 2 * d * network.d_mlp + network.d_mlp + d if network.d_mlp else 0
    smeared = network.heads if network.smeared_keys else 0
    return 2 * V * d + d + network.layers * (d + 4 * d**2 + mlp + smeared)


def _pass(experiment: Experiment, of: Corpus, sequences: int) -> Cost:
    network = experiment.network
    return transformer_pass(
        sequences * of.length,
        of.length,
        layers=network.layers,
        width=network.d_model,
        heads=network.heads,
        neurons=network.d_mlp,
        outputs=_vocabulary(of),
    )


def _vocabulary(of: Corpus) -> int:
    return of.states + 1 if isinstance(of, Markov) else of.vocabulary


def _of_run(cost: Callable[[Experiment, Corpus], Cost]) -> Callable[[Any, Any], Cost]:
    def of_job(plan: Any, wildcards: Any) -> Cost:
        experiment = plan.experiment(wildcards)
        return cost(experiment, plan.section.corpora[experiment.corpus])

    return of_job


COSTS: dict[str, Callable[[Any, Any], Cost]] = {
    "induction_corpus": lambda plan, wildcards: corpus(plan.stored_corpora.section(wildcards)),
    "induction_train": _of_run(training),
    "induction_read_weights": _of_run(weights),
    "induction_evaluation": _of_run(evaluation),
    "induction_analysis": _of_run(analysis),
    "induction_comparison": lambda plan, wildcards: JOINED + Cost(calls=50_000) * len(plan.runs()),
}
"""By rule."""
