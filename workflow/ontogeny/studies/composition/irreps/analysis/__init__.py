"""Networks read in the basis of the irreps of their group."""

from ontogeny.studies.composition.irreps.analysis.ablations import Ablations, ablations
from ontogeny.studies.composition.irreps.analysis.classes import ClassLogits, class_logits
from ontogeny.studies.composition.irreps.analysis.components import Components, components
from ontogeny.studies.composition.irreps.analysis.cosets import coset_partitions, cosets_of
from ontogeny.studies.composition.irreps.analysis.evidence import Evidence, evidence
from ontogeny.studies.composition.irreps.analysis.frame import Frame, frame, frequency_of
from ontogeny.studies.composition.irreps.analysis.losses import (
    SPLITS,
    Ablation,
    ablated_losses,
    losses,
    restricted_losses,
    splits_of,
)
from ontogeny.studies.composition.irreps.analysis.means import (
    Layers,
    LogitSums,
    Matrices,
    Means,
    Network,
    group_means,
)
from ontogeny.studies.composition.irreps.analysis.neurons import (
    Clusters,
    Neurons,
    block_means,
    clusters,
    examples,
    neurons,
    strongest,
    unembedding_shares,
)
from ontogeny.studies.composition.irreps.analysis.nulls import nulls, relabelled, relabelled_means
from ontogeny.studies.composition.irreps.analysis.order import LEARNED, learning_order
from ontogeny.studies.composition.irreps.analysis.phases import BOUNDARIES, Phases, phases
from ontogeny.studies.composition.irreps.analysis.recovery import Recovery, recovery
from ontogeny.studies.composition.irreps.analysis.shares import (
    entry_gini,
    gini,
    hidden_shares,
    key_irreps,
    logit_similarity,
    logit_similarity_on_test_pairs,
    matrix_shares,
)

__all__ = [
    "BOUNDARIES",
    "LEARNED",
    "SPLITS",
    "Ablation",
    "Ablations",
    "ClassLogits",
    "Clusters",
    "Components",
    "Evidence",
    "Frame",
    "Layers",
    "LogitSums",
    "Matrices",
    "Means",
    "Network",
    "Neurons",
    "Phases",
    "Recovery",
    "ablated_losses",
    "ablations",
    "block_means",
    "class_logits",
    "clusters",
    "components",
    "coset_partitions",
    "cosets_of",
    "entry_gini",
    "evidence",
    "examples",
    "frame",
    "frequency_of",
    "gini",
    "group_means",
    "hidden_shares",
    "key_irreps",
    "learning_order",
    "logit_similarity",
    "logit_similarity_on_test_pairs",
    "losses",
    "matrix_shares",
    "neurons",
    "nulls",
    "phases",
    "recovery",
    "relabelled",
    "relabelled_means",
    "restricted_losses",
    "splits_of",
    "strongest",
    "unembedding_shares",
]
