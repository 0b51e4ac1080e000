"""Many runs in one dataset: which irreps are learned, how often, in which order.

What arXiv 2302.03025 says about universality it says about many runs. Here the final checkpoint of
each run is one row, whatever its group: the dimension `irrep` joins the names of the irreps of all
groups, and what a group does not have is NaN.

Symbols: ``N`` runs; ``G`` groups; ``I`` names of irreps; ``K`` checkpoints; ``S`` steps of the
common grid.
"""

from ontogeny.studies.composition.irreps.comparison._join import comparison

__all__ = ["comparison"]
