"""Processes of Python that have imported the libraries before they begin, as forks of one process.

Most of what a tiny workflow takes is the start of Python and its imports, in Snakemake and in every
job. A fork differs from a new process in nothing else: the package itself, which every project has
a copy of, is never imported beforehand.

Run as a script with ``serve``, this is the process that forks. Otherwise it is what Snakemake
starts as its Python: it asks for one fork, which runs the script of a job.
"""

import json
import os
import shlex
import socket
import sys
import tempfile
from functools import cache
from pathlib import Path

LIBRARIES = (
    "jaxtyping",
    "jsonschema",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "nbformat",
    "netCDF4",
    "numpy",
    "pandas",
    "pydantic",
    "requests",
    "safetensors",
    "scipy.optimize",
    "scipy.special",
    "scipy.stats",
    "snakemake.api",
    "snakemake.script",
    "smart_open",
    "torch",
    "torch._dynamo",
    "xarray",
)


def run(arguments, *, folder, environment):
    """Run Python to its end, whatever that is; return status and output."""
    import subprocess

    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        files = [out.fileno(), errors.fileno()]
        status = _asked(_server(), arguments, str(folder), environment, files)
        for file in (out, errors):
            file.seek(0)
        return subprocess.CompletedProcess(arguments, status, out.read(), errors.read())


@cache
def _server():
    """Start the process that forks, which ends with this one; return where it listens."""
    import atexit
    import subprocess

    folder = tempfile.mkdtemp()
    path = f"{folder}/forks"
    with socket.create_server(path, family=socket.AF_UNIX) as listening:
        server = subprocess.Popen(
            [sys.executable, "-P", __file__, "serve", path, str(listening.fileno())],
            env=os.environ | {"OMP_NUM_THREADS": "1"}, stdin=subprocess.PIPE,
            pass_fds=[listening.fileno()],
        )  # fmt: skip
    atexit.register(server.communicate)
    return path


def _asked(server, arguments, folder, environment, files):
    """Ask for a fork that runs something; return its status."""
    order = {"arguments": arguments, "folder": folder, "environment": environment}
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(server)
        socket.send_fds(asking, [b"!"], files)
        asking.sendall(json.dumps(order).encode())
        asking.shutdown(socket.SHUT_WR)
        with asking.makefile() as answer:
            return int(answer.read() or 1)


def _serve(path, number):
    """Fork for everyone who asks, and return in the fork what it has to do."""
    import gc
    import importlib
    import select
    import shutil

    for library in LIBRARIES:
        importlib.import_module(library)
    from snakemake.cli import get_argument_parser

    get_argument_parser()  # imports the plug-ins
    gc.collect()
    gc.freeze()  # or a fork visits all objects when it ends
    assert not [name for name in sys.modules if name.partition(".")[0] == "ontogeny"]
    listening = socket.socket(fileno=number)
    begun = 0
    while listening in select.select([listening, sys.stdin], [], [])[0]:
        asking = listening.accept()[0]
        begun += 1
        if os.fork() == 0:
            listening.close()
            _, files, _, _ = socket.recv_fds(asking, 1, 2)
            with asking.makefile() as told:
                order = json.loads(told.read())
            child = os.fork()
            if child == 0:
                asking.close()
                return order, files
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            asking.sendall(str(status).encode())
            os._exit(0)
        asking.close()
        while begun and os.waitpid(-1, os.WNOHANG)[0]:
            begun -= 1
    listening.close()
    for _ in range(begun):
        os.wait()
    shutil.rmtree(Path(path).parent)
    sys.exit()


def _become(path, order, files):
    """Run a module or a script as the interpreter does."""
    import runpy

    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    for number, file in enumerate([os.open("/dev/null", os.O_RDONLY), *files]):
        os.dup2(file, number)
        os.close(file)
    arguments = order["arguments"]
    paths = order["environment"].get("PYTHONPATH", "").split(os.pathsep)
    if arguments[0] == "-m":
        sys.executable = shlex.join([sys.executable, "-IS", __file__, path])
        sys.path[:0] = [order["folder"], *paths]
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.path[:0] = [str(Path(arguments[0]).parent), *paths]
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        where = sys.argv[2]
        _become(where, *_serve(where, int(sys.argv[3])))
    else:
        asked = sys.argv[2:], str(Path.cwd()), dict(os.environ), [1, 2]
        sys.exit(_asked(sys.argv[1], *asked))
