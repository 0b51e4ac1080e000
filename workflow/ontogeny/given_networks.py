"""Networks trained elsewhere, as a configuration and a notebook give them.

In a configuration there is one item for each seed of a run: a file, or the checkpoints of one run
as a folder, or as a mapping of steps to files. In a notebook networks are given by step.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, TypeAdapter, ValidationError

from ontogeny.checkpoint_files import checkpoint_files
from ontogeny.config import AS_WHOLE, Section, short

__all__ = ["Item", "Step", "as_array", "by_step", "items_of", "problems_of_networks"]

Step = Annotated[int, Field(ge=0, le=10**8), AS_WHOLE]
"""Updates that a network has had."""

Item = str | dict[Step, str]

_STEP: TypeAdapter[int] = TypeAdapter(Step, config=Section.model_config)


def as_array(values: Any) -> NDArray[Any]:
    """Return an array from one, from numbers, or from a tensor of PyTorch on whatever device.

    Floating-point tensors narrower than float32 (float16, bfloat16) become float32, which has each
    of their values.

    Examples
    --------
    >>> as_array([[1, 2]]).shape
    (1, 2)
    """
    if hasattr(values, "detach"):
        tensor = values.detach().cpu()
        is_narrow = tensor.is_floating_point() and tensor.dtype.itemsize < 4
        values = (tensor.float() if is_narrow else tensor).numpy()
    return np.asarray(values)


def items_of(value: object) -> object:
    """Return the items that a configuration gives, one for each seed; refuse what is none.

    Raises
    ------
    ValueError
        If one is neither the name of a file or folder nor a mapping of steps to names of files.
    """
    if value is None:
        return None
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(map(_item, items))


def _item(item: object) -> object:
    if isinstance(item, str):
        if item:
            return item
        msg = "holds an empty name; give a file, a folder, or a mapping of steps to files"
        raise ValueError(msg)
    if not isinstance(item, Mapping) or not item:
        msg = (
            "must hold for each seed a file, a folder of checkpoints, or a mapping of steps to "
            f"files such as {{0: a.pt, 500: b.pt}}, not {short(item)}"
        )
        raise ValueError(msg)
    found: dict[int, str] = {}
    for key, file in item.items():
        try:
            step = _STEP.validate_python(key)
        except ValidationError:
            msg = (
                f"has the key {short(key)}, which is not a step: a whole number from 0 to "
                "100,000,000"
            )
            raise ValueError(msg) from None
        if step in found:
            msg = f"gives two files for step {step}; leave one of them"
            raise ValueError(msg)
        if not isinstance(file, str) or not file:
            msg = f"gives {short(file)} for step {step}; give the name of a file"
            raise ValueError(msg)
        found[step] = file
    return found


def by_step(item: Item) -> Item:
    """Return an item whose folder of checkpoints is a mapping of steps to files.

    Raises
    ------
    ValueError
        As `ontogeny.checkpoint_files.checkpoint_files` does.
    """
    return checkpoint_files(item) if isinstance(item, str) and Path(item).is_dir() else item


def problems_of_networks(
    items: Sequence[Item], seeds: Sequence[int], problem_of_file: Callable[[str], str | None]
) -> list[str]:
    """Say what is wrong with the networks of an experiment: ends of sentences that begin with it.

    Parameters
    ----------
    items : sequence
        From `items_of`.
    seeds : sequence of int
    problem_of_file : callable
        From the name of a file to what is wrong with the network in it, None if nothing is.
    """
    if len(items) != len(seeds):
        return [
            f"` holds {_counted(len(items), 'file')} for {_counted(len(seeds), 'seed')}; give one "
            "for each seed (several checkpoints of one run are one item: a folder or a mapping of "
            "steps to files)"
        ]
    problems: list[str] = []
    seed_of: dict[Path, int] = {}
    several = []
    for seed, item in zip(seeds, items, strict=True):
        try:
            found = by_step(item)
        except ValueError as error:
            problems.append(f"` = {item!r}: {error}")
            continue
        several.append(not isinstance(found, str) and len(found) > 1)
        for file in [found] if isinstance(found, str) else found.values():
            problem = problem_of_file(file) or _repeated(file, seed, seed_of)
            problems += [f"` = {file!r}: {problem}"] if problem else []
    if not problems and any(several) != all(several):
        problems.append(
            "` gives one network for some seeds and several checkpoints for others; make two "
            "experiments of them"
        )
    return problems


def _repeated(file: str, seed: int, seed_of: dict[Path, int]) -> str | None:
    """Say whether a file was given before; `seed_of` has the files so far, and gets this one."""
    path = Path(file).resolve()
    if path not in seed_of:
        seed_of[path] = seed
        return None
    first = seed_of[path]
    where = f"for seed {seed} twice" if first == seed else f"for seeds {first} and {seed}"
    return f"is given {where}; give each network once"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
