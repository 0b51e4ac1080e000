"""Which experiments differ in the width of their networks alone."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from ontogeny.studies.surprise.config import Experiment

__all__ = ["members_of", "setting_of"]


def setting_of(experiments: Mapping[str, Experiment]) -> dict[str, str]:
    """Return for each experiment the name of all that differ from it in width and seeds alone."""
    return {name: setting for setting, names in members_of(experiments).items() for name in names}


def members_of(experiments: Mapping[str, Experiment]) -> dict[str, list[str]]:
    """Return the experiments that differ in width and seeds alone, by their name together.

    That is the name of the first of them without its width, as the members of a sweep have it:
    ``parity`` of ``parity-width-16`` and ``parity-width-32``. Where others have the same, its width
    stays.

    Parameters
    ----------
    experiments : mapping of str to Experiment
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for name, experiment in experiments.items():
        network = experiment.network.model_copy(update={"width": 2})
        same = experiment.model_copy(update={"network": network, "seeds": (0,)})
        alike[same.model_dump_json()].append(name)
    without = {
        name: name.replace(f"-width-{experiment.network.width}", "", 1)
        for name, experiment in experiments.items()
    }
    owners = Counter(name for names in alike.values() for name in {without[n] for n in names})
    return {
        without[names[0]] if owners[without[names[0]]] == 1 else names[0]: names
        for names in alike.values()
    }
