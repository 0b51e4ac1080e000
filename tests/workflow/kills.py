#!/usr/bin/env python3
"""Kills the workflow at random moments, over all stages of every study, and compares all bytes.

Of each configuration an undisturbed run is made, and beside it one that is killed again and again
and started anew by the same command after `snakemake --unlock`. What is killed is all processes,
Snakemake alone (its jobs go on and meet the new ones), or one job, at whose failure the workflow is
told to end; when, is a random time after the first job has started, or the moment when one of the
next files is being written under its hidden name. A run that gets to its end is compared and begun
anew, until there are as many kills as asked for. No file may be left over or differ, figures and
tables included; logs, and notes of the machine that results were made on, are not compared.

Started by hand, since it takes long:

    PYTHONPATH=workflow python tests/workflow/kills.py --kills 60
"""

import argparse
import ctypes
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from project import ROOT, Project

CONFIGURATIONS = sorted(path.stem for path in (ROOT / "config/test").glob("*.yaml"))
KINDS = ("all", "snakemake", "job")
LATEST = 25.0
"""A kill by the clock comes at most so long after the first job has started [s]."""
STARTED, FAILED = b"Select jobs to execute", b"Error in rule"
MOST_FILES = 12
"""A kill by a file comes when the first of so many that are written, or a later one, appears."""
PATIENCE = 900.0  # seconds
STUCK = 200.0
"""So long after SIGTERM [s] Snakemake is stuck: jobs of the small configurations are shorter."""
HIDDEN = re.compile(r"\..+\.\w{12}\.(\d+)\.\w{8}")
SCRIPT = re.compile(r"/\.snakemake/scripts/\w+\.(\w+)\.py$")
CREATED, MOVED_HERE, IS_FOLDER = 0x100, 0x80, 0x40000000


class Watch:
    """Tells when a file is begun under its hidden name anywhere in a folder."""

    def __init__(self, folder):
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = self._libc.inotify_init1(os.O_NONBLOCK)
        assert self._descriptor >= 0, os.strerror(ctypes.get_errno())
        self._folders = {}
        self._add(folder)

    def _add(self, folder):
        """Watch a folder and those in it; return the files that are there already."""
        number = self._libc.inotify_add_watch(
            self._descriptor, os.fsencode(folder), CREATED | MOVED_HERE
        )
        if number < 0:
            return []
        self._folders[number] = folder
        found = [*folder.iterdir()]
        below = [self._add(path) for path in found if path.is_dir()]
        return sum(below, [path for path in found if path.is_file()])

    def hidden(self, seconds):
        """Return the writers of hidden files that have appeared, after at most so many seconds."""
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return []
        content, appeared = os.read(self._descriptor, 2**16), []
        while content:
            number = int.from_bytes(content[:4], sys.byteorder, signed=True)
            mask, _, length = (
                int.from_bytes(content[i : i + 4], sys.byteorder) for i in (4, 8, 12)
            )
            name = os.fsdecode(content[16 : 16 + length].rstrip(b"\0"))
            if number in self._folders:  # else more came at once than the system keeps
                path = self._folders[number] / name
                appeared += self._add(path) if mask & IS_FOLDER else [path]
            content = content[16 + length :]
        writers = (HIDDEN.fullmatch(path.name) for path in appeared)
        return [int(writer[1]) for writer in writers if writer]

    def close(self):
        os.close(self._descriptor)


def jobs_of(session):
    """Return the stage of each script that runs in a session, by the number of its process."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            arguments = (entry / "cmdline").read_bytes().decode().split("\0")
            if os.getsid(int(entry.name)) != session:
                continue
        except (OSError, UnicodeDecodeError):
            continue
        stages = [match[1] for match in map(SCRIPT.search, arguments[:2]) if match]
        if stages:
            found[int(entry.name)] = stages[0]
    return found


def disturbed(project, rng):
    """Start the workflow and kill it or a part of it.

    Returns
    -------
    tuple or None
        What was killed, what for (the clock or a file), the stages that it struck, and the process
        of Snakemake; None if the workflow got to its end before.
    """
    kind = KINDS[rng.integers(len(KINDS))]
    by_file = bool(rng.integers(2))
    after, number = float(rng.uniform(0, LATEST)), int(rng.integers(1, MOST_FILES + 1))
    (project.folder / "results").mkdir(exist_ok=True)
    watch = Watch(project.folder / "results")
    said = project.folder / "said.txt"
    with said.open("wb") as output:
        run = project.started("--cores", "2", stdout=output)
    try:
        begun, first_job, writers = time.monotonic(), None, []
        while run.poll() is None:
            writers += watch.hidden(0.01)
            now = time.monotonic()
            if first_job is None and STARTED in said.read_bytes():
                first_job = now
            due = len(writers) >= number if by_file else first_job and now > first_job + after
            stages = jobs_of(run.pid) if due and kind == "job" and not by_file else {}
            if due and (kind != "job" or by_file or stages):
                break
            assert now < begun + PATIENCE, "it neither ends nor writes a file"
        if run.poll() is not None:
            assert run.returncode == 0, f"Snakemake failed without being killed: {said}"
            return None
        # Reading the stages takes some milliseconds, in which a short file would be finished.
        victims = writers[-1:] if by_file else [*map(int, rng.permutation([*stages])[:1])]
        if kind == "job":
            sent(os.kill, victims[0], signal.SIGSTOP)
        else:
            sent(os.killpg if kind == "all" else os.kill, run.pid, signal.SIGSTOP)
        running = jobs_of(run.pid)
        struck = [running.get(victims[0], "none")] if kind == "job" else sorted(running.values())
        if kind == "job":
            sent(os.kill, victims[0], signal.SIGKILL)
            while run.poll() is None and FAILED not in said.read_bytes():
                time.sleep(0.05)
            stopped(run)  # else all other jobs would run to their ends
        else:
            sent(os.killpg if kind == "all" else os.kill, run.pid, signal.SIGKILL)
            run.wait(PATIENCE)
        if run.returncode == 0:  # the job had just ended
            return None
        return kind, "file" if by_file else "clock", struck, run
    finally:
        watch.close()


def stopped(run):
    """Tell Snakemake to end; kill it where its handler waits for a lock that it holds itself."""
    sent(os.kill, run.pid, signal.SIGTERM)
    try:
        run.wait(STUCK)
    except subprocess.TimeoutExpired:
        sent(os.kill, run.pid, signal.SIGKILL)
        run.wait(PATIENCE)


def sent(send, process, number):
    """Send a signal to a process, or to a group of them, that may have ended by now."""
    with suppress(ProcessLookupError):
        send(process, number)


def wait_for_jobs(sessions):
    """Wait until jobs that have outlived their Snakemake are at their ends."""
    end = time.monotonic() + PATIENCE
    while any(jobs_of(session) for session in sessions):
        assert time.monotonic() < end, "a job without its Snakemake does not end"
        time.sleep(0.5)


def results(project):
    """Return the digests of all results, by path."""
    found = project.digests("results/**/*")
    return {path: digest for path, digest in found.items() if "/.made_on/" not in path}


def differing(project, undisturbed):
    found = results(project)
    return sorted(
        path for path in found.keys() | undisturbed if found.get(path) != undisturbed.get(path)
    )


def tried(configuration, kills, folder, rng):
    """Kill one configuration so many times; return whether all bytes were right."""
    begun = time.monotonic()
    file = f"config/test/{configuration}.yaml"
    whole = Project.made(folder / "undisturbed", file)
    whole.run()
    undisturbed = results(whole)
    project = Project.made(folder / "killed", file)
    how, stages, wrong, sessions = Counter(), Counter(), [], []
    while how.total() < kills:
        struck = disturbed(project, rng)
        if struck is None:
            wait_for_jobs(sessions)
            wrong += differing(project, undisturbed)
            shutil.rmtree(project.folder / "results")
            continue
        kind, cause, running, run = struck
        how[f"{kind} by {cause}"] += 1
        stages.update(running)
        sessions.append(run.pid)
        if run.returncode < 0:
            project.snakemake("--unlock")
    project.run()
    wait_for_jobs(sessions)
    wrong += differing(project, undisturbed)
    tell(
        f"{configuration}: {how.total()} kills ({listed(how)}) while these ran: {listed(stages)}; "
        f"{len(undisturbed)} files, {len(wrong)} differ {wrong[:5] or ''} "
        f"({time.monotonic() - begun:.0f} s)"
    )
    return not wrong


def listed(counts):
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items())) or "nothing"


def tell(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=60, help="over all configurations")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("configurations", nargs="*", default=CONFIGURATIONS)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="ontogeny-kills-"))
    rng = np.random.default_rng(given.seed)
    shares = np.full(len(given.configurations), given.kills // len(given.configurations))
    shares[: given.kills % len(shares)] += 1
    right = [
        tried(name, int(kills), folder / name, rng)
        for name, kills in zip(given.configurations, shares, strict=True)
    ]
    if not all(right):
        tell(f"FAILED; everything is kept in {folder}")
        return 1
    shutil.rmtree(folder)
    tell("PASSED")
    return 0


if __name__ == "__main__":
    sys.exit(main())
