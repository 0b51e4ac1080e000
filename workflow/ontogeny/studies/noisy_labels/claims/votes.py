"""Claims on real comments that have one vote of a person as their label."""

from ontogeny.studies.noisy_labels.claims import _shared as claims

__all__ = ["CLAIMS"]

_SOURCE = "votes"

CLAIMS = (
    *claims.on_people(_SOURCE),
    *claims.on_accuracy(_SOURCE, tuning=0.0),
    *claims.on_bias(_SOURCE),
    *claims.on_dependence(_SOURCE),
)
