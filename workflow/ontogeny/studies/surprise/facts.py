"""What is true of the runs of a configuration, so that figures can need it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from ontogeny.studies.surprise.config import Experiment, Mixture, Published, Records, Surprise
from ontogeny.studies.surprise.least import LEAST_RUNS
from ontogeny.studies.surprise.settings import members_of, setting_of

__all__ = ["facts_of_runs"]


def facts_of_runs(surprise: Surprise) -> frozenset[str]:
    """Return what is true of all runs together.

    Returns
    -------
    frozenset of str
        For both kinds of worlds, ``parity`` and ``mixture``: ``KIND-families``: networks of two
        widths differ in nothing else. ``KIND-sizes``: so do networks of more widths than a law is
        fitted to, so that something can be predicted. ``mixture-records``: there are transformers
        on a mixture with a task `records`. ``enough-runs``: there are as many families of a
        setting, seeds with several widths, as a claim needs, or there are published models.
    """
    facts = set()
    for kind in ("parity", "mixture"):
        widths = _widths(
            {
                name: experiment
                for name, experiment in surprise.experiments.items()
                if surprise.worlds[experiment.world].kind == kind
            }
        )
        most = max(map(len, widths.values()), default=0)
        if most >= 2:
            facts.add(f"{kind}-families")
        if most > surprise.analysis.least_sizes:
            facts.add(f"{kind}-sizes")
    on = [surprise.worlds[experiment.world] for experiment in surprise.experiments.values()]
    if any(isinstance(world, Mixture) and _has_records(world) for world in on):
        facts.add("mixture-records")
    is_published = any(isinstance(world, Published) for world in surprise.worlds.values())
    if is_published or _most_families(surprise.experiments) >= LEAST_RUNS:
        facts.add("enough-runs")
    return frozenset(facts)


def _widths(experiments: Mapping[str, Experiment]) -> dict[str, set[int]]:
    """Return the widths of experiments that differ in nothing else."""
    found = defaultdict(set)
    for name, setting in setting_of(experiments).items():
        found[setting].add(experiments[name].network.width)
    return found


def _most_families(experiments: Mapping[str, Experiment]) -> int:
    """Return the largest number of seeds with several widths that a setting has."""
    return max(
        (
            sum(count > 1 for count in _widths_of_seeds(experiments, names).values())
            for names in members_of(experiments).values()
        ),
        default=0,
    )


def _widths_of_seeds(experiments: Mapping[str, Experiment], names: Iterable[str]) -> Counter[int]:
    """Return the number of widths of each seed; a setting has no network twice."""
    return Counter(seed for name in names for seed in experiments[name].seeds)


def _has_records(world: Mixture) -> bool:
    return any(isinstance(task, Records) for task in world.tasks.values())
