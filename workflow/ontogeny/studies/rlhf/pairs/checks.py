"""What is wrong with a file of real comparisons, before any job starts.

No job imports this module.
"""

from collections.abc import Iterator
from pathlib import Path

from ontogeny.csv_rows import TableError
from ontogeny.given_files import problem_of_text
from ontogeny.storage import read_texts
from ontogeny.studies.rlhf.pairs.protocol import FOLDS
from ontogeny.studies.rlhf.pairs.reading import SUFFIXES, GivenPairs, comparisons_of

__all__ = ["problems_of_pairs"]

_MOST = 50_000_000
"""Bytes of a file that is read whenever a configuration is; the job that makes the world says what
is wrong with a larger one.
"""


def problems_of_pairs(world: GivenPairs, at: str) -> Iterator[str]:
    """Say what is wrong with a world of real comparisons, without quoting any text.

    Parameters
    ----------
    world : GivenPairs
    at : str
        Its key in the configuration, such as ``rlhf.worlds.harmless``.

    Yields
    ------
    str
        Key, value, rule and remedy; of the file also the line or the record.
    """
    file = f"`{at}.file` = {world.file!r}"
    problem = problem_of_text(world.file)
    if problem is not None:
        yield f"{file}: {problem}"
        return
    endings = SUFFIXES[world.layout]
    if not world.file.lower().endswith(endings):
        yield (
            f"{file}: the name must end in {' or '.join(endings)} for the layout "
            f"`{world.layout}`; rename the file, or change `{at}.layout`"
        )
        return
    if Path(world.file).stat().st_size > _MOST:
        return
    try:
        found = comparisons_of(read_texts([world.file])[0], world.file, world.layout)
    except TableError as error:
        yield f"`{at}`: {error}"
        return
    groups = int(found.group.max()) + 1
    if groups < FOLDS:
        yield (
            f"{file}: its comparisons have {groups} different first "
            f"{'message' if groups == 1 else 'messages'}, but models are tested on {FOLDS} folds "
            f"that share none; give at least {FOLDS}"
        )
