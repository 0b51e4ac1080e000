"""The studies of the project: the one list that a new study is added to."""

from ontogeny.studies.composition.study import STUDY as COMPOSITION
from ontogeny.studies.imitation.study import STUDY as IMITATION
from ontogeny.studies.induction.study import STUDY as INDUCTION
from ontogeny.studies.noisy_labels.study import STUDY as NOISY_LABELS
from ontogeny.studies.rlhf.study import STUDY as RLHF
from ontogeny.studies.surprise.study import STUDY as SURPRISE

__all__ = ["STUDIES"]

STUDIES = (COMPOSITION, INDUCTION, IMITATION, SURPRISE, NOISY_LABELS, RLHF)
