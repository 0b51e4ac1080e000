"""The published networks of arXiv 2302.03025 as experiments."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

__all__ = ["PublishedError", "published_experiments"]

_FAMILIES = {
    "CyclicGroup": "C",
    "DihedralGroup": "D",
    "SymmetricGroup": "S",
    "AlternatingGroup": "A",
}


class PublishedError(ValueError):
    """A folder does not hold published runs; the message says which and why."""


def published_experiments(folder: str | Path) -> dict[str, dict[str, Any]]:
    """Return the experiments that a folder of the authors' runs holds, as a configuration has them.

    Runs that differ in their seed alone are one experiment: ``s5-mlp``, ``c113-transformer``,
    ``s5-mlp-h64`` for 64 neurons in place of 128. `schedule.steps` is the largest number of steps
    among them. A second run of the same seed is the first of ``s5-mlp-2``.

    Parameters
    ----------
    folder : path
        Holds ``<name>/model.pt`` and ``<name>/cfg.json``, the settings as the authors' code
        writes them.

    Raises
    ------
    PublishedError
        If there is no run in the folder, or one of them has settings that are not known.
    """
    folder = Path(folder)
    settings = sorted(folder.glob("*/cfg.json"))
    if not settings:
        msg = "holds no <name>/cfg.json; give the folder of the published runs"
        raise PublishedError(msg)
    runs: dict[str, list[tuple[int, str, dict[str, Any]]]] = defaultdict(list)
    for path in settings:
        name, seed, experiment = _run(path)
        while any(seed == other for other, _, _ in runs[name]):
            stem, _, number = name.rpartition("-again")
            name = f"{stem}-again{int(number) + 1}" if stem else f"{name}-again2"
        runs[name].append((seed, str(path.with_name("model.pt")), experiment))
    return {
        name: _experiment(sorted(found, key=lambda run: run[0])) for name, found in runs.items()
    }


def _run(path: Path) -> tuple[str, int, dict[str, Any]]:
    """Return the name of the experiment of a run, its seed, and the experiment's settings."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        group = f"{_FAMILIES[said['group']]}{int(said['group_parameter'])}"
        widths = said["layers"]
        architecture: dict[str, Any]
        if said["model"] == "Transformer":
            name, architecture = f"{group.lower()}-transformer", {"kind": "transformer"}
        elif said["model"] == "OneLayerMLP":
            hidden = int(widths["hidden_dim"])
            name = f"{group.lower()}-mlp" + (f"-h{hidden}" if hidden != _HIDDEN else "")
            architecture = {
                "kind": "mlp",
                "embedding": int(widths["embed_dim"]),
                "hidden": hidden,
            }
        else:
            msg = f"{path}: `model` = {said['model']!r} is neither OneLayerMLP nor Transformer"
            raise PublishedError(msg)
        experiment = {
            "group": group,
            "architecture": architecture,
            "data": {"fraction": float(said["frac_train"])},
            "schedule": {"steps": int(said["num_epochs"])},
        }
        return name, int(said["seed"]), experiment
    except (OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        msg = f"{path}: has no settings of a published run ({type(error).__name__}: {error})"
        raise PublishedError(msg) from None


_HIDDEN = 128


def _experiment(runs: list[tuple[int, str, dict[str, Any]]]) -> dict[str, Any]:
    seeds, files, settings = zip(*runs, strict=True)
    steps = max(each["schedule"]["steps"] for each in settings)
    return settings[0] | {
        "seeds": list(seeds),
        "weights": list(files),
        "schedule": {"steps": steps},
    }
