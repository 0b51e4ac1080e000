"""Worlds of the study: a chain that writes the corpus, and a gold score of sequences."""
