"""Checkpoints of a network that was trained elsewhere: which file is which step."""

import re
from pathlib import Path

__all__ = ["SUFFIXES", "checkpoint_files", "step_of"]

SUFFIXES = (".pt", ".pth", ".ckpt", ".bin", ".safetensors")
"""How the names of files with networks end; other files of a folder are ignored."""

_LAST_NUMBER = re.compile(r"(?P<before>.*?)(?P<step>\d+)(?P<after>\D*)", re.ASCII | re.DOTALL)


def checkpoint_files(folder: str | Path) -> dict[int, str]:
    """Return the files of a folder of checkpoints by their step, ascending.

    Parameters
    ----------
    folder : path
        Its files that end in one of `SUFFIXES` are the checkpoints of one run. The step is the last
        number in the name: ``ckpt_000100.pt`` is the network after 100 updates.

    Returns
    -------
    dict of int to str

    Raises
    ------
    ValueError
        If there is no checkpoint, or a name has no number, one that can be read in two ways, or
        that of another file. The end of a sentence that begins with the name of the folder.
    """
    found: dict[int, str] = {}
    try:
        files = [path for path in Path(folder).iterdir() if _is_checkpoint(path)]
    except OSError as error:
        msg = f"cannot be listed ({error.strerror or error}); change its permissions"
        raise ValueError(msg) from None
    if not files:
        msg = (
            f"holds no checkpoints, that is files called ckpt_100.pt or so ({', '.join(SUFFIXES)})"
        )
        raise ValueError(msg)
    for path in sorted(files):
        step = step_of(path.name)
        if step in found:
            msg = (
                f"holds {Path(found[step]).name} and {path.name}, both of step {step} (the last "
                "number in the name); leave one of them, or give a mapping of steps to files"
            )
            raise ValueError(msg)
        found[step] = str(path)
    return dict(sorted(found.items()))


def step_of(name: str) -> int:
    """Return the step of a checkpoint by the name of its file.

    Raises
    ------
    ValueError
        If the name has no number, or one that can be read in two ways. The end of a sentence that
        begins with the name of the folder.

    Examples
    --------
    >>> step_of("seed3-ckpt_000100.pt")
    100
    """
    stem = Path(name).stem
    number = _LAST_NUMBER.fullmatch(stem)
    if number is None:
        msg = (
            f"holds {name}, which has no number in its name; the last number in the name of a "
            "checkpoint is its step: rename it, or give a mapping of steps to files"
        )
        raise ValueError(msg)
    is_part = re.search(r"\d([.,]|[eE][+-]?)$", number["before"])
    is_short = re.match(r"[kKmMbB](?![A-Za-z])", number["after"])
    if is_part or is_short or int(number["step"]) >= 2**63:
        msg = (
            f"holds {name}, whose last number is not plainly a step; write the step in digits "
            "alone (ckpt_1000.pt), or give a mapping of steps to files"
        )
        raise ValueError(msg)
    return int(number["step"])


def _is_checkpoint(path: Path) -> bool:
    is_hidden = path.name.startswith(".")
    return path.suffix.lower() in SUFFIXES and not is_hidden and not path.is_dir()
