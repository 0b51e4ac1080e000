"""The section ``groups`` of the configuration."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from ontogeny.config import AS_WHOLE, Name, Section

__all__ = ["GivenGroup", "Groups"]


def _generators(value: object) -> object:
    if value is None or (isinstance(value, list | str) and value):
        return value
    msg = "must be a list of generators, or the name of a file that holds one"
    raise ValueError(msg)


_WHOLE_NUMBERS: dict[str, Any] = {"type": "array", "items": {"type": "number"}}
_FILE: dict[str, Any] = {"type": "string", "minLength": 1}
_PERMUTATIONS = {"anyOf": [{"type": "string"}, _WHOLE_NUMBERS]}
_MATRICES = {"type": "array", "items": _WHOLE_NUMBERS}


def _list_or_file(items: dict[str, Any]) -> WithJsonSchema:
    several = {"type": "array", "minItems": 1, "items": items}
    return WithJsonSchema({"anyOf": [_FILE, several, {"type": "null"}]})


class GivenGroup(Section):
    """A group that is given by its multiplication table or by generators: one of the three."""

    table: str | None = Field(
        None,
        min_length=1,
        description="A CSV or netCDF file with the multiplication table; see config/README.md.",
    )
    permutations: Annotated[Any, BeforeValidator(_generators), _list_or_file(_PERMUTATIONS)] = (
        Field(
            None,
            description="Permutations that generate the group, in cycle notation or as image "
            "lists, or a file that holds them; see config/README.md.",
        )
    )
    matrices: Annotated[Any, BeforeValidator(_generators), _list_or_file(_MATRICES)] = Field(
        None,
        description="Square matrices of whole numbers that generate the group, or a file that "
        "holds them; see config/README.md.",
    )
    modulus: Annotated[int, Field(ge=2, le=1_000_000), AS_WHOLE] | None = Field(
        None, description="What the entries of `matrices` are modulo; null: they are integers."
    )

    @model_validator(mode="after")
    def _one_of_three(self) -> "GivenGroup":
        given = [key for key in ("table", "permutations", "matrices") if getattr(self, key)]
        if len(given) != 1:
            which = f"has {' and '.join(f'`{key}`' for key in given)}" if given else "has none"
            msg = f"must have one of `table`, `permutations` and `matrices`, and {which}"
            raise ValueError(msg)
        if self.modulus is not None and given != ["matrices"]:
            msg = f"`modulus` is of `matrices`, and has no meaning beside `{given[0]}`"
            raise ValueError(msg)
        return self

    @property
    def file(self) -> str | None:
        """The file that the table or the generators are in; None when they stand here."""
        generators = self.permutations or self.matrices
        is_file = isinstance(generators, str) and not generators.lstrip().startswith("(")
        if is_file and self.permutations and "(" in generators and not _exists(generators):
            is_file = False
        return self.table or (generators if is_file else None)


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # a text that no file may be called
        return False


class Groups(Section):
    """The section ``groups``."""

    groups: dict[Name, GivenGroup] = Field(
        description="Groups that are given by a table or by generators, by the name that "
        "experiments use."
    )
