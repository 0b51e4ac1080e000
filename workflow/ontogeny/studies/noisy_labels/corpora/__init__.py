"""Corpora: comments in four parts, the groups they name, probes, and vectors of words."""
