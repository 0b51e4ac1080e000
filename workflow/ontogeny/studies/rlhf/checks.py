"""The section ``rlhf`` as it is written, with all defaults and checked as a whole.

No job imports this module.
"""

from collections.abc import Collection, Iterator
from typing import Any

from ontogeny.config import Fault, Style, unknown_name
from ontogeny.config.training import LISTS
from ontogeny.studies.rlhf.config import (
    GOLD,
    PROMPTS,
    Enumerated,
    Experiment,
    Network,
    Pairs,
    Preference,
    PreferenceTraining,
    Rlhf,
    Sequences,
    Tranche,
    World,
)
from ontogeny.studies.rlhf.pairs.checks import problems_of_pairs
from ontogeny.studies.rlhf.seeds import seeds_of_policy, seeds_of_preferences
from ontogeny.studies.rlhf.shares import taken
from ontogeny.sweeps import Sweeps, resolved

__all__ = ["MOST_SEQUENCES", "resolve"]

_LISTS = {
    "worlds": frozenset[str](),
    "policies": LISTS,
    "tranches": {"runs", "iterations"},
    "preferences": {"tranches", "tested_on", "seeds"} | LISTS,
    "experiments": {"judges", "seeds"} | LISTS,
}

MOST_SEQUENCES = 20_000
"""Sequences of an enumerated world, at most."""


def resolve(raw: Any) -> Rlhf:
    """Return the section ``rlhf`` with all defaults merged into it.

    Parameters
    ----------
    raw : mapping
        The section as the configuration files hold it.

    Returns
    -------
    Rlhf
        Its `defaults` are None, since every experiment has them in itself, and so has every figure
        those of `figures`.

    Raises
    ------
    ConfigurationError
        One message with every problem: key, value, rule and remedy.
    """
    section, _ = resolved(raw, Rlhf, lists=_LISTS, style=Style, at="rlhf", check=_checked)
    return section


def _checked(section: Rlhf, sweeps: Sweeps) -> Iterator[str | Fault]:
    """Say what parts of the section break together."""
    del sweeps
    unknown = [*_unknown(section)]
    yield from unknown or _problems(section)  # which reads names


def _unknown(section: Rlhf) -> Iterator[str | Fault]:
    """Refuse names of what is not there, and worlds that are wrong by themselves."""
    if not section.worlds:
        yield "`rlhf.worlds`: must hold at least 1"
    for name, world in section.worlds.items():
        yield from _problems_of_world(world, f"rlhf.worlds.{name}")
    made = [name for name, world in section.worlds.items() if not isinstance(world, Pairs)]
    for name, policy in section.policies.items():
        at = f"rlhf.policies.{name}"
        yield from _not_among(
            f"{at}.world", policy.world, made, "a world whose sequences are sampled"
        )
        yield from _problems_of_network(policy.network, at)
    for name, tranche in section.tranches.items():
        at = f"rlhf.tranches.{name}"
        yield from _not_among(f"{at}.policy", tranche.policy, section.policies, "a start policy")
        if tranche.judge is not None:
            yield from _not_among(
                f"{at}.judge", tranche.judge, section.preferences, "a preference model"
            )
        for run in tranche.runs:
            yield from _not_among(f"{at}.runs", run, section.experiments, "an experiment")
    for name, preference in section.preferences.items():
        at = f"rlhf.preferences.{name}"
        for key in ("tranches", "tested_on"):
            for each in getattr(preference, key):
                yield from _not_among(f"{at}.{key}", each, section.tranches, "a set of comparisons")
        yield from _problems_of_network(preference.network, at)
    for name, experiment in section.experiments.items():
        at = f"rlhf.experiments.{name}"
        yield from _not_among(f"{at}.policy", experiment.policy, section.policies, "a start policy")
        rewards = [GOLD, *section.preferences]
        yield from _not_among(f"{at}.reward", experiment.reward, rewards, "a score")
        for judge in experiment.judges:
            yield from _not_among(f"{at}.judges", judge, section.preferences, "a preference model")
    for key in ("best_of", "detection"):
        for name in getattr(section.analysis, key):
            yield from _not_among(f"rlhf.analysis.{key}", name, section.policies, "a start policy")


def _not_among(at: str, name: str, known: Collection[str], what: str) -> Iterator[Fault]:
    if name not in known:
        yield unknown_name(at, name, known, what)


def _problems_of_world(world: World, at: str) -> Iterator[str]:
    match world:
        case Enumerated():
            tokens, length = world.vocabulary, world.length
            if tokens**length > MOST_SEQUENCES:
                yield (
                    f"`{at}.vocabulary` = {tokens}: makes {tokens}^{length} sequences, but a world "
                    f"of kind enumerated has at most {MOST_SEQUENCES:,}; lower it or `length`, or "
                    "choose the kind sequences"
                )
        case Sequences():
            if world.refusal_tokens >= world.vocabulary:
                yield (
                    f"`{at}.refusal_tokens` = {world.refusal_tokens}: must be below `vocabulary`, "
                    f"{world.vocabulary}"
                )
        case Pairs():
            yield from problems_of_pairs(world, at)


def _problems_of_network(network: Network, at: str) -> Iterator[str]:
    if network.d_model % network.heads or network.d_model % 2:
        yield (
            f"`{at}.network.d_model` = {network.d_model}: must be even, and a multiple of `heads`, "
            f"{network.heads}"
        )


def _problems(section: Rlhf) -> Iterator[str]:
    """Say what parts of the section break together."""
    cycle = _cycle(section)
    if cycle:
        yield (
            f"`rlhf.{cycle[0]}`: depends on itself, by way of {' <- '.join(cycle[1:])}; change a "
            "`judge`, `runs`, `tranches` or `reward` among these"
        )
        return
    for name, tranche in section.tranches.items():
        yield from _problems_of_tranche(section, name, tranche)
    for name, preference in section.preferences.items():
        yield from _problems_of_preference(section, name, preference)
    for name, experiment in section.experiments.items():
        yield from _problems_of_experiment(section, name, experiment)
    samples = section.analysis.evaluation.samples
    for name, policy in section.policies.items():
        at = f"rlhf.policies.{name}.probes.fresh"
        trained = any(each.policy == name for each in section.experiments.values())
        if trained and samples > policy.probes.fresh and _is_sampled(section, name):
            yield (
                f"`{at}` = {policy.probes.fresh}: must be at least {samples}, the number of "
                "`rlhf.analysis.evaluation.samples`, which are compared with them one by one"
            )
        if section.analysis.bins > policy.probes.fresh:
            yield (
                f"`{at}` = {policy.probes.fresh}: must be at least {section.analysis.bins}, the "
                "number of `rlhf.analysis.bins`"
            )
    for name in section.analysis.detection:
        if not isinstance(section.worlds[section.policies[name].world], Sequences):
            yield (
                f"`rlhf.analysis.detection` = {name!r}: only worlds of kind sequences have foreign "
                "sequences; take it out"
            )
    yield from _unused(section)
    yield from _missing_seeds(section)
    yield from _repeated(section)


def _is_sampled(section: Rlhf, policy: str) -> bool:
    """Return whether what a policy says is sampled, and not enumerated."""
    return isinstance(section.worlds[_world_of(section, policy)], Sequences)


def _cycle(section: Rlhf) -> list[str]:
    """Return a chain of parts, each of which reads the next one, that ends where it begins."""
    reads = {
        **{
            f"tranches.{name}": [
                *([f"preferences.{each.judge}"] if each.judge is not None else []),
                *(f"experiments.{run}" for run in each.runs),
            ]
            for name, each in section.tranches.items()
        },
        **{
            f"preferences.{name}": [f"tranches.{tranche}" for tranche in each.tranches]
            for name, each in section.preferences.items()
        },
        **{
            f"experiments.{name}": [f"preferences.{each.reward}"] * (each.reward != GOLD)
            for name, each in section.experiments.items()
        },
    }
    done: set[str] = set()

    def from_(part: str, above: list[str]) -> list[str]:
        if part in above:
            return [*above[above.index(part) :], part]
        if part not in done:
            for each in reads[part]:
                found = from_(each, [*above, part])
                if found:
                    return found
            done.add(part)
        return []

    return next((found for part in reads if (found := from_(part, []))), [])


def _world_of(section: Rlhf, policy: str) -> str:
    return section.policies[policy].world


def _prompts_of(section: Rlhf, policy: str) -> tuple[str, ...]:
    world = section.worlds[_world_of(section, policy)]
    return PROMPTS[: world.prompts] if isinstance(world, Sequences) else PROMPTS[:1]


def _world_of_preference(section: Rlhf, name: str) -> str:
    return _world_of(section, section.tranches[section.preferences[name].tranches[0]].policy)


def _problems_of_prompt(section: Rlhf, prompt: str, policy: str, at: str) -> Iterator[str]:
    name, known = _world_of(section, policy), _prompts_of(section, policy)
    if prompt not in ("mixed", *known):
        yield (
            f"`{at}.prompt` = {prompt!r}: is not a prompt of the world {name!r}, which has "
            f"{', '.join(known)}; choose another, or in a world of kind sequences raise `prompts`"
        )


def _problems_of_tranche(section: Rlhf, name: str, tranche: Tranche) -> Iterator[str]:
    at, world = f"rlhf.tranches.{name}", _world_of(section, tranche.policy)
    yield from _problems_of_prompt(section, tranche.prompt, tranche.policy, at)
    if (tranche.best_of > 1) != (tranche.judge is not None):
        yield (
            f"`{at}.best_of` = {tranche.best_of}: above 1 it needs a `judge`, and with 1 there is "
            "nothing to judge"
        )
    if tranche.best_of > 1 and tranche.runs:
        yield f"`{at}.best_of` = {tranche.best_of}: must be 1 where `runs` are sampled"
    if bool(tranche.runs) != bool(tranche.iterations):
        yield (
            f"`{at}.iterations` = {list(tranche.iterations)}: must say when the policies of `runs` "
            "are sampled, and be empty without them"
        )
    if tranche.judge is not None and _world_of_preference(section, tranche.judge) != world:
        yield (
            f"`{at}.judge` = {tranche.judge!r}: is of another world than the policy; name one that "
            f"learned from samples in {world!r}"
        )
    for run in tranche.runs:
        experiment = section.experiments[run]
        if _world_of(section, experiment.policy) != world:
            yield (
                f"`{at}.runs` = {run!r}: is of another world than the policy; name one in {world!r}"
            )
        last = experiment.schedule.iterations
        if any(iteration > last for iteration in tranche.iterations):
            yield (
                f"`{at}.iterations` = {list(tranche.iterations)}: must be at most {last}, the "
                f"iterations of {run!r}"
            )
    for other in section.tranches:
        if other == name:
            break
        if _drawn(section, section.tranches[other]) == _drawn(section, tranche):
            yield (
                f"`{at}.draw` = {tranche.draw}: {other!r} draws the same pairs, but for "
                "their number; give it another `draw`, or remove one of them"
            )


def _drawn(section: Rlhf, tranche: Tranche) -> tuple[Any, ...]:
    """Return what decides the responses of a set of comparisons.

    Sets that differ in their numbers of pairs alone share most responses.
    """
    policy = section.policies[tranche.policy]
    prompts = _prompts_of(section, tranche.policy)
    rest = tranche.model_dump(exclude={"policy", "pairs", "test", "prompt"})
    return (
        policy.model_dump(exclude={"probes"}),
        tranche.prompt if len(prompts) > 1 else "mixed",
        rest,
    )


def _problems_of_preference(section: Rlhf, name: str, preference: Preference) -> Iterator[str]:
    at, world = f"rlhf.preferences.{name}", _world_of_preference(section, name)
    for key in ("tranches", "tested_on"):
        for each in getattr(preference, key):
            if _world_of(section, section.tranches[each].policy) != world:
                first = preference.tranches[0]
                yield (
                    f"`{at}.{key}` = {each!r}: is of another world than {first!r}; name sets in "
                    f"{world!r}"
                )
    several = len(preference.tranches) > 1
    if preference.last_weight != 1 and not several:
        yield (
            f"`{at}.last_weight` = {preference.last_weight:g}: needs at least two `tranches`; name "
            "another one first, or take it out"
        )
    if preference.last_share is not None and not (several and preference.pairs):
        yield (
            f"`{at}.last_share` = {preference.last_share:g}: needs at least two `tranches` and a "
            "number of `pairs`"
        )
        return
    counts = [section.tranches[each].pairs for each in preference.tranches]
    fields = {key: getattr(preference, key) for key in PreferenceTraining.model_fields}
    numbers = taken(PreferenceTraining(**fields), counts)
    for each, number, count in zip(preference.tranches, numbers, counts, strict=True):
        if number == 0 and preference.last_share not in (0, 1):
            yield (
                f"`{at}.pairs` = {preference.pairs}: leaves none for {each!r}; raise it, or take "
                f"{each!r} out of `tranches`"
            )
        if number > count:
            yield (
                f"`{at}.pairs` = {preference.pairs}: takes {number} of {each!r}, which has "
                f"{count}; lower it, or raise `rlhf.tranches.{each}.pairs`"
            )


def _problems_of_experiment(section: Rlhf, name: str, experiment: Experiment) -> Iterator[str]:
    at, world = f"rlhf.experiments.{name}", _world_of(section, experiment.policy)
    yield from _problems_of_prompt(section, experiment.prompt, experiment.policy, at)
    ppo = experiment.ppo
    if ppo.samples % ppo.minibatch:
        yield (f"`{at}.ppo.minibatch` = {ppo.minibatch}: must divide `samples`, {ppo.samples}")
    scores = [("reward", experiment.reward)] if experiment.reward != GOLD else []
    scores += [("judges", each) for each in experiment.judges]
    for key, score in scores:
        if _world_of_preference(section, score) != world:
            yield (
                f"`{at}.{key}` = {score!r}: is of another world than the policy; name one that "
                f"learned from samples in {world!r}"
            )
    if experiment.reward == GOLD or experiment.same_tranches:
        return
    learned = {*section.preferences[experiment.reward].tranches}
    for judge in experiment.judges:
        shared = learned & {*section.preferences[judge].tranches}
        if judge != experiment.reward and shared:
            yield (
                f"`{at}.judges` = {judge!r}: learned from {', '.join(sorted(shared))} as the "
                f"reward {experiment.reward!r} did, and so is not a test of it; choose another, or "
                "set `same_tranches: true`"
            )


def _unused(section: Rlhf) -> Iterator[str]:
    """Refuse measures of start policies that nothing asks for."""
    for key in ("best_of", "detection"):
        for name in getattr(section.analysis, key):
            if not seeds_of_policy(section, name):
                yield (
                    f"`rlhf.analysis.{key}` = {name!r}: is not used by any experiment or "
                    "preference model; take it out"
                )


def _missing_seeds(section: Rlhf) -> Iterator[str]:
    """Refuse runs that are sampled for seeds that they do not have."""
    seeds = seeds_of_preferences(section)
    for name, preference in section.preferences.items():
        for tranche in (*preference.tranches, *preference.tested_on):
            for run in section.tranches[tranche].runs:
                missing = sorted({*seeds[name]} - {*section.experiments[run].seeds})
                if missing:
                    yield (
                        f"`rlhf.experiments.{run}.seeds` = "
                        f"{list(section.experiments[run].seeds)}: lacks {missing}, which the "
                        f"preference model {name!r} needs, since {tranche!r} samples it"
                    )


def _repeated(section: Rlhf) -> Iterator[str]:
    """Refuse runs that are there twice."""
    known: dict[tuple[str, str, str], str] = {}
    for name, each in section.experiments.items():
        for seed in each.seeds:
            identity = each.policy, each.reward, each.training(seed).model_dump_json()
            other = known.setdefault(identity, name)
            if other != name:
                yield (
                    f"`rlhf.experiments.{name}`: has the same run as {other!r}, seed {seed}; "
                    "remove one of them"
                )
