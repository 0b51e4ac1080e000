"""Settings: runs that agree in what they learn from, and in how, are compared within each seed."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ontogeny.wording import percent

__all__ = ["Setting", "runs_in", "setting_of"]


class Setting(NamedTuple):
    """What runs that are compared have in common."""

    corpus: str
    rater: str
    clean_share: float
    conditions: str

    def __str__(self) -> str:
        """Return it in words, with the conditions if there are any.

        Examples
        --------
        >>> str(Setting("generated", "biased", 0.05, "network.dropout 0.5"))
        'corpus generated, rater biased, 5 % clean labels, network.dropout 0.5'
        """
        clean = f"{percent(self.clean_share)} clean labels"
        name = f"corpus {self.corpus}, rater {self.rater}, {clean}"
        return f"{name}, {self.conditions}" if self.conditions else name


def setting_of(about: Mapping[str, Any]) -> Setting:
    """Return the setting in which a run is configured."""
    return Setting(*(about[name] for name in Setting._fields))


def runs_in(about: Sequence[Mapping[str, Any]], setting: Setting) -> dict[tuple[str, int], int]:
    """Return the runs that belong to a setting.

    A run belongs to the setting in which it is configured. Runs that read no label of the rater
    belong to more: `clean` to every setting with its corpus, clean share and conditions, `oracle`
    to every setting with its corpus and conditions. Of several runs with one recipe and seed, one
    that is configured in the setting counts, and of several such the first experiment by name.

    Parameters
    ----------
    about : sequence of mapping
        What is known of each run: ``experiment``, ``seed``, ``strategy``, ``recipe``, and the
        fields of `Setting`.
    setting : Setting

    Returns
    -------
    dict of tuple of str and int to int
        The place of a run by its recipe and seed, ascending.
    """
    found: dict[tuple[str, int], tuple[bool, str, int]] = {}
    for place, run in enumerate(about):
        if _belongs(run, setting):
            key = str(run["recipe"]), int(run["seed"])
            rank = (setting_of(run) != setting, str(run["experiment"]), place)
            found[key] = min(found.get(key, rank), rank)
    return {key: found[key][-1] for key in sorted(found)}


def _belongs(run: Mapping[str, Any], setting: Setting) -> bool:
    own = setting_of(run)
    match run["strategy"]:
        case "oracle":
            own = own._replace(rater=setting.rater, clean_share=setting.clean_share)
        case "clean":
            own = own._replace(rater=setting.rater)
    return own == setting
