"""Networks that an experiment takes from files, in place of training them: what is wrong with them.

Each file is read completely, as a job will read it. Nothing in it is run.
"""

from functools import cache
from pathlib import Path

from ontogeny.given_files import problem_of
from ontogeny.studies.composition.config import ArchitectureSettings, Experiment
from ontogeny.studies.composition.networks.checkpoint_files import checkpoint_files

__all__ = ["problem_of_network", "weights_problems", "with_checkpoints"]


def with_checkpoints(experiment: Experiment) -> Experiment:
    """Return an experiment whose folders of checkpoints are mappings of steps to files."""
    if experiment.weights is None:
        return experiment
    return experiment.model_copy(update={"weights": tuple(map(_by_step, experiment.weights))})


def _by_step(item: str | dict[int, str]) -> str | dict[int, str]:
    return checkpoint_files(item) if isinstance(item, str) and Path(item).is_dir() else item


def weights_problems(experiment: Experiment, order: int | None, *, says_steps: bool) -> list[str]:
    """Say what is wrong with the networks of an experiment.

    Parameters
    ----------
    experiment : Experiment
    order : int or None
        Number of elements; None for an unknown group.
    says_steps : bool
        Whether the experiment gives `schedule.steps` itself, apart from the defaults.

    Returns
    -------
    list of str
        Each begins with the key within the experiment, without the first backquote.
    """
    problems = _tensors_problems(experiment)
    if problems or experiment.weights is None:
        return problems
    count, seeds = len(experiment.weights), len(experiment.seeds)
    if count != seeds:
        return [
            f"weights` holds {_counted(count, 'file')} for {_counted(seeds, 'seed')}; give one for "
            "each seed (several checkpoints of one run are one item: a folder or a mapping of "
            "steps to files)"
        ]
    steps: list[list[int]] = []
    seed_of: dict[Path, int] = {}
    for seed, item in zip(experiment.seeds, experiment.weights, strict=True):
        try:
            found = _by_step(item)
        except ValueError as error:
            problems.append(f"weights` = {item!r}: {error}")
            continue
        files = [found] if isinstance(found, str) else list(found.values())
        wrong = {
            file: problem
            for file in files
            if (problem := problem_of_network(file, experiment, order))
        }
        problems += [f"weights` = {file!r}: {problem}" for file, problem in wrong.items()]
        problems += _repeated([file for file in files if file not in wrong], seed, seed_of)
        if not isinstance(found, str):
            steps.append(sorted(found))
    return problems or _step_problems(experiment, steps, says_steps)


def _tensors_problems(experiment: Experiment) -> list[str]:
    """Say what a mapping of parameters to tensors breaks, apart from the files."""
    if experiment.tensors is None:
        return []
    if experiment.weights is None:
        return [
            "tensors` says which tensors of the files of `weights` are which parameters, and there "
            "are none; give `weights`, or leave `tensors` out"
        ]
    from ontogeny.studies.composition.networks.build import build
    from ontogeny.studies.composition.networks.mappings import setting_of

    network, kind = build(experiment.architecture, 2), experiment.architecture.kind
    names = [*network.shapes()]
    problems = []
    for key, value in experiment.tensors.items():
        if key not in names:
            setting = setting_of(key, network)
            remedy = f"set `architecture.{setting}` to true" if setting else "take one of these"
            problems.append(
                f"tensors.{key}` = {value!r}: `{key}` is not a parameter of this network of kind "
                f"`{kind}`, which has {', '.join(names)}; {remedy}"
            )
    return problems


def problem_of_network(file: str, experiment: Experiment, order: int | None) -> str | None:
    """Say why a file is not the network of an experiment.

    Nothing in the file is run. `order` is the number of elements, None for an unknown group, of
    whose networks nothing but that there is a file can be said.
    """
    problem = problem_of(file)
    if problem or order is None:
        return problem
    status = Path(file).stat()
    content = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
    mapping = tuple(sorted((experiment.tensors or {}).items()))
    return _problem_of_content(file, content, experiment.architecture, order, mapping)


@cache
def _problem_of_content(
    file: str,
    content: tuple[int, ...],
    architecture: ArchitectureSettings,
    order: int,
    mapping: tuple[tuple[str, str], ...],
) -> str | None:
    """Read a file of weights as a job will; once in a process as long as `content` is the same."""
    del content
    # These take longer to import than the rest, and only those who give weights need them.
    from ontogeny.studies.composition.networks.build import build
    from ontogeny.studies.composition.networks.foreign import parameters_of
    from ontogeny.weights import WeightsError, read_weights

    try:
        parameters_of(read_weights(file), build(architecture, order), dict(mapping))
    except (ValueError, WeightsError) as error:
        return str(error).removeprefix(f"{file}: ").removeprefix(f"{Path(file)}: ")
    return None


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _repeated(files: list[str], seed: int, seed_of: dict[Path, int]) -> list[str]:
    """Say which files of a seed stand in `weights` before; `seed_of` knows those, and gets these.

    The first of several is enough.
    """
    for file in files:
        path = Path(file).resolve()
        if path in seed_of:
            first = seed_of[path]
            where = f"for seed {seed} twice" if first == seed else f"for seeds {first} and {seed}"
            return [f"weights` = {file!r}: is given {where}; give each network once"]
        seed_of[path] = seed
    return []


def _step_problems(experiment: Experiment, steps: list[list[int]], says_steps: bool) -> list[str]:
    """Say what the steps of checkpoints break, one list for each seed that says its steps."""
    several = sum(len(each) > 1 for each in steps)
    if 0 < several < len(experiment.seeds):
        return [
            "weights` gives one network for some seeds and several checkpoints for others; make "
            "two experiments of them"
        ]
    if any(each[-1] == 0 for each in steps):
        return [
            "weights` gives nothing but the network of step 0, before any update; give later "
            "checkpoints too, or its file alone to have it read like a trained one"
        ]
    said = experiment.schedule.steps
    last = sorted({each[-1] for each in steps} - {said})
    if last and says_steps:
        return [
            f"schedule.steps` = {said}: the last checkpoint in `weights` is of step {last[-1]}; "
            "leave `schedule.steps` out, or give that step"
        ]
    return []
