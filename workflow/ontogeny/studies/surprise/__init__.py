"""Predictable loss and surprising abilities of networks that grow (arXiv 2202.07785)."""
