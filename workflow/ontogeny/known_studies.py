"""All studies, in the order in which the workflow, the schema and the tables name them."""

from typing import Any

from ontogeny.studies.composition.study import STUDY as COMPOSITION
from ontogeny.studies.induction import config as induction
from ontogeny.studies.induction.labels import DIMENSIONS
from ontogeny.study import Claims, Plan, Study

__all__ = ["STUDIES"]


def _no_plan(*_: Any) -> Plan:
    raise NotImplementedError


# Until `ontogeny.studies.induction.study` is there.
INDUCTION = Study(
    name="induction",
    title="Induction heads",
    section=induction.Induction,
    resolve=induction.resolve,
    plan=_no_plan,
    levels={},
    figures=induction.FIGURES,
    style=induction.Style,
    dimensions=DIMENSIONS,
    claims=(Claims("claims", "ontogeny.studies.induction.claims", "comparison"),),
    swept=induction.SWEPT,
)

STUDIES = (COMPOSITION, INDUCTION)
