"""Print the JSON schema of the configuration; `make schema` writes it."""

import json
import sys

from ontogeny.config import schema
from ontogeny.studies.composition.config import SWEPT, Composition

whole = schema({"composition": Composition}, title="Ontogeny", swept=SWEPT)
json.dump(whole, sys.stdout, indent=2)
sys.stdout.write("\n")
