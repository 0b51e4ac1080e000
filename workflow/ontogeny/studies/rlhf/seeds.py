"""Which seeds each part of the study exists for.

All that is below a world exists once for each seed of what asks for it, and all that a run reads
has the seed of the run.
"""

from collections.abc import Iterator

from ontogeny.studies.rlhf.config import GOLD, Rlhf

__all__ = ["policy_of_preference", "seeds_of_policy", "seeds_of_preferences"]


def policy_of_preference(section: Rlhf, name: str) -> str:
    """Return the start policy on whose samples a preference model is scaled and judged."""
    return section.tranches[section.preferences[name].tranches[0]].policy


def seeds_of_preferences(section: Rlhf) -> dict[str, tuple[int, ...]]:
    """Return the seeds that each preference model is fitted for: its own, and those of its readers.

    Readers are experiments, and preference models whose comparisons it has judged.
    """
    found: dict[str, set[int]] = {
        name: set(each.seeds or ()) for name, each in section.preferences.items()
    }
    asking = [
        (name, seed)
        for experiment in section.experiments.values()
        for name in (experiment.reward, *experiment.judges)
        if name != GOLD
        for seed in experiment.seeds
    ]
    asking += [(name, seed) for name, seeds in found.items() for seed in seeds]
    while asking:
        name, seed = asking.pop()
        found[name].add(seed)
        asking += [(judge, seed) for judge in _judges(section, name) if seed not in found[judge]]
    return {name: tuple(sorted(seeds)) for name, seeds in found.items()}


def seeds_of_policy(section: Rlhf, name: str) -> tuple[int, ...]:
    """Return the seeds of a start policy that some experiment or preference model asks for."""
    of_experiments = (each.seeds for each in section.experiments.values() if each.policy == name)
    of_preferences = (
        seeds
        for preference, seeds in seeds_of_preferences(section).items()
        if policy_of_preference(section, preference) == name
    )
    return tuple(sorted({seed for seeds in (*of_experiments, *of_preferences) for seed in seeds}))


def _judges(section: Rlhf, preference: str) -> Iterator[str]:
    """Yield the preference models that have judged what another one learns from or is tested on."""
    found = section.preferences[preference]
    for name in (*found.tranches, *found.tested_on):
        tranche = section.tranches[name]
        if tranche.judge is not None:
            yield tranche.judge
        for run in tranche.runs:
            reward = section.experiments[run].reward
            if reward != GOLD:
                yield reward
