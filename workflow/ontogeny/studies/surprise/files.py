"""The files that the configuration gives a world."""

from ontogeny.studies.surprise.config import (
    LongTable,
    Mixture,
    PointsTable,
    Published,
    WideTable,
    World,
)

__all__ = ["files_of", "with_files"]


def files_of(world: World) -> tuple[str, ...]:
    """Return the files that the configuration gives a world: its text, or its tables."""
    match world:
        case Mixture(files=files) | Published(table=WideTable(files=files)):
            return files
        case Published(table=LongTable(file=file) | PointsTable(file=file)):
            return (file,)
    return ()


def with_files(world: World, files: tuple[str, ...]) -> World:
    """Return a world with others in the place of the files of `files_of`, as many of them."""
    match world:
        case Mixture():
            return world.model_copy(update={"files": files})
        case Published(table=WideTable() as table):
            return world.model_copy(update={"table": table.model_copy(update={"files": files})})
        case Published(table=table):
            return world.model_copy(update={"table": table.model_copy(update={"file": files[0]})})
    return world
