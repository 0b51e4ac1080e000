"""Group composition: networks that learn to multiply in a finite group.

The study of arXiv 2302.03025 (A Toy Model of Universality) and arXiv 2301.05217 (Progress
measures for grokking via mechanistic interpretability).
"""
