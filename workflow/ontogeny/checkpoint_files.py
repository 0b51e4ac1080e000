"""Checkpoints of a network that was trained elsewhere: which file is which step."""

import re
from collections.abc import Sequence
from pathlib import Path

__all__ = ["SUFFIXES", "checkpoint_files"]

SUFFIXES = (".pt", ".pth", ".ckpt", ".bin", ".safetensors")
"""How the names of files with networks end; other files of a folder are ignored."""

_NUMBER = re.compile("[0-9]+")
_SEPARATED = re.compile("(?<![0-9])[0-9]{1,3}([_' ][0-9]{3})+(?![0-9])")
_PART_OF = re.compile("[0-9][-_ ]?of[-_ ]?[0-9]", re.IGNORECASE)
_STEP = re.compile("steps?[-_= ]*$", re.IGNORECASE)
_NO_STEP = re.compile("(seed|rank|shard)[-_= ]*$", re.IGNORECASE)

_MAPPING = "give a mapping of steps to files"


def checkpoint_files(folder: str | Path) -> dict[int, str]:
    """Return the files of a folder of checkpoints by their step, ascending.

    Parameters
    ----------
    folder : path
        Its files that end in one of `SUFFIXES` are the checkpoints of one run. Their names differ
        in numbers alone, and the last of these is the step: ``ckpt_000100.pt`` is the network after
        100 updates. Where a name has several numbers, the last is the only one that differs between
        files, or the only one after the word ``step`` (``epoch=3-step=1000.ckpt``).

    Returns
    -------
    dict of int to str

    Raises
    ------
    ValueError
        If there is no checkpoint, names differ in more than numbers, or a name has no number, one
        that can be read in two ways, or that of another file. The end of a sentence that begins
        with the name of the folder.
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
    files.sort()
    for path, step in zip(files, _steps([path.name for path in files]), strict=True):
        if step in found:
            msg = (
                f"holds {Path(found[step]).name} and {path.name}, both of step {step} (the last "
                f"number in the name); leave one of them, or {_MAPPING}"
            )
            raise ValueError(msg)
        found[step] = str(path)
    return dict(sorted(found.items()))


def _steps(names: Sequence[str]) -> list[int]:
    """Return the steps of the checkpoints of one run by the names of their files."""
    stems = [Path(name).stem for name in names]
    for name, stem in zip(names, stems, strict=True):
        problem = _problem(stem)
        if problem:
            msg = f"holds {name}, {problem}, or {_MAPPING}"
            raise ValueError(msg)
    other = next((name for name in names if _form(name) != _form(names[0])), None)
    if other is not None:
        msg = (
            f"holds {names[0]} and {other}, whose names differ in more than numbers, so that they "
            f"may not be checkpoints of one run; move one of them elsewhere, or {_MAPPING}"
        )
        raise ValueError(msg)
    numbers = [[int(number) for number in _NUMBER.findall(stem)] for stem in stems]
    if len(numbers[0]) > 1 and not _is_last_the_step(stems[0], numbers):
        msg = (
            f"holds {names[0]}, whose name has several numbers, and the last is neither the only "
            "one that differs between the files nor the only one after the word `step`; "
            f"{_MAPPING}"
        )
        raise ValueError(msg)
    return [each[-1] for each in numbers]


def _problem(stem: str) -> str | None:
    """Say why the last number in a name, which ends in no suffix, is not plainly a step."""
    found = [*_NUMBER.finditer(stem)]
    if not found:
        return (
            "which has no number in its name; the last number in the name of a checkpoint is its "
            "step: rename it"
        )
    if _PART_OF.search(stem):
        return "which by its name is a part of a network; give each checkpoint as one file"
    before, step, after = stem[: found[-1].start()], found[-1][0], stem[found[-1].end() :]
    is_plain = not (
        re.search(r"[0-9]([.,]|[eE][+-]?)$", before)
        or re.search("(^|[\\W_])[-\u2212\u2013]$", before)
        or _SEPARATED.search(stem)
        or _NO_STEP.search(before)
        or re.match(r"[kKmMbB](?![A-Za-z])", after)
        or int(step) >= 2**63
    )
    if is_plain:
        return None
    return "whose last number is not plainly a step; write the step in digits alone (ckpt_1000.pt)"


def _form(name: str) -> str:
    """Return a name without its numbers."""
    return _NUMBER.sub("#", name)


def _is_last_the_step(stem: str, numbers: Sequence[Sequence[int]]) -> bool:
    """Return whether the last of several numbers in names of one form is plainly the step."""
    named = [bool(_STEP.search(stem[: each.start()])) for each in _NUMBER.finditer(stem)]
    if sum(named) == 1:
        return named[-1]
    *others, last = (len(set(each)) > 1 for each in zip(*numbers, strict=True))
    return last and not any(others)


def _is_checkpoint(path: Path) -> bool:
    is_hidden = path.name.startswith(".")
    return path.suffix.lower() in SUFFIXES and not is_hidden and not path.is_dir()
