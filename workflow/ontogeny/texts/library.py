"""The text that is there without any file: the source of the Python standard library."""

import sysconfig
import tokenize
from pathlib import Path

__all__ = ["source_texts", "standard_library"]

_LEFT_OUT = {"test", "tests", "idlelib", "encodings", "site-packages", "lib2to3", "turtledemo"}


def standard_library() -> list[Path]:
    """Return the source files of the Python standard library but its tests and tables, sorted."""
    root = Path(sysconfig.get_paths()["stdlib"])
    files = (path.relative_to(root) for path in root.rglob("*.py"))
    return [root / path for path in sorted(files) if not _LEFT_OUT & set(path.parts)]


def source_texts() -> list[str]:
    """Return the texts of `standard_library`, each in the encoding that it declares."""
    texts = []
    for path in standard_library():
        with tokenize.open(path) as file:
            texts.append(file.read())
    return texts
