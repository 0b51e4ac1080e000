"""The files that the configuration gives a corpus."""

from ontogeny.studies.noisy_labels.config import Civil, Corpus, Votes

__all__ = ["files_of", "paths_of"]

_KEYS = ("files", "development", "test", "templates", "cases")


def files_of(corpus: Votes | Civil) -> dict[str, tuple[str, ...]]:
    """Return the files of a corpus by the key that names them, in the order they are read."""
    named = {key: getattr(corpus, key) for key in _KEYS}
    return {
        key: (names,) if isinstance(names, str) else tuple(names)
        for key, names in named.items()
        if names
    }


def paths_of(corpus: Corpus) -> list[str]:
    """Return all files that the configuration gives a corpus."""
    files = files_of(corpus) if isinstance(corpus, Votes | Civil) else {}
    return [path for paths in files.values() for path in paths]
