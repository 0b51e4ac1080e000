"""What is true of the runs of a configuration, so that figures can need it."""

from ontogeny.studies.rlhf.config import GOLD, Enumerated, Pairs, Rlhf, Sequences
from ontogeny.studies.rlhf.least import LEAST_GRADES, LEAST_RUNS
from ontogeny.studies.rlhf.seeds import seeds_of_preferences

__all__ = ["facts_of_run", "facts_of_runs"]


def facts_of_run(section: Rlhf, name: str) -> frozenset[str]:
    """Return what is true of the runs of an experiment: ``enumerated``, if its world is."""
    world = section.worlds[section.policies[section.experiments[name].policy].world]
    return frozenset({"enumerated"} if isinstance(world, Enumerated) else ())


def facts_of_runs(section: Rlhf) -> frozenset[str]:
    """Return what is true of all runs together.

    Returns
    -------
    frozenset of str
        ``policies``, ``preferences``, ``pairs``: there are trained policies, preference models,
        real comparisons. ``judged``: a policy is scored by another preference model than its
        reward. ``scaling``: preference models learn from three numbers of pairs or have three
        sizes, with the same comparisons. ``online``: some comparisons are of trained policies or of
        the best of several samples. ``conflict``: a world has several prompts. ``sizes``: policies
        of several sizes are trained against one preference model. ``detection``: foreign sequences
        are to be detected. ``enough-runs``: an experiment has as many seeds as a claim needs.
    """
    experiments = section.experiments.values()
    held = {
        "policies": bool(experiments),
        "preferences": any(seeds_of_preferences(section).values()),
        "pairs": any(isinstance(each, Pairs) for each in section.worlds.values()),
        "judged": any(each.judges for each in experiments),
        "scaling": _is_graded(section),
        "online": any(each.runs or each.best_of > 1 for each in section.tranches.values()),
        "conflict": any(
            isinstance(each, Sequences) and each.prompts > 1 for each in section.worlds.values()
        ),
        "sizes": _has_sizes(section),
        "detection": bool(section.analysis.detection),
        "enough-runs": any(len(each.seeds) >= LEAST_RUNS for each in experiments),
    }
    return frozenset(name for name, is_held in held.items() if is_held)


def _is_graded(section: Rlhf) -> bool:
    seeds = seeds_of_preferences(section)
    by_tranches: dict[tuple[str, ...], list[tuple[int | None, int]]] = {}
    for name, each in section.preferences.items():
        if seeds[name]:
            grade = each.pairs, each.network.d_model
            by_tranches.setdefault(each.tranches, []).append(grade)
    return any(
        max(len({pairs for pairs, _ in grades}), len({size for _, size in grades})) >= LEAST_GRADES
        for grades in by_tranches.values()
    )


def _has_sizes(section: Rlhf) -> bool:
    sizes: dict[tuple[str, str], set[int]] = {}
    for each in section.experiments.values():
        if each.reward != GOLD:
            policy = section.policies[each.policy]
            sizes.setdefault((each.reward, policy.world), set()).add(policy.network.d_model)
    return any(len(found) > 1 for found in sizes.values())
