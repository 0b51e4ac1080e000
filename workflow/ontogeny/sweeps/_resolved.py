"""From the section of a study as it is written to one with all defaults."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel

from ontogeny.config import Style, noted, refuse, validate, with_style
from ontogeny.sweeps._unfolded import Sweeps, unfolded

__all__ = ["resolved"]

Model = TypeVar("Model", bound=BaseModel)


def resolved(
    raw: Any,
    model: type[Model],
    *,
    lists: Mapping[str, Collection[str]],
    style: type[Style],
    at: str,
) -> tuple[Model, Sweeps]:
    """Return the section of a study without sweeps, with all defaults merged into it.

    Parameters
    ----------
    raw : mapping
        The section as the configuration files hold it.
    model : type of Section
        What it has to be: with `experiments`, `defaults` for them, `figures`, and whatever other
        entries by name `lists` mentions.
    lists : mapping of str to collection of str
        The fields of the section whose entries may be swept, `experiments` among them; for each,
        the dotted paths of the fields of an entry that are lists themselves; `*` stands for any
        part of a path.
    style : type of Style
        Of a single figure.
    at : str
        The name of the section.

    Returns
    -------
    section : Model
        Its `defaults` are None, since every experiment has them in itself, and so has every figure
        those of `figures`.
    sweeps : dict
        The members of each sweep of experiments, as `unfolded` returns them.

    Raises
    ------
    ConfigurationError
        One message with every problem that a part of the section has by itself.
    """
    if not isinstance(raw, Mapping):
        return validate(raw, model, at=at), {}
    section = dict(raw)
    defaults = section.pop("defaults", None)
    written = {name: section[name] for name in lists if name in section}
    section |= {name: {} for name in written}
    sweeps: dict[str, Sweeps] = {}
    problems: list[str] = []
    for name, entries in written.items():
        with noted(problems):
            section[name], sweeps[name] = unfolded(
                entries,
                _entry(model, name),
                lists=lists[name],
                at=f"{at}.{name}",
                defaults=defaults if name == "experiments" else None,
                defaults_at=f"{at}.defaults",
            )
    figures: Any = model.model_fields["figures"].annotation
    with noted(problems):
        section = with_style(section, figures, style, at=at)
        found = validate(section, model, at=at)
    refuse(problems)
    return found, sweeps.get("experiments", {})


def _entry(model: type[BaseModel], name: str) -> Any:
    """Return what each entry of a field that is a mapping has to be."""
    _, entry = get_args(model.model_fields[name].annotation)
    return entry
