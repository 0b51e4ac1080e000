"""The files that the configuration gives a corpus."""

from ontogeny.studies.noisy_labels.config import Corpus, Generated

__all__ = ["files_of"]


def files_of(corpus: Corpus) -> tuple[str, ...]:
    """Return the files that the configuration gives a corpus: comments, then probes."""
    if isinstance(corpus, Generated):
        return ()
    probes = (path for path in (corpus.templates, corpus.cases) if path is not None)
    return (*corpus.files, *corpus.development, *corpus.test, *probes)
