"""Many runs in one dataset: runs as rows, the fields of a sweep as dimensions, pairs of runs."""

from ontogeny.joins._runs import Run

__all__ = ["Run"]
