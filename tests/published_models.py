"""Published worlds for tests: fabricated tables of config/test, and the real ones where they are.

The numbers of config/test are invented. The losses of models-long.csv are 1 + (1e7 / N)^0.4, its
two tasks lie on one line in ln N up to bumps that cancel in their mean. In models-wide.csv the
addition of the family `hare` jumps; compute says little of addition and much of MMLU. The losses of
models-points.csv are 1.8 + 480 N^-0.35 + 2000 D^-0.37, apart from the last one.
"""

from functools import cache
from pathlib import Path

import yaml

from ontogeny.storage import read_texts
from ontogeny.studies.surprise.config import Published
from ontogeny.studies.surprise.files import files_of
from ontogeny.studies.surprise.stages.published_scaling import published_scaling
from ontogeny.studies.surprise.stages.published_world import published_world

ROOT = Path(__file__).parents[1]
TABLES = ROOT / "config" / "test"
REFERENCE = ROOT.parent / "shared" / "reference" / "surprise"

SIZES = {"1m": 10**6, "4m": 4 * 10**6, "16m": 16 * 10**6, "64m": 64 * 10**6, "256m": 256 * 10**6}


def spec(table, **fields):
    """Return a published world whose table is described by a dictionary."""
    return Published.model_validate({"kind": "published", "table": table} | fields)


def long_world(*, table=None, **fields):
    whole = {
        "kind": "long",
        "file": str(TABLES / "models-long.csv"),
        "parameters": SIZES,
        "families": {"": "plain"},
    } | (table or {})
    return spec(whole, **{"loss": "story", "average": ["story", "quiz"]} | fields)


def wide_world(*, family="hare", reference="MMLU", **fields):
    table = {
        "kind": "wide",
        "files": [str(TABLES / "models-wide.csv")],
        "family": family,
        "reference": reference,
    }
    return spec(table, **{"abilities": {"addition": 0}} | fields)


def points_world(*, left_out=1, **fields):
    table = {"kind": "points", "file": str(TABLES / "models-points.csv"), "left_out": left_out}
    return spec(table, **fields)


WORLDS = {"long": long_world(), "wide": wide_world(), "points": points_world()}


def stored(specs):
    """Return the stored world of each specification."""
    return {name: published_world(each, read_texts(files_of(each))) for name, each in specs.items()}


@cache
def scaled(*names):
    """Return the scaling of some of the fabricated worlds, of all unless named."""
    specs = {name: WORLDS[name] for name in names or WORLDS}
    return published_scaling(specs, stored(specs))


@cache
def real():
    """Return the scaling of the real tables, or None where one of them is missing."""
    text = (ROOT / "config" / "published-models.yaml").read_text()
    section = yaml.safe_load(text.replace("evaluations/", f"{REFERENCE}/"))["surprise"]
    specs = {name: Published.model_validate(world) for name, world in section["worlds"].items()}
    if not all(Path(file).is_file() for each in specs.values() for file in files_of(each)):
        return None
    return published_scaling(specs, stored(specs))
