"""How fast this machine is: processor time of one unit of each kind of work of `ontogeny.costs`.

Run as a program, which takes about five seconds, it writes the `Rates` as JSON.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from time import process_time

from ontogeny.costs import Rates

__all__ = ["calibrated", "main", "rates"]

_SECONDS = 0.2
"""Processor time for which each kind of work is repeated [s]."""

_START = "import ontogeny.job"
_CALLS = 64


def calibrated() -> Rates:
    """Return the rates of this machine, measured by one thread in a process of its own.

    Raises
    ------
    subprocess.CalledProcessError
        If the process fails.
    """
    command = [sys.executable, "-m", __name__]
    environment = os.environ | {
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return Rates(**json.loads(run.stdout))


def rates() -> Rates:
    """Return the rates of this machine, measured in this process, which should do nothing else."""
    starts = _start(_START)
    torch_starts = _torch_start()
    figures = _each(_figure(), 1)
    return Rates(starts=starts, torch_starts=torch_starts, figures=figures, **_of_torch())


def main() -> int:
    """Measure the rates and write them."""
    sys.stdout.write(json.dumps(asdict(rates())))
    return 0


def _start(imports: str) -> float:
    """Return the processor time of a process that imports and ends [s]."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", imports], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _torch_start() -> float:
    """Return the processor time of this process until PyTorch has done its first update [s]."""
    import torch

    import_module("ontogeny.job")
    import_module("ontogeny.resume")
    weights = torch.ones(8)
    weights.grad = torch.ones(8)
    torch.optim.AdamW([weights], fused=True).step()
    return process_time()


def _each(work: Callable[[], object], units: float) -> float:
    """Return the processor time of one unit of work [s]: the mean over `_SECONDS`."""
    work()
    begun, done = process_time(), 0
    while process_time() - begun < _SECONDS:
        work()
        done += 1
    return (process_time() - begun) / (done * units)


def _of_torch() -> dict[str, float]:
    """Return the rates of products, elementwise functions and calls of PyTorch.

    Products are of the sizes of small networks and by oneDNN where there is one, as in training.
    """
    import torch

    torch.set_num_threads(1)
    torch.ones(2**23 - 2**14)  # once it is freed, results need no new pages, as in training
    left, right = torch.ones(2048, 128), torch.ones(128, 128)
    small, many, other = torch.ones(4), torch.ones(2**18), torch.ones(2**18)

    def product() -> object:
        if hasattr(torch.ops.mkldnn, "_linear_pointwise"):
            return torch.ops.mkldnn._linear_pointwise(left, right, None, "none", [], "")
        return left @ right

    def calls() -> None:
        for _ in range(_CALLS):
            torch.add(small, small)

    return {
        "products": _each(product, 2 * 2048 * 128 * 128),
        "numbers": _each(lambda: torch.exp(many, out=other), many.numel()),
        "calls": _each(calls, _CALLS),
    }


def _figure() -> Callable[[], None]:
    """Return a function that draws a figure of four panels and writes it as SVG and PNG."""
    from io import BytesIO

    import numpy as np

    from ontogeny.plotting import figure, settings

    steps = np.arange(100.0)

    def draw() -> None:
        with settings():
            drawn = figure(width=8.0, height=3.0)
            for axes in drawn.subplots(1, 4):
                for line in range(6):
                    axes.plot(steps, steps**0.5 + line, label=str(line))
                axes.set(xlabel="step", ylabel="loss [nat]")
                axes.legend()
            for kind in ("svg", "png"):
                drawn.savefig(BytesIO(), format=kind, dpi=150)

    return draw


if __name__ == "__main__":
    sys.exit(main())
