"""Time of preference models and policies: sampling, iterations beside plain PyTorch, whole runs.

Run as ``python benchmarks/bench_policies.py``; ``benchmarks/README.md`` says what is measured.
"""

import os
import sys
from collections.abc import Callable
from functools import partial
from statistics import median
from time import process_time

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import layer_norm

from ontogeny.networks import arrays
from ontogeny.networks.decoder import Parameters, Transformer, sinusoids
from ontogeny.studies.rlhf.config import (
    GOLD,
    Enumerated,
    Network,
    PolicyTraining,
    PreferenceRun,
    Probes,
    Sequences,
    StartRun,
    TrancheOptions,
)
from ontogeny.studies.rlhf.networks.shapes import policy_of, preference_of
from ontogeny.studies.rlhf.run_datasets import of_policy, of_preference, of_start
from ontogeny.studies.rlhf.stages.calibrate import calibrate
from ontogeny.studies.rlhf.stages.compare import tranche
from ontogeny.studies.rlhf.stages.evaluate import evaluation
from ontogeny.studies.rlhf.stages.probe import probes
from ontogeny.studies.rlhf.stages.train import (
    pairs_of,
    preference_course,
    start_course,
    train_policy_run,
    train_preference_run,
    train_start_run,
)
from ontogeny.studies.rlhf.stages.world import world_dataset
from ontogeny.training import Record

V, T, BATCH, MINIBATCH, PENALTY = 32, 16, 256, 128, 0.001
NETWORK = Network()
ROUNDS, ITERATIONS = 5, 6
RUN = 120  # iterations of a run
MOST_SAMPLING, LEAST_SAMPLING_RATIO = 0.06, 2.0  # seconds of 256 sequences; without kept keys
MOST_RUN, LEAST_RUN_RATIO = 40.0, 1.0  # seconds of a run; plain to library
MOST_ENUMERATED, MOST_EVALUATION = 5.0, 5.0  # seconds of a run, and of its evaluation
MOST_FITTING = 8.0  # seconds of 1,000 pairs, 6 epochs
TOLERANCE = 1e-5


def seconds(form: Callable[[], object]) -> float:
    """Return the processor time of a call."""
    start = process_time()
    form()
    return process_time() - start


def reported(**met: bool) -> bool:
    """Print whether each target is met; return whether all are."""
    for line, holds in met.items():
        print(f"{'ok    ' if holds else 'MISSED'} {line}")
    return all(met.values())


# Sampling


def parameters_of(network: Transformer, seed: int = 0) -> Parameters:
    """Return random parameters."""
    return network.initial(torch.Generator().manual_seed(seed))


def slow_sample(
    parameters: dict[str, NDArray[np.float32]], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw every token from a pass over all tokens before it."""
    tokens = np.full((BATCH, 1), V)
    for uniform in rng.random((T, BATCH), dtype=np.float32):
        logits = arrays.logits(parameters, tokens)[:, -1]
        cumulative = np.exp(logits - logits.max(axis=1, keepdims=True)).cumsum(axis=1)
        bound = uniform[:, None] * cumulative[:, -1:]
        tokens = np.column_stack([tokens, (cumulative <= bound).sum(axis=1)])
    return tokens


def bench_sampling() -> bool:
    """Measure sampling with kept keys and without; return whether all targets are met."""
    network = policy_of(NETWORK, V, 1, value=False)
    parameters = {name: value.numpy() for name, value in parameters_of(network).items()}
    prompts, rng = np.full(BATCH, V), np.random.default_rng
    forms = {
        "kept": lambda seed: arrays.sample(parameters, prompts, T, V, rng(seed))[0],
        "without": lambda seed: slow_sample(parameters, rng(seed)),
    }
    same = np.mean(forms["kept"](0) == forms["without"](0))
    times: dict[str, list[float]] = {name: [] for name in forms}
    for seed in range(3 * ROUNDS):
        for name, form in forms.items():
            times[name].append(seconds(partial(form, seed)))
    kept, without = (median(times[name]) for name in forms)
    print(f"\n{BATCH} sequences of {T} tokens: {kept:.3f} s; without kept keys {without:.3f} s")
    return reported(
        **{
            f"at most {MOST_SAMPLING} s": kept <= MOST_SAMPLING,
            f"ratio {without / kept:.1f}, at least {LEAST_SAMPLING_RATIO:g}": (
                without / kept >= LEAST_SAMPLING_RATIO
            ),
            f"share of equal tokens {same:.4f}, at least 0.999": bool(same >= 0.999),
        }
    )


# An iteration, beside plain PyTorch


class Plain(nn.Module):
    """The policy or the preference model as a module, with a mask and all heads at once."""

    def __init__(self, shape: Transformer, start: Parameters) -> None:
        super().__init__()
        self.shape = shape
        self.weights = nn.ParameterDict({n: nn.Parameter(v.clone()) for n, v in start.items()})

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the outputs at each place."""
        p, shape = self.weights, self.shape
        length = tokens.shape[1]
        hidden = torch.full((length, length), -torch.inf).triu(1)
        stream = p["W_E"][tokens]
        places = sinusoids(length, shape.d_model)
        for layer in range(shape.layers):
            normal = layer_norm(stream, (shape.d_model,), p["gain"][layer])
            query, key = (
                torch.einsum("btd,hde->bhte", normal + places, p[name][layer])
                for name in ("W_Q", "W_K")
            )
            value = torch.einsum("btd,hde->bhte", normal, p["W_V"][layer])
            scores = query @ key.transpose(2, 3) / shape.d_head**0.5
            pattern = (scores + hidden if shape.causal else scores).softmax(dim=3)
            stream = stream + torch.einsum("bhte,hed->btd", pattern @ value, p["W_O"][layer])
            normal = layer_norm(stream, (shape.d_model,), p["gain_mlp"][layer])
            neurons = torch.relu(normal @ p["W_in"][layer] + p["b_in"][layer])
            stream = stream + neurons @ p["W_out"][layer] + p["b_out"][layer]
        return layer_norm(stream, (shape.d_model,), p["gain_final"]) @ p["W_U"]


@torch.no_grad()
def plain_sample(policy: Plain, generator: torch.Generator) -> Tensor:
    """Draw sequences, a pass over all tokens before it for each token."""
    tokens = torch.full((BATCH, 1), V)
    for _ in range(T):
        share = policy(tokens)[:, -1, :V].softmax(dim=1)
        tokens = torch.cat([tokens, torch.multinomial(share, 1, generator=generator)], dim=1)
    return tokens


def plain_said(outputs: Tensor, sequences: Tensor) -> Tensor:
    """Return the log-probability of each token."""
    return outputs[:, :, :V].log_softmax(dim=2).gather(2, sequences[:, 1:, None])[:, :, 0]


def plain_run(
    start: xr.Dataset,
    preference: xr.Dataset,
    calibration: xr.Dataset,
    iterations: int,
    given: tuple[Tensor, Tensor] | None = None,
) -> list[float]:
    """Train with autograd and the default Adam, and return the loss of each update.

    Parameters
    ----------
    given : tuple of Tensor, optional
        The responses of all iterations and the order of each pass, in place of draws.
    """
    first = {str(n): torch.from_numpy(v.values[-1].copy()) for n, v in start.items()}
    before = Plain(policy_of(NETWORK, V, 1, value=False), first)
    valued = first | {"W_U": torch.cat([first["W_U"], torch.zeros(NETWORK.d_model, 1)], dim=1)}
    policy = Plain(policy_of(NETWORK, V, 1, value=True), valued)
    fitted = {str(n): torch.from_numpy(v.values[-1].copy()) for n, v in preference.items()}
    judge = Plain(preference_of(NETWORK, V, 1), fitted)
    offset, temperature = (float(calibration[name]) for name in ("offset", "temperature"))
    adam = torch.optim.Adam(policy.parameters(), lr=4e-5, betas=(0.9, 0.95))
    generator, losses = torch.Generator().manual_seed(0), []
    for _ in range(iterations):
        sequences = plain_sample(policy, generator) if given is None else given[0]
        with torch.no_grad():
            outputs = policy(sequences[:, :-1])
            old, value = plain_said(outputs, sequences), outputs[:, :, V]
            reward = -PENALTY * (old - plain_said(before(sequences[:, :-1]), sequences))
            reward[:, -1] += (judge(sequences)[:, :, 0].mean(dim=1) - offset) / temperature
            advantage, running = torch.zeros(BATCH, T), torch.zeros(BATCH)
            for t in reversed(range(T)):
                after = value[:, t + 1] if t + 1 < T else torch.zeros(BATCH)
                running = reward[:, t] + after - value[:, t] + 0.95 * running
                advantage[:, t] = running
            target = advantage + value
            advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
        for number in range(2):
            order = (
                torch.randperm(BATCH, generator=generator) if given is None else given[1][number]
            )
            for chosen in order.split(MINIBATCH):
                outputs = policy(sequences[chosen, :-1])
                ratio = (plain_said(outputs, sequences[chosen]) - old[chosen]).exp()
                gain = torch.min(
                    ratio * advantage[chosen], ratio.clamp(0.8, 1.2) * advantage[chosen]
                )
                error = (outputs[:, :, V] - target[chosen]).square()
                loss = 0.1 * error.mean() / 2 - gain.mean()
                adam.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
                adam.step()
                losses.append(float(loss.detach()))
    return losses


def policy_spec(iterations: int, **changes: object) -> PolicyTraining:
    """Return a training of a policy that is stored at its ends alone."""
    kept = {"per_decade": 0, "every": 0}
    schedule = {"iterations": iterations, "checkpoints": kept}
    return PolicyTraining.model_validate({"schedule": schedule, "seed": 0} | changes)


def start_of(world: xr.Dataset, network: Network) -> xr.Dataset:
    """Return a start policy that has learned a little."""
    spec = StartRun(network=network, epochs=1, seed=0)
    return of_start(train_start_run(spec, start_course(spec, world), world)())["checkpoints"]


def of_iteration(run: Callable[[int], object]) -> float:
    """Return the processor time of an iteration: that of a run, less that of a shorter one."""
    times = [seconds(partial(run, iterations)) for iterations in (1, 1 + ITERATIONS)]
    return (times[1] - times[0]) / ITERATIONS


def drawn_of(record: Record) -> tuple[Tensor, Tensor]:
    """Return the responses of the first iteration of a run, and the order of its passes."""
    parameters = {name: values[0] for name, values in record.parameters.items()}
    rng = np.random.default_rng([0, 28, 0])
    prompts = rng.choice(np.array([V], dtype=np.int16), BATCH)
    tokens, _ = arrays.sample(parameters, prompts, T, V, rng)
    rng = np.random.default_rng([0, 27, 0])
    orders = np.stack([rng.permutation(BATCH) for _ in range(2)])
    return torch.from_numpy(tokens.astype(np.int64)), torch.from_numpy(orders)


def bench_iterations() -> bool:
    """Measure policies of sequences and preference models; return whether all targets are met."""
    world = world_dataset(Sequences(vocabulary=V, length=T, lines=2000))
    start = start_of(world, NETWORK)
    pairs = tranche(TrancheOptions(), 0, world, start, judge=None, runs=[])
    spec = PreferenceRun(seed=0)
    learned = pairs_of(spec, [pairs])
    course = preference_course(spec, len(learned))
    records: list[Record] = []

    def fit() -> None:
        records.append(train_preference_run(spec, course, learned, world, [pairs])())

    fitting = seconds(fit)
    preference = of_preference(records[0])["checkpoints"]
    calibration = calibrate(preference, probes(Probes(calibration=500, fresh=1), 0, world, start))
    reward = preference, calibration

    def library(iterations: int) -> Record:
        return train_policy_run(policy_spec(iterations), world, start, reward)()

    record = library(1)
    plain = plain_run(start, *reward, 1, drawn_of(record))
    difference = np.abs(plain - record.step_loss).max()
    forms = {"library": library, "plain": partial(plain_run, start, *reward)}
    times: dict[str, list[float]] = {name: [] for name in forms}
    for _ in range(ROUNDS):
        for name, form in forms.items():
            times[name].append(of_iteration(form))
    found = {name: median(each) for name, each in times.items()}
    ratio = found["plain"] / found["library"]
    print(f"\nan iteration of {BATCH} responses: ", end="")
    print(", ".join(f"{name} {value:.3f} s" for name, value in found.items()))
    print(f"{len(learned):,} pairs, {spec.epochs} epochs: {fitting:.1f} s")
    whole = RUN * found["library"]
    return reported(
        **{
            f"{RUN} iterations {whole:.0f} s, at most {MOST_RUN:g}": whole <= MOST_RUN,
            f"plain / library: {ratio:.2f}, at least {LEAST_RUN_RATIO:g}": ratio >= LEAST_RUN_RATIO,
            f"losses of an iteration differ by {difference:.1e}, at most {TOLERANCE}": bool(
                difference <= TOLERANCE
            ),
            f"fitting a preference model at most {MOST_FITTING:g} s": fitting <= MOST_FITTING,
        }
    )


def bench_enumerated() -> bool:
    """Measure a run in the enumerated world and its evaluation; return whether targets are met."""
    world = world_dataset(Enumerated())
    start = start_of(world, Network(d_model=32, layers=1))
    changes = {"optimiser": {"learning_rate": 1e-3}}

    def run(iterations: int) -> Record:
        return train_policy_run(policy_spec(iterations, **changes), world, start, None)()

    whole = RUN * median(of_iteration(run) for _ in range(ROUNDS))
    schedule = {"iterations": 60, "checkpoints": {"per_decade": 0, "every": 1}}
    spec = policy_spec(60, schedule=schedule, **changes)
    stored = of_policy(train_policy_run(spec, world, start, None)())["checkpoints"]
    drawn = probes(Probes(calibration=500, fresh=500), 0, world, start)
    evaluating = seconds(
        lambda: evaluation(
            world,
            start,
            drawn,
            stored,
            {},
            reward=GOLD,
            kl_penalty=PENALTY,
            samples=512,
            updates_per_iteration=4,
            samples_per_iteration=BATCH,
            seed=0,
        )
    )
    count = stored.sizes["step"]
    print(f"\nenumerated: {RUN} iterations {whole:.1f} s, {count} checkpoints {evaluating:.1f} s")
    return reported(
        **{
            f"run at most {MOST_ENUMERATED:g} s": whole <= MOST_ENUMERATED,
            f"evaluation at most {MOST_EVALUATION:g} s": evaluating <= MOST_EVALUATION,
        }
    )


def main() -> int:
    """Run the benchmark and return the exit code: 1 if a target is missed."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    torch.set_num_threads(1)
    print(f"one thread on one core, {ROUNDS} interleaved rounds, processor time, medians")
    met = [bench_sampling(), bench_iterations(), bench_enumerated()]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
