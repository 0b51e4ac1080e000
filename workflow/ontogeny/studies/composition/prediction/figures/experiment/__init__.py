"""Figures of all runs of an experiment."""
