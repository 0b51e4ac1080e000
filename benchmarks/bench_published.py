"""Time the way of published networks from their weights to the page of results, without figures.

The folder is that of `config/published.yaml`. Where it has fewer runs than asked for, they are
repeated under further seeds. Everything that is started counts: Snakemake, its jobs, and what they
import.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = ("workflow", "config", "profiles", "Snakefile", "environment.yml")
TARGET = 300
"""Seconds that 128 networks may take on two cores."""


def main() -> None:
    """Run the workflow on published networks in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="with the folder of each run in it")
    parser.add_argument("--networks", type=int, default=128)
    parser.add_argument("--cores", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch, "project")
        runs = repeated(arguments.folder, arguments.networks, project / "published")
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, project / name)
        command = [sys.executable, "-m", "snakemake", "--cores", str(arguments.cores)]
        command += ["--quiet", "all", "--configfile", "config/published.yaml"]
        command += ["--", "results/published/index.html"]
        start = time.perf_counter()
        subprocess.run(
            command,
            cwd=project,
            env=os.environ | {"PYTHONPATH": str(project / "workflow")},
            check=True,
        )
        elapsed = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = used.ru_utime + used.ru_stime
    print(f"networks                       {runs:8d}")
    print(f"elapsed                        {elapsed:8.1f} s")
    print(f"processor                      {processor:8.1f} s")
    print(f"processor for each network     {processor / runs:8.2f} s")
    print(f"largest process                {used.ru_maxrss / 1024:8.0f} MB")
    if runs >= 128 and processor > TARGET * arguments.cores:
        sys.exit(
            f"more than the {TARGET * arguments.cores} s of {arguments.cores} cores in {TARGET} s"
        )


def repeated(folder: Path, number: int, made: Path) -> int:
    """Make a folder of so many runs of another, each with its own seed; return their number."""
    found = sorted(path.parent for path in folder.glob("*/cfg.json"))
    for index in range(number):
        run = found[index % len(found)]
        copy = made / f"{run.name}_{index}"
        copy.mkdir(parents=True)
        shutil.copy(run / "model.pt", copy)
        with zipfile.ZipFile(copy / "model.pt", "a") as archive:
            archive.comment = f"network {index}".encode()  # no file may be given twice
        settings = json.loads((run / "cfg.json").read_text())
        (copy / "cfg.json").write_text(json.dumps(settings | {"seed": index + 1}))
    return number


if __name__ == "__main__":
    main()
