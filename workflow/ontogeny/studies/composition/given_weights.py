"""Networks that an experiment takes from files, in place of training them: what is wrong with them.

Each file is read completely, as a job will read it. Nothing in it is run.
"""

from functools import cache
from pathlib import Path

from ontogeny.given_files import problem_of
from ontogeny.given_networks import by_step, problems_of_networks
from ontogeny.studies.composition.config import ArchitectureSettings, Experiment

__all__ = ["problem_of_network", "weights_problems", "with_checkpoints"]


def with_checkpoints(experiment: Experiment) -> Experiment:
    """Return an experiment whose folders of checkpoints are mappings of steps to files."""
    if experiment.weights is None:
        return experiment
    return experiment.model_copy(update={"weights": tuple(map(by_step, experiment.weights))})


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
    if experiment.initial_scale != 1:
        return [
            f"initial_scale` = {experiment.initial_scale}: scales the initial weights of a network "
            "that is trained here, and this one is read from `weights`; leave one of the two out, "
            "or set `initial_scale: 1` where the defaults have another"
        ]
    found = problems_of_networks(
        experiment.weights,
        experiment.seeds,
        lambda file: problem_of_network(file, experiment, order),
    )
    if found:
        return [f"weights{each}" for each in found]
    items = map(by_step, experiment.weights)
    return _step_problems(
        experiment, [sorted(each) for each in items if not isinstance(each, str)], says_steps
    )


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


def _step_problems(experiment: Experiment, steps: list[list[int]], says_steps: bool) -> list[str]:
    """Say what the steps of checkpoints break, one list for each seed that says its steps."""
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
