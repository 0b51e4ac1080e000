"""Preference models and the policies trained against them (arXiv 2204.05862)."""
