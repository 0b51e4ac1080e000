"""Figures of the study, one a module.

Each module has `numbers`, which selects what the figure shows from stored results, and `draw`,
which draws exactly that and computes nothing.
"""
