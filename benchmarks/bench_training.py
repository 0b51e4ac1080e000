"""Time of one training step: this library, plain PyTorch and, where it is installed, JAX.

Run as ``python benchmarks/bench_training.py``, with ``--device cuda`` on a GPU;
``benchmarks/README.md`` says what is measured.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import torch
from plain import plain_step
from torch import Tensor

from ontogeny.groups import group
from ontogeny.studies.composition.networks.architectures import Architecture
from ontogeny.studies.composition.networks.architectures._products import product
from ontogeny.studies.composition.networks.architectures.mlp import MLP
from ontogeny.studies.composition.networks.architectures.transformer import Transformer
from ontogeny.training import ParameterBuffer, device_name

Step = Callable[[], float]

ROUNDS = 15
COMPARED_STEPS = 8
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Workload:
    """A network on a group, with the floating-point operations that a step cannot do without."""

    title: str
    group: str
    fraction: float
    architecture: Architecture
    operations: Callable[[int], float]

    def pairs(self, device: str) -> tuple[Tensor, Tensor, Tensor]:
        """Return the training pairs and their answers."""
        n = self.architecture.order
        rows = torch.randperm(n * n, generator=torch.Generator().manual_seed(1))
        rows = rows[: int(self.fraction * n * n)].sort().values
        target = torch.tensor(group(self.group).table).flatten()[rows]
        return (rows // n).to(device), (rows % n).to(device), target.to(device)

    def initial(self) -> dict[str, Tensor]:
        """Return the parameters that every form starts from."""
        return self.architecture.initial(torch.Generator().manual_seed(1))


def mlp_operations(pairs: int, *, n: int = 120, e: int = 256, h: int = 128) -> float:
    """Count folding and unembedding.

    Each product runs once forward and twice backward, at two operations a multiply-add.
    """
    return 3 * 2 * (2 * n * e * h + pairs * h * n)


def transformer_operations(pairs: int, *, n: int = 113, d: int = 128, m: int = 512) -> float:
    """Count the values, the products W_O W_in, W_O W_U and W_out W_U, and these three per pair."""
    values = (2 * n + 1) * d * d
    folding = d * d * m + d * d * n + m * d * n
    return 3 * 2 * (values + folding + pairs * (d * m + d * n + m * n))


WORKLOADS = {
    "mlp": Workload("MLP, S5, fraction 0.4", "S5", 0.4, MLP(120), mlp_operations),
    "transformer": Workload(
        "transformer, C113, fraction 0.3",
        "C113",
        0.3,
        Transformer.universality(113),
        transformer_operations,
    ),
}


def library_step(workload: Workload, device: str) -> Step:
    """Return a training step of the library: objective, then AdamW on the flat vector."""
    objective = workload.architecture.objective(*workload.pairs(device), device=device)
    buffer = ParameterBuffer(workload.initial(), device=device)
    adamw = torch.optim.AdamW(
        [buffer.vector], lr=1e-3, betas=(0.9, 0.98), weight_decay=1.0, fused=True
    )

    def step() -> float:
        loss = float(objective(buffer.parameters, buffer.gradient))
        adamw.step()
        return loss

    return step


def all_steps(workload: Workload, device: str) -> dict[str, Step]:
    """Return a training step in every form that can run here, the library's first."""
    steps = {
        "this library": library_step(workload, device),
        "plain PyTorch": plain_step(workload.initial(), *workload.pairs(device)),
    }
    if device != "cpu":
        steps["library on CPU"] = library_step(workload, "cpu")
    elif importlib.util.find_spec("jax") is not None:
        from peer_jax import jax_step

        steps["JAX, folded form"] = jax_step(workload.initial(), *workload.pairs("cpu"))
    return steps


def seconds(call: Callable[[], object], repeats: int, device: str) -> float:
    """Time of one call, over several after one that is not counted.

    Processor time on the CPU; on a GPU elapsed time until all is done there.
    """
    clock = process_time if device == "cpu" else perf_counter
    call()
    finish(device)
    start = clock()
    for _ in range(repeats):
        call()
    finish(device)
    return (clock() - start) / repeats


def finish(device: str) -> None:
    """Wait for what a GPU has still to do."""
    if device != "cpu":
        torch.cuda.synchronize()


def sgemm_rates(device: str) -> dict[str, float]:
    """Best rate [1/s] of float32 products of square matrices, by all libraries in PyTorch."""
    libraries = {"torch.mm": torch.mm}
    if device == "cpu":
        libraries["oneDNN"] = product
    rates = dict.fromkeys(libraries, 0.0)
    for size in (384, 512, 768, 1024) if device == "cpu" else (1024, 4096, 8192):
        a, b = torch.randn(2, size, size, device=device)
        for name, multiply in libraries.items():
            fastest = min(
                seconds(lambda f=multiply, a=a, b=b: f(a, b), 4, device) for _ in range(4)
            )
            rates[name] = max(rates[name], 2 * size**3 / fastest)
    return rates


def largest_difference(steps: dict[str, Step]) -> float:
    """Largest relative difference between the losses of the first steps."""
    losses = torch.tensor([[step() for _ in range(COMPARED_STEPS)] for step in steps.values()])
    return float((losses / losses[0] - 1).abs().max())


def peak_memory(name: str, device: str) -> float:
    """Peak memory [MB] of a process that trains this workload with the library."""
    command = [sys.executable, __file__, "--peak-memory-of", name, "--device", device]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def print_peak_memory(name: str, device: str) -> None:
    """Train a little in this process and print its peak memory [MB]: resident, or on the GPU."""
    step = library_step(WORKLOADS[name], device)
    for _ in range(COMPARED_STEPS):
        step()
    if device != "cpu":
        print(torch.cuda.max_memory_allocated() / 1e6)
        return
    # Not getrusage: its peak includes what the parent held before this process began.
    status = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    print(int(status["VmHWM"].removesuffix("kB")) * 1024 / 1e6)


def bench(name: str, device: str) -> bool:
    """Measure one workload and print its table; return whether all forms gave the same losses."""
    workload = WORKLOADS[name]
    steps = all_steps(workload, device)
    difference = largest_difference(steps)
    times: dict[str, list[float]] = {form: [] for form in steps}
    rates = sgemm_rates(device)
    for _ in range(ROUNDS):
        for form, step in steps.items():
            repeats = 2 if form == "plain PyTorch" else 8
            times[form].append(1e3 * seconds(step, repeats, device))
        found_now = sgemm_rates(device)
        rates = {library: max(rates[library], rate) for library, rate in found_now.items()}

    pairs = len(workload.pairs("cpu")[0])
    operations = workload.operations(pairs)
    best = max(rates.values())
    ours = times["this library"]
    print(f"\n{workload.title}: {pairs} pairs, {operations / 1e6:.0f} million operations a step")
    print(f"{'':18}{'ms/step':>9}{'(least)':>9}{'/ ours':>8}{'(least)':>9}{'share of sgemm':>16}")
    for form, found in times.items():
        share = operations / (1e-3 * median(found)) / best
        print(
            f"{form:18}{median(found):9.2f}{min(found):9.2f}{median(found) / median(ours):8.2f}"
            f"{min(found) / min(ours):9.2f}{share:16.2f}"
        )
    print("sgemm [GFLOP/s]:", ", ".join(f"{k} {rate / 1e9:.0f}" for k, rate in rates.items()))
    share = operations / (1e-3 * median(ours)) / rates["torch.mm"]
    print(f"share of the rate of torch.mm alone: {share:.2f}")
    print(f"peak memory of a run of the library: {peak_memory(name, device):.0f} MB")
    agree = difference < TOLERANCE
    verdict = "agree" if agree else "DISAGREE"
    print(f"losses of {COMPARED_STEPS} steps {verdict}: relative difference {difference:.1e}")
    return agree


def profile(name: str) -> None:
    """Print where the time of the library's step goes, by operator."""
    step = library_step(WORKLOADS[name], "cpu")
    for _ in range(COMPARED_STEPS):
        step()
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as found:
        for _ in range(ROUNDS):
            step()
    table = found.key_averages().table(sort_by="self_cpu_time_total", row_limit=20)
    print(f"\n{WORKLOADS[name].title}, {ROUNDS} steps\n{table}")


def main() -> int:
    """Run the benchmarks and return the exit code: 1 if some form gave other losses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peak-memory-of", choices=WORKLOADS, help=argparse.SUPPRESS)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument(
        "--profile", action="store_true", help="only profile the library, on the CPU"
    )
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    torch.set_num_threads(1)
    if arguments.peak_memory_of is not None:
        print_peak_memory(arguments.peak_memory_of, arguments.device)
        return 0
    if arguments.profile:
        for name in WORKLOADS:
            profile(name)
        return 0
    where = "one thread on one core" if arguments.device == "cpu" else device_name("cuda")
    clock = "processor" if arguments.device == "cpu" else "elapsed"
    print(f"{where}, {ROUNDS} interleaved rounds, {clock} time, medians (least)")
    agree = [bench(name, arguments.device) for name in WORKLOADS]
    return 0 if all(agree) else 1


if __name__ == "__main__":
    sys.exit(main())
