"""Figures of all runs on a corpus."""
