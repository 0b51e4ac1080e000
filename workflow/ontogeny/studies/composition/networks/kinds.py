"""The kinds of architectures and their modules, for those who do without torch."""

__all__ = ["architecture_module"]


def architecture_module(kind: str) -> str:
    """Return the name of the module of an architecture.

    Parameters
    ----------
    kind : str
        As in the configuration.

    Examples
    --------
    >>> architecture_module("deep-transformer")
    'ontogeny.studies.composition.networks.architectures.deep_transformer'
    """
    return f"ontogeny.studies.composition.networks.architectures.{kind.replace('-', '_')}"
