"""Networks read in the basis of the irreps of their group."""

from ontogeny.studies.composition.analysis.evidence import Evidence, Losses, evidence
from ontogeny.studies.composition.analysis.frame import Frame, frame
from ontogeny.studies.composition.analysis.losses import (
    excluded_losses,
    losses,
    restricted_losses,
)
from ontogeny.studies.composition.analysis.means import (
    Layers,
    Matrices,
    Means,
    Network,
    group_means,
    logit_slice,
)
from ontogeny.studies.composition.analysis.neurons import Clusters, Neurons, clusters, neurons
from ontogeny.studies.composition.analysis.phases import BOUNDARIES, Phases, phases
from ontogeny.studies.composition.analysis.shares import (
    entry_gini,
    gini,
    hidden_shares,
    key_irreps,
    logit_similarity,
    matrix_shares,
)

__all__ = [
    "BOUNDARIES",
    "Clusters",
    "Evidence",
    "Frame",
    "Layers",
    "Losses",
    "Matrices",
    "Means",
    "Network",
    "Neurons",
    "Phases",
    "clusters",
    "entry_gini",
    "evidence",
    "excluded_losses",
    "frame",
    "gini",
    "group_means",
    "hidden_shares",
    "key_irreps",
    "logit_similarity",
    "logit_slice",
    "losses",
    "matrix_shares",
    "neurons",
    "phases",
    "restricted_losses",
]
