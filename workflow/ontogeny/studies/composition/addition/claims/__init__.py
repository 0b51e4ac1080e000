"""What arXiv 2301.05217 claims of networks that add.

Every measure reads the dataset of `ontogeny.studies.composition.addition.comparison`. Claims about
networks that generalise count the runs on sums with weight decay 1 or more throughout, half of the
pairs or fewer, a last test accuracy of at least 0.99 and a last test loss below 1e-4, so that
cleanup is behind them. Of runs that differ in nothing but their length one counts, the longest.
docs/claims.md has the formulas.
"""

from ontogeny.studies.composition.addition.claims._circuits import OF_CIRCUITS
from ontogeny.studies.composition.addition.claims._settings import OF_SETTINGS

__all__ = ["CLAIMS"]

CLAIMS = (*OF_CIRCUITS, *OF_SETTINGS)
"""The claims, in the order in which they are shown."""
