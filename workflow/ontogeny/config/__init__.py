"""Configuration: strict sections, canonical form, and one clear message for a wrong file.

A section of the configuration is a pydantic model built on `Section`. Numbers are read by meaning
(``8``, ``8.0`` and the YAML 1.2 number ``1e-3`` that YAML 1.1 reads as text), everything else
strictly; unknown keys are refused with the nearest known one.
"""

from ontogeny.config._messages import (
    ConfigurationError,
    check_defaults,
    noted,
    refuse,
    short,
    validate,
)
from ontogeny.config._name import configuration_name
from ontogeny.config._schema import schema
from ontogeny.config._sections import (
    AS_REAL,
    AS_WHOLE,
    Count,
    Files,
    Name,
    Positive,
    Section,
    Seed,
    Seeds,
    Style,
    Texts,
    as_tuple,
)
from ontogeny.config._specification import (
    canonical,
    is_other_kind,
    merge,
    specification,
    with_style,
)
from ontogeny.config._yaml import parse_yaml

__all__ = [
    "AS_REAL",
    "AS_WHOLE",
    "ConfigurationError",
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
    "canonical",
    "check_defaults",
    "configuration_name",
    "is_other_kind",
    "merge",
    "noted",
    "parse_yaml",
    "refuse",
    "schema",
    "short",
    "specification",
    "validate",
    "with_style",
]
