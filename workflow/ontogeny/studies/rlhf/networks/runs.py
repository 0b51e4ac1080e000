"""Training runs: start policies, preference models, and policies trained against a score."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
from jaxtyping import Int
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.config.training import Optimiser, Schedule
from ontogeny.networks import arrays
from ontogeny.networks.decoder import Parameters, Transformer
from ontogeny.networks.measures import next_token_measures
from ontogeny.networks.minibatches import EpochMinibatches
from ontogeny.networks.objective import minibatch_objective, next_token_objective
from ontogeny.studies.rlhf.config import PPO
from ontogeny.studies.rlhf.iterations import updates_of
from ontogeny.studies.rlhf.networks.ppo import Score, ppo_objective, token_log_probabilities
from ontogeny.studies.rlhf.networks.preferring import Pairs, judged, pair_loss
from ontogeny.training import (
    Evaluation,
    ParameterBuffer,
    Quantity,
    Record,
    State,
    checkpoint_steps,
    device_of,
    train,
)

__all__ = [
    "SHOWN_OF_POLICY",
    "SHOWN_OF_PREFERENCE",
    "SHOWN_OF_START",
    "Task",
    "train_policy",
    "train_preference",
    "train_start",
]

Observers = Sequence[Callable[[State], None]]

SHOWN_OF_START = {"held-out loss": Quantity("loss", (0,))}
"""What the progress of a start policy shows of its last evaluation."""

SHOWN_OF_PREFERENCE = {"test loss": Quantity("loss", (0,)), "accuracy": Quantity("accuracy", (0,))}
"""What the progress of a preference model shows of its last evaluation."""

SHOWN_OF_POLICY = {"score": Quantity("score", (0,)), "log-ratio": Quantity("log_ratio", (0,))}
"""What the progress of a policy shows of its last evaluation."""

_SAMPLES, _EVALUATION = 28, 29
"""Set responses of iterations and those of checkpoints apart from all else that a seed draws."""


def train_start(
    network: Transformer,
    corpus: NDArray[np.int16],
    held_out: NDArray[np.int16],
    *,
    optimiser: Optimiser,
    schedule: Schedule,
    batch: int,
    seed: int,
    state: State | None = None,
    observe: Observers = (),
) -> Record:
    """Train a start policy on the sequences of a world.

    Parameters
    ----------
    network : Transformer
        Without a value head.
    corpus, held_out : (N, T + 1) ndarray of int
        Prompts and tokens.
    optimiser : Optimiser
    schedule : Schedule
        In updates.
    batch, seed : int
    state, observe
        As for `ontogeny.training.train`.

    Returns
    -------
    Record
        Measures: ``loss`` [nat] and ``accuracy`` on `held_out`, each (1,).

    Raises
    ------
    ontogeny.config.ConfigurationError
        If a GPU is asked for and there is none.
    ontogeny.training.Divergence
        If the loss becomes infinite or is not a number.
    """
    examples = torch.from_numpy(corpus.astype(np.int64))
    return train(
        _buffer(network.initial(torch.Generator().manual_seed(seed)), optimiser),
        next_token_objective(network, EpochMinibatches(examples, batch, seed)),
        next_token_measures(network, held_out.astype(np.int64)),
        optimiser=optimiser,
        checkpoints=checkpoint_steps(schedule),
        embeddings={"W_E"},
        state=state,
        observe=observe,
    )


def train_preference(
    network: Transformer,
    pairs: Pairs,
    test: Pairs,
    *,
    optimiser: Optimiser,
    schedule: Schedule,
    batch: int,
    seed: int,
    state: State | None = None,
    observe: Observers = (),
) -> Record:
    """Fit a preference model to comparisons.

    Parameters
    ----------
    network : Transformer
        With one output, without causality.
    pairs, test : Pairs
        To learn from, and to be tested on at each checkpoint.
    optimiser, schedule, batch, seed, state, observe
        As for `train_start`.

    Returns
    -------
    Record
        Measures: ``loss`` [nat] and ``accuracy`` on `test`, each (1,).

    Raises
    ------
    ontogeny.config.ConfigurationError, ontogeny.training.Divergence
        As for `train_start`.
    """
    order = EpochMinibatches(torch.arange(len(pairs)), batch, seed)
    return train(
        _buffer(network.initial(torch.Generator().manual_seed(seed)), optimiser),
        minibatch_objective(partial(pair_loss, network), lambda update: pairs.part(order(update))),
        judged(network, test),
        optimiser=optimiser,
        checkpoints=checkpoint_steps(schedule),
        embeddings={"W_E"},
        state=state,
        observe=observe,
    )


class Task:
    """What a policy is trained against: a start policy, a score, and prompts.

    Parameters
    ----------
    start : tuple of Transformer and dict of str to Tensor
        The start policy.
    score : callable
        From sequences to their scores, on the device of the policy.
    prompts : (K,) ndarray of int
        The tokens of the prompts, which are drawn evenly.
    vocabulary, length : int
        V and T.
    """

    def __init__(
        self,
        start: tuple[Transformer, Parameters],
        score: Score,
        prompts: NDArray[np.int16],
        *,
        vocabulary: int,
        length: int,
    ) -> None:
        self.start = start
        self.score = score
        self.vocabulary = vocabulary
        self._prompts = prompts
        self._length = length

    def sample(
        self, parameters: Parameters, rng: np.random.Generator, number: int
    ) -> Int[Tensor, "B T1"]:
        """Return responses of a policy."""
        values = {name: value.detach().cpu().numpy() for name, value in parameters.items()}
        prompts = rng.choice(self._prompts, number)
        tokens, _ = arrays.sample(values, prompts, self._length, self.vocabulary, rng)
        return torch.from_numpy(tokens.astype(np.int64))


def train_policy(
    network: Transformer,
    initial: Parameters,
    task: Task,
    *,
    spec: PPO,
    kl_penalty: float,
    optimiser: Optimiser,
    checkpoints: tuple[int, ...],
    seed: int,
    state: State | None = None,
    observe: Observers = (),
) -> Record:
    """Train a policy against a score.

    Parameters
    ----------
    network : Transformer
        With a value head.
    initial : dict of str to Tensor
        The start policy with a value head.
    task : Task
    spec : PPO
    kl_penalty : float
        lambda.
    optimiser : Optimiser
    checkpoints : tuple of int
        In updates, at the end of an iteration each.
    seed : int
        Fixes responses and their order.
    state : State, optional
        As for `ontogeny.training.train`, from the end of an iteration.
    observe : sequence of callable
        As for `ontogeny.training.train`; each is called at the end of each iteration alone, where
        a training can go on.

    Returns
    -------
    Record
        Measures, each (1,): ``score``, mean over the responses of a checkpoint; ``log_ratio``,
        mean over them of ln pi / pi_0 of the whole response [nat]; ``entropy``, mean of -ln pi of
        a token [nat].

    Raises
    ------
    ontogeny.config.ConfigurationError, ontogeny.training.Divergence
        As for `train_start`.
    """
    buffer = _buffer(initial, optimiser)
    device = buffer.vector.device
    start = task.start[0], {n: v.to(buffer.vector) for n, v in task.start[1].items()}

    def sample(parameters: Parameters, iteration: int) -> Int[Tensor, "B T1"]:
        rng = np.random.default_rng([seed, _SAMPLES, iteration])
        return task.sample(parameters, rng, spec.samples).to(device)

    @torch.no_grad()
    def evaluate(parameters: Parameters) -> Evaluation:
        rng = np.random.default_rng([seed, _EVALUATION])
        sequences = task.sample(parameters, rng, spec.samples).to(device)
        new, _ = token_log_probabilities(network, parameters, sequences, task.vocabulary)
        old, _ = token_log_probabilities(*start, sequences, task.vocabulary)
        found = {
            "score": task.score(sequences).mean(),
            "log_ratio": (new - old).sum(dim=1).mean(),
            "entropy": -new.mean(),
        }
        return {name: np.array([float(value)]) for name, value in found.items()}

    return train(
        buffer,
        ppo_objective(
            network,
            start,
            sample,
            task.score,
            spec=spec,
            kl_penalty=kl_penalty,
            vocabulary=task.vocabulary,
            seed=seed,
        ),
        evaluate,
        optimiser=optimiser,
        checkpoints=checkpoints,
        embeddings={"W_E"},
        state=state,
        observe=[_at_ends(call, updates_of(spec)) for call in observe],
    )


def _at_ends(call: Callable[[State], None], updates: int) -> Callable[[State], None]:
    """Return what is called with a state, if it is the end of an iteration."""

    def called(state: State) -> None:
        if state.step % updates == 0:
            call(state)

    return called


def _buffer(initial: Parameters, optimiser: Optimiser) -> ParameterBuffer:
    return ParameterBuffer(
        initial,
        dtype=getattr(torch, optimiser.precision),
        device=device_of(optimiser.device),
    )
