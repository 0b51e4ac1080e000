"""On what machine numbers are computed: what can change their last bits.

Results of the same configuration, code and machine are equal to the byte. Libraries choose their
loops by the instructions of the processor, and these loops round differently. Environment variables
can restrict what they choose.
"""

import os
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

__all__ = ["RESTRICTING", "instruction_set", "machine"]

RESTRICTING = (
    "ATEN_CPU_CAPABILITY",
    "MKL_CBWR",
    "MKL_ENABLE_INSTRUCTIONS",
    "NPY_DISABLE_CPU_FEATURES",
    "NPY_ENABLE_CPU_FEATURES",
    "ONEDNN_MAX_CPU_ISA",
    "OPENBLAS_CORETYPE",
)
"""Environment variables by which the libraries are kept from instructions that they would use."""

_X86 = {
    "AVX512": {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"},
    "AVX2": {"avx2", "fma"},
    "AVX": {"avx"},
    "SSE4.2": {"sse4_2"},
}
_ARM = {"SVE": {"sve"}, "NEON": {"asimd"}}


def instruction_set(cpuinfo: str | Path = "/proc/cpuinfo") -> str:
    """Return the widest instructions that the processor has for arrays of floating-point numbers.

    Parameters
    ----------
    cpuinfo : path
        What the system says of its processors.

    Returns
    -------
    str
        The architecture and one of AVX512, AVX2, AVX, SSE4.2, SVE and NEON, such as
        ``x86_64 AVX512``; the architecture alone where the system does not say.
    """
    has = _flags(cpuinfo)
    found = [name for name, needed in (_X86 | _ARM).items() if needed <= has]
    return " ".join([os.uname().machine, *found[:1]])


def machine(
    cpuinfo: str | Path = "/proc/cpuinfo", environment: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return what the last bits of numbers depend on beside configuration and code.

    Parameters
    ----------
    cpuinfo : path
        As for `instruction_set`.
    environment : mapping of str

    Returns
    -------
    dict of str
        ``instruction_set``, the versions of ``numpy``, ``scipy`` and ``torch`` (empty where one is
        not installed), ``blas`` with its version, and those of `RESTRICTING` that are set.
    """
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    found = {
        "instruction_set": instruction_set(cpuinfo),
        **{name: _version(name) for name in ("numpy", "scipy", "torch")},
        "blas": f"{blas.get('name', '')} {blas.get('version', '')}".strip(),
    }
    return found | {name: environment[name] for name in RESTRICTING if name in environment}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _flags(cpuinfo: str | Path) -> set[str]:
    """Return the features of the first processor; none where the system does not say."""
    try:
        lines = Path(cpuinfo).read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip() in {"flags", "Features"}:
            return set(value.split())
    return set()
