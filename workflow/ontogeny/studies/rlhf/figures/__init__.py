"""Figures of the study, by what they are drawn of."""
