"""How loss and abilities grow with the size of networks, in a sentence."""

from collections.abc import Callable, Mapping

import xarray as xr

from ontogeny.wording import plural

__all__ = ["finding"]

_SOLVED = 0.5
"""A transformer that solves more than this share of the problems of a task is said to solve it."""


def finding(scaling: Mapping[str, xr.Dataset], *, learned: float) -> str:
    """Return in a sentence the loss and the abilities of the smallest and the largest networks.

    Parameters
    ----------
    scaling : mapping of str to Dataset
        ``parity_scaling``, ``mixture_scaling`` and ``published_scaling``, those that there are.
    learned : float
        Accuracy above which a parity is learned, in `scaling`.

    Returns
    -------
    str
        Losses and abilities are means over seeds, of the first setting.
    """
    for name, (world, abilities) in _WORLDS.items():
        if name in scaling:
            threshold = learned if name == "parity_scaling" else _SOLVED
            return _of_networks(scaling[name], world, abilities, threshold)
    if "published_scaling" not in scaling:
        return ""
    sizes = scaling["published_scaling"].sizes
    families, tasks = plural(sizes["family"], "family of models"), plural(sizes["task"], "task")
    return f"Published scores of {families} on {tasks} are compared with forecasts."


def _of_networks(
    scaling: xr.Dataset,
    world: str,
    abilities: Callable[[xr.Dataset], tuple[list[float], str]],
    threshold: float,
) -> str:
    settings = scaling["setting_of_family"].values
    families = scaling.isel(family=settings == settings[0])
    trained = families.isel(width=families["parameters"].notnull().any("family").values)
    if not trained.sizes["width"]:
        return f"All {plural(int(families['left_out'].sum()), 'network')} on {world} diverged."
    parameters = trained["parameters"].mean("family").values
    loss, (able, what) = trained["loss"].mean("family").values, abilities(trained)
    setting = f", setting `{settings[0]}`" if len({*settings}) > 1 else ""
    above = f" (accuracy above {threshold:g})"
    if len(loss) == 1:
        further = f" and {what.format(f'{able[0]:.3g}')}{above}" if able else ""
        return (
            f"Networks of {parameters[0]:,.0f} parameters on {world}{setting} reach a loss of "
            f"{loss[0]:.2f} nat{further}."
        )
    further = f" and {what.format(f'{able[0]:.3g} and {able[-1]:.3g}')}{above}" if able else ""
    sizes = f"{parameters[0]:,.0f} and {parameters[-1]:,.0f} parameters{setting}"
    return (
        f"The smallest and the largest of {len(loss)} sizes of networks on {world} ({sizes}) reach "
        f"a loss of {loss[0]:.2f} and {loss[-1]:.2f} nat{further}."
    )


def _of_parity(families: xr.Dataset) -> tuple[list[float], str]:
    learned = families["learned_tasks"].mean("family").values
    return list(map(float, learned)), f"learn {{}} of {families.sizes['task']} tasks"


def _of_mixture(families: xr.Dataset) -> tuple[list[float], str]:
    exact = families["exact"].sel(shots="most").mean("family").dropna("task", how="all")
    if not exact.sizes["task"]:
        return [], ""
    solved = (exact > _SOLVED).sum("task").values
    return list(map(float, solved)), f"solve {{}} of {exact.sizes['task']} tasks"


_WORLDS: dict[str, tuple[str, Callable[[xr.Dataset], tuple[list[float], str]]]] = {
    "parity_scaling": ("sparse parities", _of_parity),
    "mixture_scaling": ("texts", _of_mixture),
}
"""What joined runs are about, and what their networks can do, by their size: numbers and a verb."""
