"""The kinds of attention heads that the study tells apart."""

__all__ = ["HEAD_KINDS"]

HEAD_KINDS = ("other", "previous-token", "induction")
"""Datasets hold the kind of a head as its place here."""
