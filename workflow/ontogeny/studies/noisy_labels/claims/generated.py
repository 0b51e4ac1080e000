"""Claims on generated comments, whose biases are all known."""

from ontogeny.studies.noisy_labels.claims import _shared as claims

__all__ = ["CLAIMS"]

_SOURCE = "generated"

CLAIMS = (
    *claims.on_accuracy(_SOURCE, tuning=0.005),
    *claims.on_bias(_SOURCE),
    *claims.on_templates(_SOURCE),
    *claims.on_accuracy_of_raters(_SOURCE),
    *claims.on_class_noise(_SOURCE),
    *claims.on_dependence(_SOURCE),
    *claims.on_exaggeration(_SOURCE),
)
