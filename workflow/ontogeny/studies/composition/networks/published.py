"""The published networks of arXiv 2302.03025 as experiments."""

import json
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from textwrap import shorten
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field

from ontogeny.config import (
    AS_REAL,
    ConfigurationError,
    Count,
    Positive,
    Section,
    Seed,
    as_tuple,
    noted,
    refuse,
    validate,
)
from ontogeny.config.bounds import Width
from ontogeny.given_files import decoded, problem_of
from ontogeny.groups import parse

__all__ = ["PublishedError", "published_experiments", "unreadable"]

Model = Literal["OneLayerMLP", "BilinearNet", "Transformer"]

IGNORED = {
    "metrics": "which numbers their code logs during training",
    "notes": "a remark",
    "extra_name": "a part of the folder's name",
}
"""Settings that say nothing about a network or its training, and what they say instead."""

IGNORED_LAYERS: dict[Model, dict[str, str]] = {
    "OneLayerMLP": {},
    "BilinearNet": {"hidden_dim": "the hidden layer is as wide as the embeddings, `embed_dim`"},
    "Transformer": {
        "embed_dim": "a width of the MLP; their code builds transformers without it",
        "hidden_dim": "a width of the MLP; their code builds transformers without it",
    },
}
"""The same among `layers`, whose base settings are those of the MLP whatever the network is."""

_FAMILIES = {
    "CyclicGroup": "C",
    "DihedralGroup": "D",
    "SymmetricGroup": "S",
    "AlternatingGroup": "A",
}

_FRACTIONS: dict[tuple[str, str], float] = {
    ("S5", "mlp"): 0.4,
    ("S5", "transformer"): 0.6,
    ("S6", "mlp"): 0.25,
    ("S6", "transformer"): 0.4,
    ("A5", "mlp"): 0.5,
    ("A5", "transformer"): 0.6,
} | {
    (group, kind): 0.3
    for group in ("C113", "C118", "D59", "D61")
    for kind in ("mlp", "transformer")
}
"""Train fractions of the paper, by group and architecture."""

_STEPS = {"A5": 250_000, "D59": 100_000, "D61": 100_000, "S6": 20_000}
"""Updates of the paper's transformers where they are not 50,000."""

_LISTED = 5


class PublishedError(ValueError):
    """A folder does not hold published runs; the message says which and why."""


def _no_relu(value: object) -> object:
    if value is not False:
        msg = "must be false: no network of this project has a ReLU on its embeddings"
        raise ValueError(msg)
    return value


def _relu(value: object) -> object:
    if value not in ("ReLU", "relu"):
        msg = "must be ReLU: no network of this project has another activation"
        raise ValueError(msg)
    return value


class _Layers(Section):
    relu_embed: Annotated[bool, BeforeValidator(_no_relu)] = False


class _MLPLayers(_Layers):
    embed_dim: Width
    hidden_dim: Width


class _BilinearLayers(_Layers):
    embed_dim: Width


class _TransformerLayers(_Layers):
    d_model: Width = 128
    num_heads: Width = 4
    d_head: Width = 32
    d_mlp: Width = 512
    act_type: Annotated[str, BeforeValidator(_relu)] = "ReLU"


_LAYERS: dict[Model, type[_Layers]] = {
    "OneLayerMLP": _MLPLayers,
    "BilinearNet": _BilinearLayers,
    "Transformer": _TransformerLayers,
}

_Read = TypeVar("_Read", bound=Section)

_Beta = Annotated[float, Field(ge=0, lt=1), AS_REAL]


class _Settings(Section):
    """A cfg.json. Optimiser settings that it does not say count as those of the paper."""

    model: Model
    group: Literal["CyclicGroup", "DihedralGroup", "SymmetricGroup", "AlternatingGroup"]
    group_parameter: Count
    seed: Seed
    frac_train: Annotated[float, Field(gt=0, lt=1), AS_REAL]
    num_epochs: Count
    layers: dict[str, Any]
    lr: Positive = 1e-3
    weight_decay: Annotated[float, Field(ge=0), AS_REAL] = 1.0
    betas: Annotated[tuple[_Beta, _Beta], BeforeValidator(as_tuple)] = (0.9, 0.98)


def published_experiments(
    folder: str | Path, *, skip: Collection[str] = ()
) -> dict[str, dict[str, Any]]:
    """Return the experiments that a folder of the authors' runs holds, as a configuration has them.

    Runs that differ in their seed alone are one experiment. Its name says group and architecture,
    and then every setting that is not that of the paper: ``s5-mlp``, ``c113-transformer``,
    ``s5-mlp-fraction-0p7``, ``s5-mlp-weight-decay-0p5-steps-60000``. It depends on nothing but the
    settings, so that a folder that is added renames no other experiment.

    The settings of the paper are learning rate 0.001, weight decay 1, betas 0.9 and 0.98, and

    - MLP: h = 128 neurons, embeddings of width 2 h, ``250,000 floor(128 / h)`` updates (at least
      250,000), which are those of its sweep over the width. A run of that sweep is ``s5-mlp-h64``.
    - transformer: widths 128, 4 heads of 32, 512 neurons; 50,000 updates, of A5 250,000, of D59 and
      D61 100,000, of S6 20,000.
    - Train fractions, MLP and transformer: S5 0.4 and 0.6, S6 0.25 and 0.4, A5 0.5 and 0.6, C113,
      C118, D59 and D61 0.3. Another group, and the bilinear network, of which the paper has no
      runs, always have the fraction in their names, and the bilinear network the updates and h.

    Parameters
    ----------
    folder : path
        Holds ``<name>/model.pt`` and ``<name>/cfg.json``, the settings as the authors' code
        writes them.
    skip : collection of str
        Names of runs, that is of folders in `folder`, that are left out.

    Raises
    ------
    PublishedError
        If there is no run in the folder, one of them has settings that are not known or not valid,
        two are the same run, or `skip` names none of them.
    """
    folder = Path(folder)
    names = _names(folder)
    unknown = sorted(set(skip) - set(names))
    if unknown:
        msg = (
            f"`skip` names {unknown[0]!r}, which is not a run in this folder; it has {_list(names)}"
        )
        raise PublishedError(msg)
    kept = [name for name in names if name not in skip]
    if not kept:
        msg = "`skip` leaves no run; take a name out of it"
        raise PublishedError(msg)
    runs: dict[str, dict[int, tuple[Path, dict[str, Any]]]] = defaultdict(dict)
    problems: dict[Path, str] = {}
    for path in (folder / name / "cfg.json" for name in kept):
        try:
            settings, layers = _settings(path)
        except ValueError as error:
            problems[path] = str(error)
            continue
        name, experiment = _experiment(settings, layers)
        twin = runs[name].get(settings.seed)
        if twin is not None:
            problems[path] = (
                f"says the same run as {twin[0]}, seed {settings.seed} of {name}; to have both, "
                "write one of them as an experiment with `weights`"
            )
            continue
        runs[name][settings.seed] = path, experiment
    if problems:
        raise unreadable(problems, folder, skip)
    return {name: _joined(found) for name, found in sorted(runs.items())}


def unreadable(
    problems: Mapping[Path, str], folder: str | Path, skip: Iterable[str]
) -> PublishedError:
    """Return the refusal of runs that cannot be read, with the key that takes the others, if any.

    Parameters
    ----------
    problems : mapping of path to str
        By a file of each run, the end of a sentence that begins with it.
    folder : path
    skip : iterable of str
        Names of runs that are left out already.
    """
    names = sorted({*skip, *(path.parent.name for path in problems)})
    leaves_some = not set(_names(Path(folder))) <= set(names)
    missing = "is missing; get it, or skip the run" if leaves_some else "is missing; get it"
    said = [
        f"{path}: {missing if problem.startswith('does not exist') else problem}"
        for path, problem in problems.items()
    ]
    if len(said) > _LISTED:
        said[_LISTED:] = [f"... and {len(said) - _LISTED} more"]
    key = f"composition.published: {{folder: {folder}, skip: [{_list(names)}]}}"
    remedy = (
        f"take the other runs by `{key}`"
        if leaves_some
        else "no other run is left in this folder; correct these, or give another folder"
    )
    return PublishedError("\n".join([*said, remedy]))


def _names(folder: Path) -> list[str]:
    """Return the names of the runs in a folder."""
    if not folder.is_dir():
        msg = (
            f"is {'not a folder' if folder.exists() else 'missing'}; give the folder of the "
            "published runs, relative to the folder of the Snakefile"
        )
        raise PublishedError(msg)
    if (folder / "cfg.json").is_file():
        msg = f"is a run itself; give the folder that it is in, {folder.parent}"
        raise PublishedError(msg)
    found = {
        file.parent.name for name in ("cfg.json", "model.pt") for file in folder.glob(f"*/{name}")
    }
    names = sorted(name for name in found if not name.startswith("."))
    if not names:
        msg = "holds no <name>/cfg.json; give the folder of the published runs"
        raise PublishedError(msg)
    return names


def _list(names: list[str]) -> str:
    return ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")


def _settings(path: Path) -> tuple[_Settings, _Layers]:
    """Return the settings of a run.

    Raises
    ------
    ValueError
        The end of a sentence that begins with the name of the file.
    """
    problem = problem_of(path)
    if problem:
        raise ValueError(problem)
    with path.open("rb") as file:
        text = decoded(file.read())
    try:
        said = json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        msg = f"is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        raise ValueError(msg) from None
    if not isinstance(said, dict):
        msg = f"must hold a mapping of settings, not {type(said).__name__}"
        raise ValueError(msg)  # noqa: TRY004
    try:
        return _validated({key: value for key, value in said.items() if key not in IGNORED})
    except ConfigurationError as error:
        raise ValueError("; ".join(str(error).splitlines())) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        msg = f"says `{twice}` twice; keep one of the two"
        raise ValueError(msg)
    return found


def _validated(said: dict[str, Any]) -> tuple[_Settings, _Layers]:
    settings = _checked(said, _Settings)
    ignored = IGNORED_LAYERS[settings.model]
    layers = {key: value for key, value in settings.layers.items() if key not in ignored}
    found = _checked(layers, _LAYERS[settings.model], at="layers.")
    if settings.seed == 0:
        msg = (
            "`seed` = 0: their code does not shuffle the pairs with seed 0, so that no seed makes "
            "this training set here"
        )
        raise ConfigurationError(msg)
    try:
        order = math.prod(factor.order for factor in parse(_group(settings)))
    except ValueError as error:
        msg = f"`group_parameter` = {settings.group_parameter}: {error}"
        raise ConfigurationError(msg) from None
    if not 0 < math.floor(settings.frac_train * order**2) < order**2:
        msg = f"`frac_train` = {settings.frac_train}: leaves no training or no test pairs"
        raise ConfigurationError(msg)
    return settings, found


def _checked(said: Mapping[str, Any], model: type[_Read], *, at: str = "") -> _Read:
    """Return a section; of a key that is unknown, do not guess which other one is meant."""
    known = {key: value for key, value in said.items() if key in model.model_fields}
    problems = [
        f"`{at}{key}` = {shorten(repr(value), 60)}: is not known here and may change the network"
        for key, value in said.items()
        if key not in known
    ]
    with noted(problems):
        found = validate(known, model, at=at.removesuffix("."))
    refuse(problems)
    return found


def _group(settings: _Settings) -> str:
    return f"{_FAMILIES[settings.group]}{settings.group_parameter}"


def _experiment(settings: _Settings, layers: _Layers) -> tuple[str, dict[str, Any]]:
    """Return the name of the experiment of a run, and the experiment without its seeds."""
    group = _group(settings)
    architecture, usual, steps = _network(group, layers)
    kind = architecture["kind"]
    parts = [
        f"{_PART[field]}{_text(architecture[field])}"
        for field in usual
        if architecture[field] != usual[field]
    ]
    of_training: dict[str, tuple[_Value, _Value | None]] = {
        "fraction": (settings.frac_train, _FRACTIONS.get((group, kind))),
        "learning-rate": (settings.lr, 1e-3),
        "weight-decay": (settings.weight_decay, 1.0),
        "betas": (settings.betas, (0.9, 0.98)),
        "steps": (settings.num_epochs, steps),
    }
    parts += [f"{key}-{_text(value)}" for key, (value, of) in of_training.items() if value != of]
    experiment = {
        "group": group,
        "architecture": architecture,
        "data": {"fraction": settings.frac_train},
        "optimiser": {
            "learning_rate": settings.lr,
            "weight_decay": settings.weight_decay,
            "betas": list(settings.betas),
        },
        "schedule": {"steps": settings.num_epochs},
    }
    return "-".join([group.lower(), kind, *parts]), experiment


_Value = int | float | tuple[float, ...]

_PART = {
    "hidden": "h",
    "embedding": "e",
    "d_model": "d-model-",
    "heads": "heads-",
    "d_head": "d-head-",
    "d_mlp": "d-mlp-",
}
"""How a width is written in a name."""


def _network(
    group: str, layers: _Layers
) -> tuple[dict[str, Any], dict[str, int | None], int | None]:
    """Return the architecture, the widths and the updates of the paper; None where it has none."""
    match layers:
        case _MLPLayers(embed_dim=e, hidden_dim=h):
            architecture: dict[str, Any] = {"kind": "mlp", "hidden": h, "embedding": e}
            return architecture, {"hidden": 128, "embedding": 2 * h}, 250_000 * max(1, 128 // h)
        case _BilinearLayers(embed_dim=h):
            return {"kind": "bilinear", "hidden": h}, {"hidden": None}, None
        case _TransformerLayers(d_model=d, num_heads=heads, d_head=k, d_mlp=m):
            architecture = {"kind": "transformer", "d_model": d, "heads": heads}
            architecture |= {"d_head": k, "d_mlp": m}
            usual: dict[str, int | None] = {"d_model": 128, "heads": 4, "d_head": 32, "d_mlp": 512}
            return architecture, usual, _STEPS.get(group, 50_000)
    raise AssertionError(layers)


def _text(value: _Value) -> str:
    """Return a number as it can stand in a name, different for different numbers."""
    if isinstance(value, tuple):
        return "-".join(map(_text, value))
    return repr(value).removesuffix(".0").replace(".", "p").replace("+", "")


def _joined(runs: Mapping[int, tuple[Path, dict[str, Any]]]) -> dict[str, Any]:
    """Return the experiment of runs by their seeds."""
    seeds = sorted(runs)
    _, experiment = runs[seeds[0]]
    files = [str(runs[seed][0].with_name("model.pt")) for seed in seeds]
    return experiment | {"seeds": seeds, "weights": files}
