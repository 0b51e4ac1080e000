import subprocess
import sys

import pytest

from ontogeny.machine import RESTRICTING, instruction_set, machine

AVX512 = "avx512f avx512cd avx512bw avx512dq avx512vl"
FLAGS = {
    f"flags\t\t: fpu sse4_2 avx fma avx2 {AVX512}": "AVX512",
    "flags\t\t: fpu sse4_2 avx fma avx2 avx512f": "AVX2",
    "flags\t\t: fpu sse4_2 avx avx2": "AVX",
    "flags\t\t: fpu sse4_2": "SSE4.2",
    "Features\t: fp asimd sve": "SVE",
    "Features\t: fp asimd": "NEON",
}


@pytest.mark.parametrize("line", FLAGS)
def test_the_widest_instructions_of_the_processor_are_named(tmp_path, line):
    said = tmp_path / "cpuinfo"
    said.write_text(f"processor\t: 0\nmodel name\t: any avx2\n{line}\n\nprocessor\t: 1\n")
    assert instruction_set(said).split()[1:] == [FLAGS[line]]


def test_a_system_that_does_not_say_is_named_by_its_architecture(tmp_path):
    assert len(instruction_set(tmp_path / "missing").split()) == 1


def test_what_restricts_instructions_is_told_where_it_is_set():
    restricted = {"ATEN_CPU_CAPABILITY": "avx2", "HOME": "/home/me"}
    found = machine(environment=restricted)
    assert {name: found[name] for name in set(found) & {*RESTRICTING}} == {
        "ATEN_CPU_CAPABILITY": "avx2"
    }
    free = machine(environment={})
    assert set(free) == {"instruction_set", "numpy", "scipy", "torch", "blas"}
    assert all(free.values())


def test_it_is_told_without_importing_torch():
    code = (
        "import sys; from ontogeny.machine import machine; machine(); print('torch' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
