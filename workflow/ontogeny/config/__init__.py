"""Configuration: strict sections, canonical form, and one clear message for a wrong file.

A section of the configuration is a pydantic model built on `Section`. Numbers are read by meaning
(``8``, ``8.0`` and the YAML 1.2 number ``1e-3`` that YAML 1.1 reads as text), everything else
strictly; unknown keys are refused with the nearest known one.
"""

from ontogeny.config._faults import (
    Fault,
    Location,
    check_defaults,
    read,
    unknown_name,
    validate,
    without,
)
from ontogeny.config._messages import ConfigurationError, noted, refuse
from ontogeny.config._models import kind_of, nearest
from ontogeny.config._name import configuration_name
from ontogeny.config._schema import schema
from ontogeny.config._sections import (
    AS_REAL,
    AS_WHOLE,
    DISTINCT,
    LONGEST_NAME,
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
    is_repeated,
)
from ontogeny.config._shown import short, shown_key
from ontogeny.config._specification import (
    canonical,
    is_other_kind,
    merge,
    specification,
    styled,
    with_style,
)
from ontogeny.config._spelling import as_written, respelt
from ontogeny.config._yaml import parse_yaml

__all__ = [
    "AS_REAL",
    "AS_WHOLE",
    "DISTINCT",
    "LONGEST_NAME",
    "ConfigurationError",
    "Count",
    "Fault",
    "Files",
    "Location",
    "Name",
    "Positive",
    "Section",
    "Seed",
    "Seeds",
    "Style",
    "Texts",
    "as_tuple",
    "as_written",
    "canonical",
    "check_defaults",
    "configuration_name",
    "is_other_kind",
    "is_repeated",
    "kind_of",
    "merge",
    "nearest",
    "noted",
    "parse_yaml",
    "read",
    "refuse",
    "respelt",
    "schema",
    "short",
    "shown_key",
    "specification",
    "styled",
    "unknown_name",
    "validate",
    "with_style",
    "without",
]
