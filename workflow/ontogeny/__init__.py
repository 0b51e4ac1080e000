"""Watch circuits form in small neural networks that learn finite groups."""

__all__ = ["__version__"]

__version__ = "0.1.0"
