"""A finite group as a value.

Symbols: ``n`` the order; ``a, b, c, g, h`` elements, always as indices ``0 .. n-1``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Group"]


@dataclass(frozen=True, eq=False)
class Group:
    """A finite group: a name, a label for each element, and the multiplication table.

    Elements are the indices of the table. The identity may be any of them: `S5` in the order of
    the published networks has it at index 20. Everything else about a group (identity, inverses,
    classes, subgroups) is computed from the table by the functions of `ontogeny.groups`.

    Two groups are equal when name, labels and table are.

    Parameters
    ----------
    name : str
        The name that `ontogeny.groups.group` parses, or that of a table file.
    labels : tuple of str
        One label for each element, in the order of the table.
    table : (n, n) ndarray of int64
        ``table[a, b]`` is the index of the product ``a b``. Stored read-only.
    """

    name: str
    labels: tuple[str, ...]
    table: NDArray[np.int64]

    def __post_init__(self) -> None:
        table = np.array(self.table, dtype=np.int64, order="C")
        table.setflags(write=False)
        object.__setattr__(self, "table", table)
        object.__setattr__(self, "labels", tuple(self.labels))

    @property
    def order(self) -> int:
        """Number of elements."""
        return len(self.labels)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Group):
            return NotImplemented
        return (
            self.name == other.name
            and self.labels == other.labels
            and np.array_equal(self.table, other.table)
        )

    def __hash__(self) -> int:
        return hash((self.name, self.labels, self.table.tobytes()))

    def __repr__(self) -> str:
        return f"Group({self.name!r}, order {self.order})"
