"""What is wrong with a published world, before any job starts.

No job imports this module.
"""

from collections.abc import Iterator

from ontogeny.csv_rows import TableError
from ontogeny.given_files import problem_of_text, repeated
from ontogeny.storage import read_texts
from ontogeny.studies.surprise.config import Published, WideTable
from ontogeny.studies.surprise.files import files_of
from ontogeny.studies.surprise.published.models import LabelError
from ontogeny.studies.surprise.published.reading import lacking, tables_of

__all__ = ["problems_of_published"]


def problems_of_published(world: Published, at: str) -> Iterator[str]:
    """Say what is wrong with the tables of a world, or what they lack.

    Parameters
    ----------
    world : Published
    at : str
        Its key in the configuration, such as ``surprise.worlds.pythia``.

    Yields
    ------
    str
        Key, value, rule and remedy.
    """
    files = files_of(world)
    key = f"`{at}.table.{'files' if isinstance(world.table, WideTable) else 'file'}`"
    problems = {file: problem for file in files if (problem := problem_of_text(file))}
    problems = problems or repeated(files)
    if problems:
        for file, problem in problems.items():
            yield f"{key} = {file!r}: {problem}"
        return
    try:
        found = tables_of(world, read_texts(files))
    except TableError as error:
        yield f"{key}: {error}"
        return
    except LabelError as error:
        yield f"`{at}.table.{error.key}`{error}"
        return
    for name, says in lacking(world, found):
        yield f"`{at}.{name}`{says}"
