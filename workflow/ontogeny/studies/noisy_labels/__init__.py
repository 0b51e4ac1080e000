"""Few clean labels, many biased ones: nine strategies, every group measure (arXiv 2110.01577)."""
