"""The section ``surprise`` as it is written, with all defaults and checked as a whole.

No job imports this module.
"""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ontogeny.config import Fault, Style, short, unknown_name
from ontogeny.config.training import LISTS
from ontogeny.given_files import problem_of_text, repeated
from ontogeny.studies.surprise.config import (
    Experiment,
    Mixture,
    Network,
    Parity,
    Published,
    Surprise,
    World,
)
from ontogeny.studies.surprise.published.checks import problems_of_published
from ontogeny.studies.surprise.settings import members_of
from ontogeny.studies.surprise.worlds.probes import probes_of
from ontogeny.studies.surprise.worlds.problems import tasks_of
from ontogeny.sweeps import resolved
from ontogeny.texts.division import boundary, shortage

__all__ = ["resolve"]

_LENGTHS = ("letters", "pairs", "digits", "bits")
"""Fields of tasks of a mixture that decide how long a prompt is."""


def resolve(raw: Any) -> Surprise:
    """Return the section ``surprise`` with all defaults merged into it.

    Parameters
    ----------
    raw : mapping
        The section as the configuration files hold it.

    Returns
    -------
    Surprise
        Its `defaults` are None, since every experiment has them in itself, and so has every figure
        those of `figures`.

    Raises
    ------
    ConfigurationError
        One message with every problem: key, value, rule and remedy.
    """
    given = {"experiments": {}, **raw} if isinstance(raw, Mapping) else raw
    surprise, _ = resolved(
        given,
        Surprise,
        lists={"worlds": {"files", "table.files", "average"}, "experiments": {"seeds"} | LISTS},
        style=Style,
        at="surprise",
        check=lambda section, _: _problems(section),
    )
    return surprise


def _problems(surprise: Surprise) -> Iterator[str | Fault]:
    """Say what parts of the section break together."""
    if not surprise.worlds:
        yield "`surprise.worlds`: must hold at least 1"
    for name, world in surprise.worlds.items():
        at = f"surprise.worlds.{name}"
        if isinstance(world, Parity):
            yield from _problems_of_parity(world, at)
        elif isinstance(world, Mixture):
            yield from _problems_of_mixture(world, at)
        else:
            yield from problems_of_published(world, at)
    for name, experiment in surprise.experiments.items():
        yield from _problems_of_experiment(
            experiment, surprise.worlds, f"surprise.experiments.{name}"
        )
    yield from _unknown_probes(surprise)
    for setting, names in members_of(surprise.experiments).items():
        yield from _problems_of_setting(surprise, setting, names)


def _unknown_probes(surprise: Surprise) -> Iterator[str]:
    """Refuse expectations of probes that no mixture has."""
    mixtures = [world for world in surprise.worlds.values() if isinstance(world, Mixture)]
    known = {probe: None for world in mixtures for probe in probes_of(world)}
    for probe in surprise.expected:
        if probe not in known:
            has = f"known are {', '.join(known)}" if known else "there are none"
            yield f"`surprise.expected` = {probe!r}: is not a probe of any mixture; {has}"


def _problems_of_setting(surprise: Surprise, setting: str, names: list[str]) -> Iterator[str]:
    """Refuse widths that are too few for any law, and networks that are there twice."""
    of_width: dict[tuple[int, int], str] = {}
    for name in names:
        experiment = surprise.experiments[name]
        for seed in experiment.seeds:
            other = of_width.setdefault((experiment.network.width, seed), name)
            if other != name:
                yield (
                    f"`surprise.experiments.{name}`: has the same network as {other!r}, width "
                    f"{experiment.network.width}, seed {seed}; remove one of them"
                )
    widths = sorted({width for width, _ in of_width})
    least = surprise.analysis.least_sizes
    if 1 < len(widths) < least:
        yield (
            f"`surprise.experiments.{setting}.network.width` = {short(widths)}: networks that "
            f"differ in width alone, here {', '.join(names)}, must have at least {least} widths, "
            "the `analysis.least_sizes` that a law is fitted to; give more, or one alone"
        )


def _problems_of_parity(world: Parity, at: str) -> Iterator[str]:
    sets = math.comb(world.bits, world.order)
    if world.order > world.bits:
        yield f"`{at}.order` = {world.order}: must be at most the {world.bits} `bits` of an example"
    elif world.tasks > sets:
        yield (
            f"`{at}.tasks` = {world.tasks}: must be at most {sets}, the number of different sets "
            f"of {world.order} of {world.bits} bits; give fewer tasks or more bits"
        )


def _problems_of_mixture(world: Mixture, at: str) -> Iterator[str]:
    shares = sum(task.share for task in world.tasks.values())
    if shares >= 1:
        each = " + ".join(f"{task.share:g}" for task in world.tasks.values())
        yield (
            f"`{at}.tasks`: the shares {each} = {shares:g} must be less than 1 together, since the "
            "rest of the sequences is text; lower them"
        )
    for name, task in tasks_of(world).items():
        if 2 * task.problem_length > world.length:
            yield (
                f"`{at}.tasks.{name}`: a problem has {task.problem_length} characters with its "
                f"end, and 2 of them must fit into the context of {world.length}; make problems "
                f"shorter or raise `length` to at least {2 * task.problem_length}"
            )
    yield from _prompts_not_told_apart(world, at)
    yield from _problems_of_text(world, f"`{at}.files`")


def _prompts_not_told_apart(world: Mixture, at: str) -> Iterator[str]:
    """Refuse tasks of one kind whose prompts have the same length."""
    known: dict[tuple[str, int], str] = {}
    for name, task in tasks_of(world).items():
        spec = world.tasks[name]
        other = known.setdefault((spec.kind, task.problem_length - task.answer_length), name)
        if other != name:
            length = [each for each in _LENGTHS if each in type(spec).model_fields]
            change = f", or change its `{length[0]}`" if length else ""
            yield (
                f"`{at}.tasks.{name}`: its prompts cannot be told from those of {other!r}, so that "
                f"a network cannot know which task is asked; remove one of them{change}"
            )


def _problems_of_text(world: Mixture, at: str) -> Iterator[str]:
    """Say what is wrong with the files of a text, as far as the files alone tell."""
    problems = {file: problem for file in world.files if (problem := problem_of_text(file))}
    problems = problems or repeated(world.files)
    for file, problem in problems.items():
        yield f"{at} = {file!r}: {problem}"
    if problems or not world.files:
        return
    most = sum(Path(file).stat().st_size for file in world.files) + len(world.files) - 1
    short = shortage(
        most,
        most - boundary(most, world.held_out) - world.length + 1,
        length=world.length,
        sequences=world.sequences,
        held_out=world.held_out,
    )
    if short:
        names = ", ".join(map(repr, world.files))
        yield f"{at} = {names}: a text of at most {most} characters {short}"


def _problems_of_experiment(
    experiment: Experiment, worlds: dict[str, World], at: str
) -> Iterator[str | Fault]:
    """Say what an experiment breaks together with its world."""
    if experiment.world not in worlds:
        if worlds:
            yield unknown_name(f"{at}.world", experiment.world, worlds, "a world")
        return
    world, network = worlds[experiment.world], experiment.network
    if isinstance(world, Published):
        yield (
            f"`{at}.world` = {experiment.world!r}: is published, so nothing can be trained on it; "
            "name a world of kind parity or mixture, or remove the experiment"
        )
    if isinstance(world, Parity) and network.layers != Network.model_fields["layers"].default:
        yield (
            f"`{at}.network.layers` = {network.layers}: is not read, since a network on a world of "
            "parity has one hidden layer; leave it out, here and in `surprise.defaults`"
        )
    heads = max(1, network.width // 16)
    if isinstance(world, Mixture) and network.width % (2 * heads):
        step = 2 * heads
        below = network.width // step * step
        yield (
            f"`{at}.network.width` = {network.width}: must be a multiple of {step}, since a "
            f"transformer has a head for each 16 of its width and a head has an even width; give "
            f"{below} or {below + step}"
        )
    if experiment.schedule.early_stop is not None:
        yield (
            f"`{at}.schedule.early_stop` = "
            f"{short(experiment.schedule.early_stop.model_dump())}: must be null, since networks "
            "are compared after the same training; leave it out, here and in `surprise.defaults`"
        )
