"""Print the JSON schema of the configuration; `make schema` writes it."""

import json
import sys

from ontogeny.config import schema
from ontogeny.studies.composition import config as composition
from ontogeny.studies.induction import config as induction

whole = schema(
    {"composition": composition.Composition, "induction": induction.Induction},
    title="Ontogeny",
    swept=(*composition.SWEPT, *induction.SWEPT),
)
json.dump(whole, sys.stdout, indent=2)
sys.stdout.write("\n")
