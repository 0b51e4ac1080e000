"""The files that the configuration gives a world."""

from ontogeny.studies.surprise.config import (
    LongTable,
    Mixture,
    PointsTable,
    Published,
    WideTable,
    World,
)

__all__ = ["files_of"]


def files_of(world: World) -> tuple[str, ...]:
    """Return the files that the configuration gives a world: its text, or its tables."""
    match world:
        case Mixture(files=files) | Published(table=WideTable(files=files)):
            return files
        case Published(table=LongTable(file=file) | PointsTable(file=file)):
            return (file,)
    return ()
