"""Figures of all runs of a sweep."""
