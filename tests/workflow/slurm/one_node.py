"""A SLURM cluster of one node, this machine, for as long as a `with` block lasts."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol")
CONFIGURATION = Path("/etc/slurm/slurm.conf")  # jobs are given no other place to look
KEPT = CONFIGURATION.with_suffix(".conf.before-test")
MARK = "# Written by a test of Ontogeny, which removes it.\n"


class NoCluster(RuntimeError):
    """There can be no test cluster here; the text says why."""


@contextmanager
def one_node(folder: Path, *, cores: int, memory: int) -> Iterator[None]:
    """Run munge and a SLURM of one node, and stop both afterwards whatever happened.

    Parameters
    ----------
    folder : Path
        Where keys, sockets, logs and the state of the daemons go; an empty folder.
    cores : int
        Processors that jobs may have together.
    memory : int
        Memory that jobs may have together [MB].
    """
    missing = [name for name in PROGRAMS if _program(name) is None]
    if missing:
        msg = f"not installed: {', '.join(missing)} (Debian: slurm-wlm, munge)"
        raise NoCluster(msg)
    if os.geteuid() != 0:
        msg = f"root is needed to start a SLURM and to write {CONFIGURATION}"
        raise NoCluster(msg)
    if _foreign() and _answers():
        msg = "a SLURM is running on this machine already"
        raise NoCluster(msg)
    folder.chmod(0o755)
    for name in ("controller", "node"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.touch(mode=0o600)
    key.write_bytes(os.urandom(1024))
    with ExitStack() as stop:
        stop.enter_context(_configured(_configuration(folder, cores=cores, memory=memory)))
        munge = [f"--{name}-file={folder}/munge.{name}" for name in ("key", "pid", "seed", "log")]
        _start(
            stop, folder, "munged", "--foreground", "--force", f"--socket={folder}/munge", *munge
        )
        wait_for(lambda: (folder / "munge").exists(), "munge", seconds=20)
        _start(stop, folder, "slurmctld", "-D", "-c")
        wait_for(_answers, "slurmctld", seconds=30)
        _start(stop, folder, "slurmd", "-D")
        stop.callback(_cancel_all)
        wait_for(lambda: "idle" in said("sinfo", "-h", "-o", "%T"), "slurmd", seconds=30)
        yield


def said(*command: str) -> str:
    """Return what a command of SLURM prints; nothing where it fails."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def wait_for(condition: Callable[[], object], name: str, *, seconds: float) -> None:
    """Return when the condition holds; an error says what did not come in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            msg = f"{name}: not there after {seconds:.0f} s"
            raise TimeoutError(msg)
        time.sleep(0.2)


def _configuration(folder: Path, *, cores: int, memory: int) -> str:
    host = socket.gethostname().split(".")[0]
    ports = _free_ports(2)
    return f"""\
ClusterName=ontogeny-test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
MinJobAge=3600
KillWait=5
ReturnToService=2
StateSaveLocation={folder}/controller
SlurmdSpoolDir={folder}/node
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={memory} State=UNKNOWN
PartitionName=test Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


@contextmanager
def _configured(text: str) -> Iterator[None]:
    """Put a configuration in the default place, and what was there back afterwards.

    A test that was killed outright leaves its own there and the other one aside; both are known.
    """
    CONFIGURATION.parent.mkdir(parents=True, exist_ok=True)
    if _foreign():
        CONFIGURATION.rename(KEPT)
    try:
        CONFIGURATION.write_text(MARK + text, encoding="utf-8")
        yield
    finally:
        CONFIGURATION.unlink(missing_ok=True)
        if KEPT.exists():
            KEPT.rename(CONFIGURATION)


def _foreign() -> bool:
    """Whether there is a configuration that is not of this test."""
    return CONFIGURATION.exists() and not CONFIGURATION.read_text(encoding="utf-8").startswith(MARK)


def _start(stop: ExitStack, folder: Path, name: str, *arguments: str) -> None:
    """Start a daemon whose end is its process, and have it stopped with the stack."""
    with (folder / f"{name}.out").open("wb") as output:
        process = subprocess.Popen(
            [str(_program(name)), *arguments],
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
        )
    stop.callback(_end, process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _cancel_all() -> None:
    """End all jobs, so that no process of theirs outlives the cluster."""
    said("scancel", "--user=root")
    wait_for(lambda: not said("squeue", "--noheader").strip(), "end of all jobs", seconds=60)


def _answers() -> bool:
    return "is UP" in said("scontrol", "ping")


def _program(name: str) -> str | None:
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
