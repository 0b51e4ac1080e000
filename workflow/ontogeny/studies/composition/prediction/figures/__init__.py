"""Figures, one a module, below the level at which each is drawn."""
