"""Claims on real comments that a network labels."""

from ontogeny.studies.noisy_labels.claims import _shared as claims

__all__ = ["CLAIMS"]

_SOURCE = "comments"

CLAIMS = (
    *claims.on_accuracy(_SOURCE, tuning=0.0),
    *claims.on_bias(_SOURCE),
    *claims.on_dependence(_SOURCE),
    *claims.on_exaggeration(_SOURCE),
)
