"""Figures of all runs of the study."""
