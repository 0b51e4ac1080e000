"""Groups of the section `groups` of the configuration: read, checked, and made.

The configuration asks before any job starts; the job makes the same group of its specification.
"""

import reprlib
from collections.abc import Mapping
from typing import Any

from ontogeny.groups import (
    MAX_ORDER,
    Group,
    broken_law,
    canonical_matrices,
    canonical_permutations,
    from_matrices,
    from_permutations,
    group,
)
from ontogeny.studies.composition.catalogue.files import read_cayley_table, read_generators
from ontogeny.studies.composition.catalogue.parsed_generators import parsed_generators
from ontogeny.studies.composition.catalogue.sections import GivenGroup

__all__ = ["group_specification", "read_groups", "specified_group"]


def read_groups(given: Mapping[str, GivenGroup | None]) -> tuple[dict[str, Group], list[str]]:
    """Return the groups of the configuration that are right, and what is wrong with the others.

    Parameters
    ----------
    given : mapping of GivenGroup
        The section ``groups``; None, for a group that is refused already, is ignored.

    Returns
    -------
    groups : dict of Group
        By name.
    problems : list of str
        One sentence for each group that is not right: key, value, rule and remedy.
    """
    groups, problems = {}, []
    for name, section in given.items():
        if section is None:
            continue
        try:
            groups[name] = specified_group(group_specification(name, section), section.table)
        except (ValueError, RuntimeError) as error:
            key = next(
                key for key in ("table", "permutations", "matrices") if getattr(section, key)
            )
            value = getattr(section, key)
            shown = repr(value) if section.file else reprlib.repr(value)
            reason = str(error).removeprefix(f"{section.file}: ")
            problems.append(f"`groups.{name}.{key}` = {shown}: {reason}")
    return groups, problems


def group_specification(name: str, given: GivenGroup | None) -> dict[str, Any]:
    """Return what a group depends on apart from the file of its table: its name and its generators.

    Parameters
    ----------
    name : str
    given : GivenGroup or None
        None for a group that is called by name.

    Returns
    -------
    dict
        Generators in the one spelling that says which they are, so that another spelling of the
        same ones changes nothing.

    Raises
    ------
    ValueError, StorageError
        If the generators, or the file that holds them, are wrong.
    """
    if given is None or given.table:
        return {"group": name}
    if given.permutations:
        generators = _generators(given, given.permutations, depth=1)
        return {"group": name, "permutations": list(canonical_permutations(generators))}
    generators = _generators(given, given.matrices, depth=2)
    matrices = canonical_matrices(generators, modulus=given.modulus)
    modulus = {} if given.modulus is None else {"modulus": given.modulus}
    return {"group": name, "matrices": matrices} | modulus


def specified_group(specification: Mapping[str, Any], table: str | None) -> Group:
    """Return the group of a specification.

    Parameters
    ----------
    specification : mapping
        From `group_specification`.
    table : str or None
        The file of its multiplication table, if it is given by one.

    Raises
    ------
    ValueError, StorageError
        If the table is not that of a group, or the generators make no group of at most
        `ontogeny.groups.MAX_ORDER` elements.
    """
    name = specification["group"]
    if table:
        return _tabulated(name, table)
    if "permutations" in specification:
        return from_permutations(name, specification["permutations"])
    if "matrices" in specification:
        matrices, modulus = specification["matrices"], specification.get("modulus")
        return from_matrices(name, matrices, modulus=modulus)
    return group(name)


def _generators(given: GivenGroup, value: Any, *, depth: int) -> list[Any]:
    if given.file:
        return read_generators(given.file, depth=depth)
    if isinstance(value, str):
        return parsed_generators(value.encode(), depth=depth) if depth == 1 else [value]
    return list(value)


def _tabulated(name: str, path: str) -> Group:
    table, labels = read_cayley_table(path)
    if len(table) > MAX_ORDER:
        msg = f"{path}: has {len(table):,} elements; a group may have up to {MAX_ORDER:,}"
        raise ValueError(msg)
    violation = broken_law(table, lambda element: repr(labels[element]))
    if violation is not None:
        msg = f"{path}: is not the table of a group: {violation}"
        raise ValueError(msg)
    return Group(name, labels, table)
