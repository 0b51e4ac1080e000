"""Print the JSON schema of the configuration; `make schema` writes it."""

import json
import sys

from ontogeny.config import schema
from ontogeny.studies.composition.config import Composition

json.dump(schema({"composition": Composition}, title="Ontogeny"), sys.stdout, indent=2)
sys.stdout.write("\n")
