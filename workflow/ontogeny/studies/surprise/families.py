"""Which experiments differ in the width of their networks alone."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from ontogeny.studies.surprise.config import Experiment

__all__ = ["kin_of"]


def kin_of(experiments: Mapping[str, Experiment]) -> dict[str, str]:
    """Return for each experiment the name of all that differ from it in width and seeds alone.

    That is their common name without the width, as the members of a sweep have it: ``parity`` of
    ``parity-width-16`` and ``parity-width-32``. Where they have none, or others have the same, it
    is the name of the first of them.

    Parameters
    ----------
    experiments : mapping of str to Experiment
    """
    same: dict[str, list[str]] = defaultdict(list)
    for name, experiment in experiments.items():
        network = experiment.network.model_copy(update={"width": 2})
        alike = experiment.model_copy(update={"network": network, "seeds": (0,)})
        same[alike.model_dump_json()].append(name)
    without = {
        name: name.replace(f"-width-{experiment.network.width}", "", 1)
        for name, experiment in experiments.items()
    }
    common = [{without[name] for name in names} for names in same.values()]
    owners = Counter(name for names in common for name in names)
    return {
        name: without[name] if len(shared) == 1 and owners[without[name]] == 1 else names[0]
        for names, shared in zip(same.values(), common, strict=True)
        for name in names
    }
