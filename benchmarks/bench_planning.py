"""Time the planning of many runs without results, in processor seconds, without any job."""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = ("workflow", "config", "profiles", "Snakefile", "environment.yml")


def main() -> None:
    """Plan S5 MLPs that differ in their seed, in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, nargs="+", default=[100, 1000, 5000])
    for runs in parser.parse_args().runs:
        with tempfile.TemporaryDirectory() as scratch:
            seconds = planned(runs, Path(scratch))
        print(f"{runs:6d} runs {seconds:8.1f} s")


def planned(runs: int, project: Path) -> float:
    """Return the processor seconds that a dry run takes."""
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, project / name)
    seeds = ", ".join(map(str, range(runs)))
    experiment = f"{{group: S5, architecture: {{kind: mlp}}, seeds: [{seeds}]}}"
    text = f"composition:\n  run_figures: first\n  experiments:\n    many: {experiment}\n"
    (project / "many.yaml").write_text(text, encoding="utf-8")
    before = used()
    subprocess.run(
        [sys.executable, "-m", "snakemake", "-n", "-q", "--configfile", "many.yaml"],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project / "workflow")},
        check=True,
    )
    return used() - before


def used() -> float:
    """Return the processor seconds of all processes that were waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
