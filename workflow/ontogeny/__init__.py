"""Watch circuits form in small neural networks.

In a notebook, `open_run` opens the results of a run and `runs` lists those below a folder;
`network_at` gives its network at a step, and `draw_phases` and `draw` draw (docs/notebook.md).
`follow_group` and `follow_heads` put networks of one's own through every measure
(docs/own-networks.md).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ontogeny.notebook import draw, draw_phases, network_at, open_run, runs
    from ontogeny.studies.composition.own_networks import GroupNetwork, follow_group
    from ontogeny.studies.induction.network_functions import Heads
    from ontogeny.studies.induction.own_networks import follow_heads

__all__ = [
    "GroupNetwork",
    "Heads",
    "__version__",
    "draw",
    "draw_phases",
    "follow_group",
    "follow_heads",
    "network_at",
    "open_run",
    "runs",
]

__version__ = "0.1.0"

_FOUND_IN = {
    "ontogeny.notebook": ("draw", "draw_phases", "network_at", "open_run", "runs"),
    "ontogeny.studies.composition.own_networks": ("GroupNetwork", "follow_group"),
    "ontogeny.studies.induction.network_functions": ("Heads",),
    "ontogeny.studies.induction.own_networks": ("follow_heads",),
}
"""Modules that are imported when one of their names is first asked for."""


def __getattr__(name: str) -> Any:
    for module, names in _FOUND_IN.items():
        if name in names:
            return getattr(import_module(module), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return __all__
