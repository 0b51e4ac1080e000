"""Sections, and the types of the values in them."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WrapValidator,
    model_validator,
)

from ontogeny.config._shown import short

__all__ = [
    "AS_REAL",
    "AS_WHOLE",
    "DISTINCT",
    "LONGEST_NAME",
    "NAME_PATTERN",
    "Count",
    "Files",
    "Name",
    "Positive",
    "Section",
    "Seed",
    "Seeds",
    "Style",
    "Texts",
    "as_tuple",
    "is_repeated",
]

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def _number(value: object) -> object:
    if isinstance(value, bool):
        msg = "must be a number"
        raise ValueError(msg)  # noqa: TRY004  (pydantic collects ValueError)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value) if value.isdecimal() else float(value)
    return value


def _real(value: object) -> object:
    value = _number(value)
    if not isinstance(value, int | float):
        return value
    try:
        return float(value) + 0.0  # -0.0 becomes 0.0, which means the same
    except OverflowError:
        msg = "must be a finite number"
        raise ValueError(msg) from None


def _whole(value: object) -> object:
    value = _number(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def as_tuple(value: object) -> object:
    """Return a list as a tuple, for fields of strict models, and anything else as it is."""
    return tuple(value) if isinstance(value, list) else value


def _distinct(value: object, handler: Callable[[object], Any]) -> object:
    if not isinstance(value, list | tuple):
        msg = "must be a list"
        if not isinstance(value, Mapping):
            msg += f", for example [{short(value)}]"
        raise ValueError(msg)  # noqa: TRY004  (pydantic collects ValueError)
    return _each_once(value, handler(tuple(value)))


def _each_once(written: Sequence[object], found: Sequence[Any], why: str = "") -> Sequence[Any]:
    """Return items as validation has read them; refuse equal ones, with how they are written."""
    if len({*found}) == len(found):
        return found
    item, _ = Counter(found).most_common(1)[0]
    spelt = [short(each) for each, read in zip(written, found, strict=True) if read == item]
    how = "" if len({*spelt}) == 1 else f" (written {' and '.join(spelt[:4])})"
    msg = f"holds {short(item)} more than once{how}; {why or 'give it once'}"
    raise ValueError(msg)


DISTINCT = WrapValidator(_distinct)
"""Reads a list, in which each item is there only once: ``1``, ``1.0`` and ``1e0`` are the same."""


def _texts(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list | tuple):
        msg = "must be a text or a list of texts"
        raise ValueError(msg)  # noqa: TRY004  (pydantic collects ValueError)
    return tuple(value)


Texts = Annotated[tuple[str, ...], DISTINCT, BeforeValidator(_texts)]
"""A list of texts, each once, or a single one."""

Files = Texts
"""Names of files."""

AS_REAL = BeforeValidator(_real)
"""Reads a real number by meaning: ``1``, ``1.0`` and ``1e0`` are the same."""

AS_WHOLE = BeforeValidator(_whole)
"""Reads a whole number by meaning: ``8`` and ``8.0`` are the same."""

NAME_PATTERN = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"

LONGEST_NAME = 224
"""Characters of a name; with a seed and what is added to it while a file is written, it fits into
the 255 bytes that the name of a file can have."""


def is_repeated(name: str) -> bool:
    """Return whether a name ends with 20 or more times the same, which Snakemake refuses.

    Examples
    --------
    >>> is_repeated("b" + "a" * 19), is_repeated("b" + "a" * 20), is_repeated("run" + "-0" * 20)
    (False, True, True)
    """
    return re.search(r"(.+)\1{19}$", name) is not None


def _name(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(NAME_PATTERN, value):
        msg = (
            "must be lower-case letters, digits and single hyphens, beginning with a letter "
            "(it names files)"
        )
        raise ValueError(msg)
    if len(value) > LONGEST_NAME:
        msg = f"must have at most {LONGEST_NAME} characters, and has {len(value)} (it names files)"
        raise ValueError(msg)
    if is_repeated(value):
        msg = "must not end with 20 or more times the same; choose another"
        raise ValueError(msg)
    return value


Name = Annotated[
    str, Field(pattern=f"^{NAME_PATTERN}$", max_length=LONGEST_NAME), BeforeValidator(_name)
]
"""A name that becomes part of a file's path."""


class Section(BaseModel):
    """Base of every section: immutable, strict, without unknown keys.

    Attributes
    ----------
    FORMAT : int
        Raised by hand in a section of which a default changes. Above 1 it is part of the
        specification, so that results that were made with the old default are made again. It is
        not inherited, since a section that derives from another may have a default of its own.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, validate_default=True
    )

    FORMAT: ClassVar[int] = 1

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.FORMAT = cls.__dict__.get("FORMAT", 1)

    @model_validator(mode="before")
    @classmethod
    def _without_format(cls, value: Any) -> Any:
        """Accept the format that a specification states."""
        if cls.FORMAT > 1 and isinstance(value, Mapping) and value.get("format") == cls.FORMAT:
            return {key: below for key, below in value.items() if key != "format"}
        return value


Positive = Annotated[float, Field(gt=0, le=1e9), AS_REAL]
Count = Annotated[int, Field(ge=1, le=10**9), AS_WHOLE]
Seed = Annotated[int, Field(ge=0, lt=2**63), AS_WHOLE]


def _different(value: object, handler: Callable[[object], Any]) -> object:
    if not isinstance(value, list | tuple):
        msg = "must be a list of whole numbers, for example [0, 1]"
        raise ValueError(msg)  # noqa: TRY004  (pydantic collects ValueError)
    if not value:
        msg = "must hold at least one seed; give a list of whole numbers, for example [0, 1]"
        raise ValueError(msg)
    return _each_once(value, handler(tuple(value)), "each seed is one run")


Seeds = Annotated[tuple[Seed, ...], WrapValidator(_different)]
"""Seeds of an experiment, each once: ``1``, ``1.0`` and ``1e0`` are the same seed."""


class Style(Section):
    """How figures look."""

    FORMAT = 2

    width: Annotated[float, Field(ge=3, le=20), AS_REAL] = Field(7.0, description="Width [inch].")
    resolution: Annotated[int, Field(ge=50, le=600), AS_WHOLE] = Field(
        150, description="Resolution of the PNG files [dots/inch]."
    )
    log_steps: bool = Field(False, description="Draw training steps on a logarithmic axis.")
