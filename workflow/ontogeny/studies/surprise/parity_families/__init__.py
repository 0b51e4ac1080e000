"""Families of parity networks that differ in width alone: laws, forecasts, single abilities."""

from ontogeny.studies.surprise.parity_families._abilities import abilities
from ontogeny.studies.surprise.parity_families._families import (
    Family,
    described,
    families_of,
    kin_of,
    measured,
    steps_of,
    widths_of,
)
from ontogeny.studies.surprise.parity_families._forecasts import (
    FORECASTERS_OF_PARITY,
    cuts_of,
    forecasts,
)
from ontogeny.studies.surprise.parity_families._laws import CONSTANTS, laws

__all__ = [
    "CONSTANTS",
    "FORECASTERS_OF_PARITY",
    "Family",
    "abilities",
    "cuts_of",
    "described",
    "families_of",
    "forecasts",
    "kin_of",
    "laws",
    "measured",
    "steps_of",
    "widths_of",
]
