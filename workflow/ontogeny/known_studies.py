"""The studies of the project: the one list that a new study is added to."""

from ontogeny.studies.composition.study import STUDY as COMPOSITION
from ontogeny.studies.imitation.study import STUDY as IMITATION
from ontogeny.studies.induction.study import STUDY as INDUCTION
from ontogeny.studies.surprise.study import STUDY as SURPRISE

__all__ = ["STUDIES"]

STUDIES = (COMPOSITION, INDUCTION, IMITATION, SURPRISE)
