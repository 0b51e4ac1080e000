"""Measures of networks, as functions of arrays and tensors."""
