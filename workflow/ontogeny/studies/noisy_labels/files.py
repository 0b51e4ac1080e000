"""The files that the configuration gives a corpus."""

from collections.abc import Iterable

from ontogeny.studies.noisy_labels.config import Civil, Corpus, Votes

__all__ = ["files_of", "paths_of", "with_paths"]

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


def with_paths(corpus: Corpus, paths: Iterable[str]) -> Corpus:
    """Return a corpus with others in the place of the files of `paths_of`, as many of them."""
    if not isinstance(corpus, Votes | Civil):
        return corpus
    others = iter(paths)
    found = {key: tuple(next(others) for _ in names) for key, names in files_of(corpus).items()}
    single = {key for key in found if isinstance(getattr(corpus, key), str)}
    update = {key: names[0] if key in single else names for key, names in found.items()}
    return corpus.model_copy(update=update)
