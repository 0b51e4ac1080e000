"""Sweeps: a list in the place of a value makes one entry of each of its values.

For each entry of the configuration, in this order:

1. What the entry overrides is taken out of the defaults, lists included; a list of the entry
   takes the whole list at the same path.
2. The lists of the entry and of the defaults are unfolded into members without sweeps: one for
   each combination of items, or, of fields that are tied, one for each place in their lists.
3. Each member is merged over its defaults and validated, as an entry without sweeps would be.
4. Its name and its values of the swept fields are made of what validation has read, so that they
   depend neither on the spelling of a value nor on its place in the list.
"""

from ontogeny.sweeps._labels import label
from ontogeny.sweeps._resolved import resolved
from ontogeny.sweeps._unfolded import Sweeps, unfolded

__all__ = ["Sweeps", "label", "resolved", "unfolded"]
