"""What is wrong with a corpus of files, before any job starts.

No job imports this module.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from ontogeny.csv_rows import TableError
from ontogeny.given_files import problem_of_text, repeated
from ontogeny.storage import read_texts
from ontogeny.studies.noisy_labels.config import Civil, Votes
from ontogeny.studies.noisy_labels.corpora.cleaning import cleaned
from ontogeny.studies.noisy_labels.corpora.files import (
    divided_comments,
    lacking,
    sentences_of,
)
from ontogeny.studies.noisy_labels.files import files_of, paths_of

__all__ = ["problems_of_files"]

_COMMENTS = ("files", "development", "test")

_MOST = 50_000_000
"""Bytes of comments that are read whenever a configuration is; the job that makes the corpus says
what is wrong with larger files.
"""


def problems_of_files(corpus: Votes | Civil, at: str) -> Iterator[str]:
    """Say what is wrong with a corpus of files, without quoting any comment.

    Parameters
    ----------
    corpus : Votes or Civil
    at : str
        Its key in the configuration, such as ``noisy_labels.corpora.tweets``.

    Yields
    ------
    str
        Key, value, rule and remedy; of a file also line and column.
    """
    problems = [*_of_shares(corpus, at), *_of_names(corpus, at)]
    if isinstance(corpus, Votes):
        problems += _of_groups(corpus, at)
    yield from problems
    if not problems and sum(Path(path).stat().st_size for path in paths_of(corpus)) <= _MOST:
        texts = {key: read_texts(names) for key, names in files_of(corpus).items()}
        yield from _of_contents(corpus, texts, at)


def _of_shares(corpus: Votes | Civil, at: str) -> Iterator[str]:
    shares = {"rater_share": corpus.rater_share}
    shares |= {} if corpus.development else {"development_share": corpus.development_share}
    shares |= {} if corpus.test else {"test_share": corpus.test_share}
    total = sum(shares.values())
    if total >= 1:
        each = " + ".join(f"`{key}` {share:g}" for key, share in shares.items())
        yield (
            f"`{at}`: {each} = {total:g} must be less than 1, since networks learn from the rest "
            "of the comments; lower a share"
        )


def _of_groups(corpus: Votes, at: str) -> Iterator[str]:
    if not corpus.groups:
        yield f"`{at}.groups`: must hold at least 1 group with its terms"
    for name, terms in corpus.groups.items():
        if not terms:
            yield f"`{at}.groups.{name}`: must hold at least 1 term that names the group"
        for term in terms:
            if not cleaned(term):
                yield (
                    f"`{at}.groups.{name}` = {term!r}: has no word; give terms of letters or digits"
                )


def _of_names(corpus: Votes | Civil, at: str) -> Iterator[str]:
    """Say what is wrong with files, as far as it can be said without their format."""
    given = [(key, name) for key, names in files_of(corpus).items() for name in names]
    problems = {name: problem for _, name in given if (problem := problem_of_text(name))}
    problems = problems or repeated(name for _, name in given)
    last = {name: key for key, name in given}
    for name, problem in problems.items():
        yield f"`{at}.{last[name]}` = {name!r}: {problem}"
    for name, key in last.items():
        known = (".csv", ".json") if isinstance(corpus, Votes) and key in _COMMENTS else (".csv",)
        if Path(name).suffix.lower() not in known:
            yield (
                f"`{at}.{key}` = {name!r}: the name must end in {' or '.join(known)}, which says "
                "how it is read; rename it, or give another file"
            )
    suffixes = {Path(name).suffix.lower(): name for key, name in given if key in _COMMENTS}
    if {".csv", ".json"} <= suffixes.keys():
        yield (
            f"`{at}.files`: {suffixes['.csv']!r} is CSV and {suffixes['.json']!r} JSON, but all "
            "files of a corpus must have one format; make a corpus of each"
        )


def _of_contents(corpus: Votes | Civil, texts: Mapping[str, list[str]], at: str) -> Iterator[str]:
    try:
        found = divided_comments(corpus, texts)
        sentences = sentences_of(corpus, texts)
    except TableError as error:
        yield f"`{at}`: {error}"
        return
    for key, says in lacking(corpus, found, sentences):
        yield f"`{at}.{key}`{says}"
