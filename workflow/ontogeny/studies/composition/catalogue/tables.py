"""Groups as labelled datasets, and back."""

import numpy as np
import xarray as xr

from ontogeny.groups import (
    Group,
    centre,
    conjugacy_classes,
    element_orders,
    identity,
    inverses,
)
from ontogeny.studies.composition.labels import dataset, variable

__all__ = ["group_of", "table_dataset"]


def table_dataset(group: Group) -> xr.Dataset:
    """Return a group as a dataset: its table and what follows from it.

    Parameters
    ----------
    group : Group

    Returns
    -------
    Dataset
        ``product(left, right)``, ``inverse(element)``, ``element_order(element)``,
        ``conjugacy_class(element)``, ``central(element)``, the scalar ``identity``, and the
        coordinate ``label(element)``.
    """
    n = group.order
    each = np.arange(n, dtype=np.int32)
    central = np.zeros(n, dtype=bool)
    central[centre(group)] = True
    return dataset(
        {
            "product": variable(("left", "right"), group.table.astype(np.int32), "product a b"),
            "inverse": variable("element", inverses(group).astype(np.int32), "inverse"),
            "element_order": variable(
                "element", element_orders(group).astype(np.int32), "order of the element"
            ),
            "conjugacy_class": variable(
                "element",
                conjugacy_classes(group).astype(np.int32),
                "conjugacy class, numbered by first appearance",
            ),
            "central": variable("element", central, "commutes with every element"),
            "identity": variable((), np.int32(identity(group)), "index of the identity"),
        },
        {
            "element": each,
            "left": each,
            "right": each,
            "label": variable("element", np.array(group.labels, dtype=object), "element"),
        },
        title=f"The group {group.name}, of order {n}",
    ).assign_attrs(group=group.name)


def group_of(table: xr.Dataset) -> Group:
    """Return the group that a dataset of `table_dataset` holds."""
    labels = tuple(str(label) for label in table["label"].values)
    return Group(table.attrs["group"], labels, table["product"].values.astype(np.int64))
