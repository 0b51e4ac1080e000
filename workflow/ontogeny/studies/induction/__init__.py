"""Induction heads in small transformers (arXiv 2209.11895)."""
