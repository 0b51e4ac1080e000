"""Phases on any axes, and the figures of a study of an opened run."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from ontogeny.caveats import of_all
from ontogeny.figures import Figure, drawn, figures_of, module_of
from ontogeny.known_studies import study_named
from ontogeny.notebook._runs import results_of, told_by

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as DrawnFigure

__all__ = ["draw", "draw_phases"]

_FACTS = {
    "can-induce": "a network that can have induction heads",
    "enumerated": "answers that can be enumerated",
    "initial": "its initial checkpoint",
    "irreps-alone": "a group other than addition modulo an odd number",
    "parity": "tasks of parity",
    "several-layers": "several layers",
    "split": "known training pairs, and test pairs",
    "steps": "several checkpoints",
    "transformer": "a transformer",
}
"""What figures of runs need, in words."""

_WORD = 5
"""Letters from which on a part of the name of a variable says what it is of."""


def draw_phases(axes: "Axes", run: xr.DataTree) -> None:
    """Shade the phases of a run behind the data of any axes over steps.

    The shades have labels, so that ``axes.legend()`` names them. The limits of the axes stay.

    Parameters
    ----------
    axes : Axes
        Whose horizontal axis is the step.
    run : DataTree
        From `ontogeny.open_run`.

    Raises
    ------
    ValueError
        If the phases of the run are not known.
    """
    from ontogeny.plotting import phase_shades

    results = results_of(run)
    boundary = told_by(run.attrs["study"]).phases(results)
    if boundary is None:
        msg = f"the phases of this run of {run.attrs['study']} are not known"
        raise ValueError(msg)
    steps = [each["step"].values[-1] for each in results.values() if "step" in each.coords]
    limits = axes.get_xlim() if axes.has_data() else (0.0, float(max(steps)))
    names = [str(name) for name in boundary["boundary"].values]
    phase_shades(axes, np.asarray(boundary.values, dtype=float), float(max(steps)), names=names)
    axes.set_xlim(limits)


def draw(run: xr.DataTree, figure: str, **values: Any) -> "DrawnFigure":
    """Return a figure of a run, as the workflow draws it.

    Parameters
    ----------
    run : DataTree
        From `ontogeny.open_run`.
    figure : str
        Name of a figure of runs, for example ``"progress"``.
    **values
        What the figure asks for and no result has (``reward`` of a policy), and settings of its
        style, for example ``width=8``.

    Returns
    -------
    Figure
        Of matplotlib.

    Raises
    ------
    ValueError
        If there is no such figure, or the run does not have all that it shows: what is missing,
        and why.
    """
    study = study_named(run.attrs["study"])
    results = results_of(run)
    known = {each.name: each for each in figures_of(study, "run")}
    if figure not in known:
        msg = f"there is no figure {figure!r} of runs of {study.name}; known are {', '.join(known)}"
        raise ValueError(msg)
    chosen = known[figure]
    given = {**results, **{name: values.pop(name) for name in chosen.inputs if name in values}}
    _refuse_lacking(chosen, given, told_by(study.name).facts(results))
    style = study.style.model_validate(values)
    try:
        _, made = drawn(module_of(chosen), {**given, "style": style, "title": _title(run, results)})
    except KeyError as error:
        shown = [given[name] for name in chosen.inputs if isinstance(given.get(name), xr.Dataset)]
        what = _missing(error, shown)
        if what is None:
            raise
        msg = f"the figure {figure!r} shows {what}, which this run does not have"
        raise ValueError(". ".join([msg, *_reasons(what, shown)])) from None
    found: DrawnFigure = made
    return found


def _title(run: xr.DataTree, results: Mapping[str, xr.Dataset]) -> str:
    """Return the title of the figures of a run; networks of one's own have no configuration."""
    if "configuration" not in next(iter(results.values())).attrs:
        return str(run.attrs.get("experiment", ""))
    said: str = told_by(run.attrs["study"]).title(results)
    return said


def _missing(error: KeyError, shown: Sequence[xr.Dataset]) -> str | None:
    """Return what of the shown results is not there; None where the error is another."""
    said = str(error.args[0])
    named = re.search(r"['\"]([^'\"]+)['\"]", said)
    name = named[1] if named else said
    if said.startswith("not all values found in index"):
        return f"values of {name}"
    return None if any(name in each.variables for each in shown) else name


def _reasons(name: str, shown: Sequence[xr.Dataset]) -> list[str]:
    """Return the lines of ``absent`` on a variable: those that name it, or else parts of it."""
    lines = of_all(shown).get("absent", "").splitlines()
    words = [word for word in name.split("_") if len(word) >= _WORD]
    naming = [line for line in lines if re.search(rf"\b{name}\b", line)]
    alike = [line for line in lines if any(re.search(rf"\b{word}", line) for word in words)]
    return [line.removesuffix(".") for line in naming or alike or lines]


def _refuse_lacking(figure: Figure, given: Mapping[str, Any], facts: set[str]) -> None:
    lacking = [name for name in figure.inputs if name not in given]
    if lacking:
        msg = f"the figure {figure.name!r} shows {', '.join(lacking)}, which this run does not have"
        raise ValueError(msg)
    untrue = sorted(figure.needs - facts)
    if untrue:
        needed = " and ".join(_FACTS.get(fact, fact) for fact in untrue)
        msg = f"the figure {figure.name!r} needs {needed}, which this run does not have"
        raise ValueError(msg)
