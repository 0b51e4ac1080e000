"""Write files that follow from the code: the JSON schema, and tables in the pages.

``make generated`` runs it. A table is between a line ``<!-- generated: KIND NAME -->``, which
says what it shows, and a line ``<!-- end generated -->``; all else on a page is written by hand.
Tables of outcomes are read from `atlas/`, those of variables from the results of a study: give the
folders of such results.
"""

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import xarray as xr
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from tabulate import tabulate

from ontogeny import labels
from ontogeny.config import Section, canonical, kind_of, schema
from ontogeny.known_studies import STUDIES
from ontogeny.outcomes import COLUMNS, rows
from ontogeny.storage import read

Row = tuple[str, str, str]
"""A key, its default, and its meaning."""

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "workflow" / "schemas" / "config.schema.json"
PAGES = [ROOT / "config" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MARKED = re.compile(
    r"^<!-- generated: (\w+) (\S+) -->\n(.*?)^<!-- end generated -->$", re.MULTILINE | re.DOTALL
)
_MARKUP = re.compile(r"\||<(?=\w)")
"""What Markdown takes for the end of a cell, or for a tag."""

_PADDING = re.compile(r"(?<= ) +|(?<=---)-+")
"""What aligns columns, and would change every line of a table when one cell grows."""

_BY_NAME = {study.name: study for study in STUDIES}


def schema_text() -> str:
    """Return the JSON schema of the configuration."""
    whole = schema(
        {study.name: study.section for study in STUDIES},
        title="Ontogeny",
        shared=[model for study in STUDIES for model in study.shared.values()],
        swept=dict.fromkeys(model for study in STUDIES for model in study.swept),
    )
    return json.dumps(whole, indent=2) + "\n"


def page(text: str, tables: dict[str, Callable[[str], str | None]]) -> str:
    """Return a page with its tables made anew.

    Parameters
    ----------
    text : str
        The page.
    tables : dict
        By kind: from the name in the first line of a table to the table, or to None where it stays
        as it is.
    """

    def made(match: re.Match[str]) -> str:
        kind, name, old = match.groups()
        table = tables[kind](name)
        body = old if table is None else f"\n{table}\n\n"
        return f"<!-- generated: {kind} {name} -->\n{body}<!-- end generated -->"

    return MARKED.sub(made, text)


def table_of(headers: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown."""
    escaped = [[_MARKUP.sub(r"\\\g<0>", cell) for cell in row] for row in rows]
    aligned = tabulate(escaped, headers, tablefmt="github", disable_numparse=True)
    return _PADDING.sub("", aligned)


def keys(name: str) -> str:
    """Return the keys at a path of the configuration, such as ``composition.analysis``.

    Of a study itself only its own keys are shown; elsewhere those of sections below as well.
    """
    first, *path = name.split(".")
    models: list[type[BaseModel]] = [_section(first)]
    for key in path:
        fields = [model.model_fields[key] for model in models if key in model.model_fields]
        models = [model for field in fields for model in _sections_in(field.annotation)]
    shown = [
        [f"`{key}`", f"`{default}`" if default else "", meaning]
        for key, default, meaning in _of_any(models, "", deep=bool(path))
    ]
    return table_of(["key", "default", "meaning"], shown)


def _section(name: str) -> type[Section]:
    shared = [study.shared[name] for study in STUDIES if name in study.shared]
    return shared[0] if shared else _BY_NAME[name].section


def _of_any(models: list[type[BaseModel]], above: str, *, deep: bool) -> Iterator[Row]:
    """Return the keys of a section, or of sections of several kinds, each key once."""
    if len(models) > 1:
        kinds = [f"`{_kind(model)}` ({_first_line(model)})" for model in models]
        yield f"{above}kind", "", f"One of {', '.join(kinds)}."
    found: dict[Row, list[str]] = {}
    for model in models:
        for row in _of_one(model, above, deep=deep):
            found.setdefault(row, []).append(_kind(model))
    for (key, default, meaning), kinds in found.items():
        of = "" if len(kinds) == len(models) else f"{', '.join(kinds)}: "
        yield key, default, of + meaning


def _of_one(model: type[BaseModel], above: str, *, deep: bool) -> Iterator[Row]:
    for key, field in model.model_fields.items():
        is_unfolded = deep and _is_section(field.annotation)
        is_shown = key != "kind" or kind_of(model) is None
        if is_shown and (not is_unfolded or type(None) in get_args(field.annotation)):
            yield f"{above}{key}", _default(field), _meaning(field)
        if is_unfolded:
            yield from _of_any(_sections_in(field.annotation), f"{above}{key}.", deep=True)


def _is_section(annotation: Any) -> bool:
    """Whether a value is a section, and not a list or mapping of sections."""
    parts = [part for part in get_args(annotation) if part is not type(None)] or [annotation]
    return all(isinstance(part, type) and issubclass(part, BaseModel) for part in parts)


def _sections_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _sections_in(part)]


def _kind(model: type[BaseModel]) -> str:
    field = model.model_fields.get("kind")
    return "" if field is None else str(field.default)


def _first_line(model: type[BaseModel]) -> str:
    return (inspect.getdoc(model) or "").splitlines()[0].rstrip(".")


def _meaning(field: FieldInfo) -> str:
    choices = [value for value in _choices(field.annotation) if isinstance(value, str)]
    named = f" One of {', '.join(f'`{value}`' for value in choices)}." if choices else ""
    return f"{field.description or ''}{named}"


def _choices(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    optional = type(None) in get_args(annotation)
    return [value for part in get_args(annotation) for value in _choices(part) if optional]


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined or isinstance(value, BaseModel):
        return ""
    return value if isinstance(value, str) and value else json.dumps(canonical(value))


def claims(name: str) -> str:
    """Return the claims of one result, such as ``composition.addition_claims``."""
    study, result = name.split(".")
    (module,) = [each.module for each in _BY_NAME[study].claims if each.name == result]
    rows = [
        [
            f"`{claim.name}`",
            claim.statement,
            claim.quantity,
            f"{'>' if claim.side == 'above' else '<'} {claim.threshold:g}",
            str(claim.minimum),
            claim.source,
        ]
        for claim in import_module(module).CLAIMS
    ]
    headers = ["claim", "statement", "quantity", "claimed", "least runs", "source"]
    return table_of(headers, rows)


def outcomes(name: str) -> str:
    """Return the verdicts of a long configuration that are kept in `atlas/`."""
    return table_of(COLUMNS, rows(read(ROOT / "atlas" / f"{name}.nc")))


def studies(name: str) -> str:
    """Return all studies, with what each is about as its package says it."""
    del name
    packages = {study.name: f"ontogeny.studies.{study.name}" for study in STUDIES}
    rows = [
        [f"`{study}`", (inspect.getdoc(import_module(package)) or "").splitlines()[0]]
        for study, package in packages.items()
    ]
    return table_of(["study", "what it is about"], rows)


def parameters(name: str) -> str:
    """Return the parameters of every kind of network that a study reads from files."""
    package = f"ontogeny.studies.{name}"
    networks = import_module(f"{package}.networks.build")
    setting_of = import_module(f"{package}.networks.mappings").setting_of
    rows = []
    for model in get_args(import_module(f"{package}.config").ArchitectureSettings):
        network = networks.build(model(), 2)
        sizes = _SIZES | ({"neuron": "d_mlp"} if "d_mlp" in model.model_fields else {})
        for parameter, dims in network.dimensions.items():
            setting = None if parameter in network.shapes() else setting_of(parameter, network)
            shape = ", ".join(sizes[dim] for dim in dims)
            rows.append(
                [
                    f"`{_kind(model)}`",
                    f"`{parameter}`" + (f" (`{setting}: true`)" if setting else ""),
                    f"({shape})",
                    ", ".join(dims).replace("_", " "),
                    _in_pytorch(dims, networks.EMBEDDED),
                ]
            )
    headers = ["kind", "parameter", "shape", "rows, columns", "in PyTorch"]
    return table_of(headers, rows)


_SIZES = {
    "element": "n",
    "token": "n + 1",
    "position": "3",
    "feature": "embedding",
    "concatenation": "2 embedding",
    "neuron": "hidden",
    "output": "n",
    "residual": "d_model",
    "head": "heads",
    "key_dimension": "d_head",
    "layer": "layers",
}
"""The size of each dimension of a parameter, by the keys of `architecture`."""


def _in_pytorch(dims: tuple[str, ...], embedded: tuple[str, ...]) -> str:
    """Return what has a parameter of these dimensions in PyTorch, as `tensors` names it."""
    if dims[0] == "layer":
        return "all layers in one tensor"
    if dims[0] in embedded:
        return "`nn.Embedding`: `NAME.weight`"
    if len(dims) == 1:
        return "`nn.Linear`: `NAME.bias`"
    whole = "`nn.Linear`: `NAME.weight.T`"
    return whole if dims[0] != "head" else f"{whole}, all heads side by side"


def dimensions(name: str) -> str:
    """Return the dimensions that are a study's own, or those that are ``shared`` by all."""
    if name == "shared":
        found = labels.DIMENSIONS
    else:
        own = _BY_NAME[name].dimensions.items()
        found = {dim: text for dim, text in own if labels.DIMENSIONS.get(dim) != text}
    rows = [[f"`{dim}`", text] for dim, text in found.items()]
    return table_of(["dimension", "meaning"], rows)


def variables(results: Path) -> str:
    """Return the variables of all results of a study, each with its dimensions and units.

    Parameters
    ----------
    results : path
        The folder of the results of a study.
    """
    found: dict[str, dict[tuple[str, ...], None]] = {}
    for path in sorted(results.rglob("*.nc")):
        place = path.relative_to(results)
        if {"figures", "own", ".state"} & set(place.parts):
            continue
        name = "sweeps/{sweep}" if place.parts[0] == "sweeps" else _named(path.stem)
        with xr.open_dataset(path) as dataset:
            for key, values in dataset.variables.items():
                described = (f"`{key}`", ", ".join(map(str, values.dims)))
                about = (str(values.attrs.get(each, "")) for each in ("long_name", "units"))
                found.setdefault(name, {})[(*described, *about)] = None
    headers = ["variable", "dimensions", "what it is", "units"]
    return "\n\n".join(
        f"### `{name}.nc`\n\n{table_of(headers, [list(row) for row in sorted(rows)])}"
        for name, rows in sorted(found.items())
    )


def _named(stem: str) -> str:
    """Return the name of a file, without the digest of what stored data depend on."""
    return re.sub("-[0-9a-f]{8}$", "-{digest}", stem)


def tables(results: dict[str, Path]) -> dict[str, Callable[[str], str | None]]:
    """Return the functions that make the tables of each kind.

    Parameters
    ----------
    results : dict
        The folder of the results of each study whose variables are written.
    """
    return {
        "keys": keys,
        "claims": claims,
        "dimensions": dimensions,
        "outcomes": outcomes,
        "parameters": parameters,
        "studies": studies,
        "variables": lambda study: variables(results[study]) if study in results else None,
    }


def main(folders: list[str]) -> None:
    """Write the schema and all tables; `folders` are those of the results of studies."""
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    results = {Path(folder).name: Path(folder) for folder in folders}
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        path.write_text(page(text, tables(results)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
