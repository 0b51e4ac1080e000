"""Watch circuits form in small neural networks that learn finite groups.

In a notebook, `open_run` opens the results of a run and `runs` lists those below a folder;
`network_at` gives its network at a step, and `draw_phases` and `draw` draw. See docs/notebook.md.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ontogeny.notebook import draw, draw_phases, network_at, open_run, runs

__all__ = ["__version__", "draw", "draw_phases", "network_at", "open_run", "runs"]

__version__ = "0.1.0"

_NOTEBOOK = "ontogeny.notebook"
"""Imported when one of its functions is first asked for."""


def __getattr__(name: str) -> Any:
    if name in __all__:
        from importlib import import_module

        return getattr(import_module(_NOTEBOOK), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return __all__
