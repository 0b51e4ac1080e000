"""The section ``composition`` of the configuration, and the specification of each stage."""

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import numpy as np
from pydantic import Field, PrivateAttr, TypeAdapter, ValidationError, field_validator

from ontogeny.config import (
    AS_REAL,
    AS_WHOLE,
    ConfigurationError,
    Count,
    Files,
    Name,
    Section,
    Seed,
    Seeds,
    as_tuple,
    noted,
    refuse,
    validate,
    with_style,
)
from ontogeny.config import Style as FigureStyle
from ontogeny.config import training as optimisation
from ontogeny.config.training import (
    Checkpoints,
    EarlyStop,
    LearningRateDecay,
    NonNegative,
    Schedule,
    ShareBelowOne,
)
from ontogeny.figures import section_of
from ontogeny.given_files import problem_of
from ontogeny.groups import Group, parse
from ontogeny.studies.composition.catalogue.given import read_groups
from ontogeny.studies.composition.catalogue.sections import GivenGroup
from ontogeny.studies.composition.networks.checkpoint_files import checkpoint_files
from ontogeny.studies.composition.networks.published import (
    PublishedError,
    published_experiments,
    unreadable,
)
from ontogeny.sweeps import Sweeps, unfolded

__all__ = [
    "Analysis",
    "ArchitectureSettings",
    "BilinearSettings",
    "Checkpoints",
    "Composition",
    "Data",
    "DeepTransformerSettings",
    "EarlyStop",
    "Experiment",
    "Figures",
    "MLPSettings",
    "Optimiser",
    "Schedule",
    "Style",
    "Training",
    "TransformerSettings",
    "resolve",
]

Level = Literal["run", "experiment", "sweep", "study"]
"""What figures are drawn of."""

LISTS = frozenset({"seeds", "weights"}) | optimisation.LISTS
"""Fields of an experiment that are lists by themselves and not sweeps."""


class MLPSettings(Section):
    """The one-hidden-layer network of arXiv 2302.03025."""

    kind: Literal["mlp"] = "mlp"
    embedding: Count = Field(256, description="Width of each of the two embeddings.")
    hidden: Count = Field(128, description="Number of hidden neurons.")

    @property
    def neurons(self) -> int:
        """Return the number of neurons of the hidden layer."""
        return self.hidden


class BilinearSettings(Section):
    """The network whose hidden layer is the product of the two embeddings."""

    kind: Literal["bilinear"] = "bilinear"
    hidden: Count = Field(128, description="Number of hidden neurons.")

    @property
    def neurons(self) -> int:
        """Return the number of neurons of the hidden layer."""
        return self.hidden


class TransformerSettings(Section):
    """The one-layer transformer, with the conventions of either paper."""

    kind: Literal["transformer"] = "transformer"
    preset: Literal["universality", "progress-measures"] = Field(
        "universality",
        description="Whose conventions hold for biases, initial weights and output columns: "
        "arXiv 2302.03025 or arXiv 2301.05217.",
    )
    mlp_bias: bool | None = Field(
        None, description="Whether the MLP has trained biases; null: as the preset has it."
    )
    equals_output: bool | None = Field(
        None, description="Whether the token = has an output; null: as the preset has it."
    )
    initialisation: Literal["universality", "progress-measures"] | None = Field(
        None, description="Whose initial weights; null: those of the preset."
    )
    d_model: Count = Field(128, description="Width of the residual stream.")
    heads: Count = Field(4, description="Number of attention heads.")
    d_head: Count = Field(32, description="Width of a head.")
    d_mlp: Count = Field(512, description="Number of neurons.")

    @property
    def neurons(self) -> int:
        """Return the number of neurons of the hidden layer."""
        return self.d_mlp


class DeepTransformerSettings(Section):
    """The transformer of arXiv 2301.05217 with several layers."""

    kind: Literal["deep-transformer"] = "deep-transformer"
    layers: Count = Field(2, description="Number of blocks of attention and MLP.")
    d_model: Count = Field(128, description="Width of the residual stream.")
    heads: Count = Field(4, description="Number of attention heads in each layer.")
    d_head: Count = Field(32, description="Width of a head.")
    d_mlp: Count = Field(512, description="Number of neurons in each layer.")
    equals_output: bool = Field(True, description="Whether the token = has an output.")

    @property
    def neurons(self) -> int:
        """Return the number of neurons of the hidden layer."""
        return self.d_mlp


ArchitectureSettings = (
    MLPSettings | BilinearSettings | TransformerSettings | DeepTransformerSettings
)


class Data(Section):
    """Which pairs the network is trained on, and what it has to answer."""

    fraction: Annotated[float, Field(gt=0, lt=1), AS_REAL] = Field(
        0.4, description="Share of all n^2 pairs that is trained on; the rest is the test set."
    )
    split: Literal["torch", "python"] = Field(
        "torch",
        description="Which generator shuffles the pairs: torch.randperm (arXiv 2302.03025) or "
        "random.shuffle of Python (arXiv 2301.05217).",
    )
    labels: Literal["product", "difference", "quadratic", "random"] = Field(
        "product",
        description="What the network has to answer: a b; a b^-1; a^2 + a b + b^2 of the elements "
        "of a cyclic group as numbers; or a table of random elements, drawn once by the seed. All "
        "but the first go without the analysis by irreps.",
    )


class Optimiser(optimisation.Optimiser):
    """AdamW on the full batch."""

    weight_decay: NonNegative = Field(1.0, description="Decoupled weight decay.")
    dropout: ShareBelowOne = Field(
        0.0, description="Share of the hidden neurons that each update leaves out, pair by pair."
    )
    loss: Literal["exact", "rounded"] = Field(
        "exact",
        description="How the training loss is computed: to the relative precision of the type, or "
        "as its log-softmax rounds it, to multiples of 1.2e-7 in float32 (arXiv 2301.05217, low "
        "precision).",
    )


class _Training(optimisation.Trained):
    architecture: Annotated[ArchitectureSettings, Field(discriminator="kind")] = Field(
        description="The network."
    )
    data: Data = Field(Data(), description="The training set.")
    optimiser: Optimiser = Field(Optimiser(), description="The optimiser.")


Step = Annotated[int, Field(ge=0, lt=2**63), AS_WHOLE]


class ForeignCheckpoint(Section):
    """A checkpoint of a network that was trained elsewhere."""

    step: Step = Field(description="Number of updates that the network has had.")
    sha256: str = Field(description="SHA-256 of the file that holds the network.")


class Training(_Training):
    """What one run depends on, in addition to the group's table."""

    seed: Seed
    weights: str | tuple[ForeignCheckpoint, ...] | None = Field(
        None,
        description="SHA-256 of the file that holds the network, or the checkpoints of a network "
        "that has several, by ascending steps; null: it is trained.",
    )

    @field_validator("weights", mode="before")
    @classmethod
    def _weights(cls, value: object) -> object:
        return as_tuple(value)

    def steps_of_weights(self) -> list[int]:
        """Return the steps of the networks that were trained elsewhere, ascending."""
        if isinstance(self.weights, tuple):
            return [checkpoint.step for checkpoint in self.weights]
        return [self.schedule.steps]


class Experiment(_Training):
    """One kind of network on one group, trained from one or more seeds."""

    group: str = Field(
        description="Name of a group: C59, D5, S5, A5, Q8, F21, C2xS4, or of one in `groups`."
    )
    seeds: Seeds = Field(
        description="One network is trained for each; a seed fixes split and initial weights."
    )
    weights: tuple[str | dict[Step, str], ...] | None = Field(
        None,
        description="Networks trained elsewhere, one item for each seed, in place of training: a "
        "file (a PyTorch state dict or safetensors), or the checkpoints of one run as a folder or "
        "as a mapping of steps to files. The seed then fixes the split alone. schedule.steps says "
        "how many updates the network of a single file has had.",
    )

    @field_validator("weights", mode="before")
    @classmethod
    def _weights(cls, value: object) -> object:
        if value is None:
            return None
        items = value if isinstance(value, list | tuple) else [value]
        return tuple(_networks_of_a_seed(item) for item in items)

    @property
    def has_steps(self) -> bool:
        """Whether the runs have several checkpoints, so that measures along steps say something."""
        return self.weights is None or any(len(self.checkpoints_of(s)) > 1 for s in self.seeds)

    def weights_of(self, seed: int) -> str | dict[int, str] | None:
        """Return the item of `weights` that belongs to a seed; None when it is trained."""
        return None if self.weights is None else self.weights[self.seeds.index(seed)]

    def checkpoints_of(self, seed: int) -> dict[int, str]:
        """Return the files with the networks of a seed by ascending step; none when it is trained.

        Folders have become mappings when the configuration was resolved.
        """
        given = self.weights_of(seed)
        if isinstance(given, str):
            return {self.schedule.steps: given}
        return dict(sorted((given or {}).items()))

    def training(self, seed: int, *, weights: str | Mapping[int, str] | None = None) -> Training:
        """Return what the run with one of the seeds depends on.

        Parameters
        ----------
        seed : int
        weights : str or mapping of int to str, optional
            SHA-256 of the file of a network that was trained elsewhere, or of each of its
            checkpoints by step. What its optimiser was matters to measures along steps alone.
        """
        fields = {name: getattr(self, name) for name in _Training.model_fields}
        if weights is None:
            return Training(**fields, seed=seed)
        found = {self.schedule.steps: weights} if isinstance(weights, str) else weights
        fields["schedule"] = Schedule(steps=max(found))
        if len(found) == 1:
            fields["optimiser"] = Optimiser()
            return Training(**fields, seed=seed, weights=next(iter(found.values())))
        checkpoints = [ForeignCheckpoint(step=k, sha256=found[k]) for k in sorted(found)]
        return Training(**fields, seed=seed, weights=tuple(checkpoints))


def _networks_of_a_seed(item: object) -> object:
    """Return a file or folder, or the files of checkpoints by step; refuse anything else."""
    if isinstance(item, str):
        if item:
            return item
        msg = "holds an empty name; give a file, a folder, or a mapping of steps to files"
        raise ValueError(msg)
    if not isinstance(item, Mapping) or not item:
        msg = (
            "must hold for each seed a file, a folder of checkpoints, or a mapping of steps to "
            f"files such as {{0: a.pt, 500: b.pt}}, not {item!r}"
        )
        raise ValueError(msg)
    found: dict[int, str] = {}
    for key, file in item.items():
        try:
            step = _STEP.validate_python(key)
        except ValidationError:
            msg = f"has the key {key!r}, which is not a step: a whole number from 0 on"
            raise ValueError(msg) from None
        if step in found:
            msg = f"gives two files for step {step}; leave one of them"
            raise ValueError(msg)
        if not isinstance(file, str) or not file:
            msg = f"gives {file!r} for step {step}; give the name of a file"
            raise ValueError(msg)
        found[step] = file
    return found


_STEP: TypeAdapter[int] = TypeAdapter(Step, config=Section.model_config)


SWEPT = (
    Experiment,
    *get_args(ArchitectureSettings),
    Data,
    Optimiser,
    LearningRateDecay,
    Checkpoints,
    EarlyStop,
    Schedule,
)
"""Sections of an experiment whose fields may be lists: sweeps."""


class Analysis(Section):
    """Thresholds of the analyses."""

    key_similarity: Annotated[float, Field(gt=0, lt=1), AS_REAL] = Field(
        0.005,
        description="A key irrep has a logit similarity above this at the final checkpoint.",
    )
    key_rule: Literal["gap", "embedding", "cluster", "ablation"] = Field(
        "gap",
        description="Which rule names the key frequencies of networks on residues "
        "(docs/addition.md).",
    )


class Style(FigureStyle):
    """How figures look, and which phases they show."""

    phases: tuple[Count, Count, Count] | None = Field(
        None,
        description="Ends of memorisation, circuit formation and cleanup [step] that are shown in "
        "place of those found; null: those found.",
    )

    @field_validator("phases", mode="before")
    @classmethod
    def _phases(cls, value: object) -> object:
        return as_tuple(value)

    @field_validator("phases")
    @classmethod
    def _increasing(cls, value: tuple[int, int, int] | None) -> tuple[int, int, int] | None:
        if value is not None and list(value) != sorted(set(value)):
            msg = "must be three increasing steps"
            raise ValueError(msg)
        return value


FIGURES = {
    "ontogeny.studies.composition.figures": "Group composition",
    "ontogeny.studies.composition.irreps.figures": "Group composition",
    "ontogeny.studies.composition.addition.figures": "Modular addition",
}
"""The packages of the figures, with their category in the report."""

Figures = section_of(FIGURES, Style)


class Published(Section):
    """The runs that the authors of arXiv 2302.03025 published."""

    folder: str = Field(
        min_length=1, description="Folder of their runs (<name>/model.pt and cfg.json)."
    )
    skip: tuple[str, ...] = Field((), description="Names of runs that are left out.")

    @field_validator("skip", mode="before")
    @classmethod
    def _skip(cls, value: object) -> object:
        if not isinstance(value, list | tuple):
            msg = "must be a list of names of runs, that is of folders"
            raise ValueError(msg)  # noqa: TRY004
        return tuple(value)


class Composition(Section):
    """The study of group composition."""

    defaults: Experiment | None = Field(
        None, description="What every experiment has unless it says otherwise."
    )
    experiments: dict[Name, Experiment] = Field(
        {}, description="Experiments by name; `published` adds to them."
    )
    published: str | Published | None = Field(
        None,
        description="Folder of the runs that the authors of arXiv 2302.03025 published "
        "(<name>/model.pt and cfg.json): each becomes a run of an experiment.",
    )
    analysis: Analysis = Field(Analysis(), description="Thresholds of the analyses.")
    figures: Figures = Field(Figures(), description="How figures look.")  # type: ignore[valid-type]
    own_figures: dict[Level, Files] = Field(
        {}, description="Files with figures of your own, by what each is drawn of."
    )
    own_measures: Files = Field(
        (), description="Files with measures of your own along the checkpoints of each run."
    )
    _sweeps: Sweeps = PrivateAttr(default_factory=dict)

    @property
    def sweeps(self) -> Sweeps:
        """Return the experiments of each sweep with the values of the swept fields."""
        return self._sweeps

    run_figures: Literal["all", "first", "none"] = Field(
        "all",
        description="Which runs of each experiment get figures of their own: all, that of the "
        "first seed, or none. Figures over seeds are always drawn.",
    )


def resolve(raw: Any, groups: Mapping[str, GivenGroup | None]) -> Composition:
    """Return the section ``composition`` with all defaults merged into it.

    Parameters
    ----------
    raw : mapping
        The section as the configuration files hold it.
    groups : mapping
        The section ``groups``, None for a group that is refused. All of them are read, those
        without an experiment too.

    Returns
    -------
    Composition
        Its `defaults` are None: every experiment and figure has them in itself.

    Raises
    ------
    ConfigurationError
        One message with every problem: key, value, rule and remedy.
    """
    found, problems = read_groups(groups)
    known: dict[str, Group | None] = dict.fromkeys(groups) | found
    with noted(problems):
        composition = _merged(raw)
        written = {
            member: name for name, members in composition.sweeps.items() for member in members
        }
        entries = raw.get("experiments") or {}
        for member, experiment in composition.experiments.items():
            name = written.get(member, member)
            found_here = _problems(experiment, known, says_steps=_says_steps(entries.get(name)))
            problems += [f"`composition.experiments.{name}.{problem}" for problem in found_here]
    refuse(problems)
    experiments = {
        name: _with_checkpoints(experiment) for name, experiment in composition.experiments.items()
    }
    resolved = composition.model_copy(update={"experiments": experiments})
    resolved._sweeps = composition.sweeps
    return resolved


def _merged(raw: Any) -> Composition:
    """Return the section with all defaults and sweeps, each experiment checked by itself."""
    if not isinstance(raw, Mapping):
        return validate(raw, Composition, at="composition")
    section = dict(raw)
    defaults = section.pop("defaults", None)
    experiments = section.pop("experiments", {})
    published: dict[str, Any] = {}
    if section.get("published") is not None:
        section["published"] = _published(section["published"])
        published = _published_experiments(section["published"], experiments)
    sweeps: Sweeps = {}
    problems: list[str] = []
    with noted(problems):
        section["experiments"], sweeps = unfolded(
            experiments,
            Experiment,
            lists=LISTS,
            at="composition.experiments",
            defaults=defaults,
            defaults_at="composition.defaults",
        )
    if isinstance(section.get("experiments"), Mapping | None):
        section["experiments"] = published | dict(section.get("experiments") or {})
    with noted(problems):
        section = with_style(section, Figures, Style, at="composition")
        composition = validate(section, Composition, at="composition")
    refuse(problems)
    composition._sweeps = sweeps
    if not composition.experiments:
        msg = "`composition.experiments`: must hold at least 1 experiment, or give `published`"
        raise ConfigurationError(msg)
    return composition


def _published(given: Any) -> Published:
    if isinstance(given, str):
        given = {"folder": given}
    elif not isinstance(given, Mapping):
        msg = (
            f"`composition.published` = {given!r}: must be a folder, or a mapping of `folder` and "
            "`skip`, the names of runs that are left out"
        )
        raise ConfigurationError(msg)
    return validate(given, Published, at="composition.published")


def _published_experiments(published: Published, written: Any) -> dict[str, dict[str, Any]]:
    """Return the experiments in a folder of published runs, which defaults do not change."""
    folder, skip = published.folder, published.skip
    try:
        found = published_experiments(folder, skip=skip)
        files = [file for experiment in found.values() for file in experiment["weights"]]
        problems = {Path(file): problem for file in files if (problem := problem_of(file))}
        if problems:
            raise unreadable(problems, folder, skip)
    except PublishedError as error:
        msg = f"`composition.published` = {folder!r}: {error}"
        raise ConfigurationError(msg) from None
    twice = sorted(set(found) & set(written)) if isinstance(written, Mapping) else []
    if twice:
        msg = (
            f"`composition.experiments.{twice[0]}`: a published experiment has this name; choose "
            "another"
        )
        raise ConfigurationError(msg)
    return found


def _with_checkpoints(experiment: Experiment) -> Experiment:
    """Return an experiment whose folders of checkpoints are mappings of steps to files."""
    if experiment.weights is None:
        return experiment
    return experiment.model_copy(update={"weights": tuple(map(_by_step, experiment.weights))})


def _by_step(item: str | dict[int, str]) -> str | dict[int, str]:
    return checkpoint_files(item) if isinstance(item, str) and Path(item).is_dir() else item


def _problems(
    experiment: Experiment, given: Mapping[str, Group | None], *, says_steps: bool
) -> list[str]:
    """Say what the fields of an experiment break together with other parts of the configuration."""
    return _weights_problems(experiment, says_steps) + _group_problems(experiment, given)


def _says_steps(entry: Any) -> bool:
    """Return whether an experiment gives `schedule.steps` itself, apart from the defaults."""
    schedule = entry.get("schedule") if isinstance(entry, Mapping) else None
    return isinstance(schedule, Mapping) and "steps" in schedule


def _weights_problems(experiment: Experiment, says_steps: bool) -> list[str]:
    if experiment.weights is None:
        return []
    count, seeds = len(experiment.weights), len(experiment.seeds)
    if count != seeds:
        return [
            f"weights` holds {_counted(count, 'file')} for {_counted(seeds, 'seed')}; give one for "
            "each seed (several checkpoints of one run are one item: a folder or a mapping of "
            "steps to files)"
        ]
    problems: list[str] = []
    steps: list[list[int]] = []
    seed_of: dict[Path, int] = {}
    for seed, item in zip(experiment.seeds, experiment.weights, strict=True):
        try:
            found = _by_step(item)
        except ValueError as error:
            problems.append(f"weights` = {item!r}: {error}")
            continue
        files = [found] if isinstance(found, str) else list(found.values())
        wrong = {file: problem for file in files if (problem := problem_of(file))}
        problems += [f"weights` = {file!r}: {problem}" for file, problem in wrong.items()]
        problems += _repeated([file for file in files if file not in wrong], seed, seed_of)
        if not isinstance(found, str):
            steps.append(sorted(found))
    return problems or _step_problems(experiment, steps, says_steps)


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


def _group_problems(experiment: Experiment, given: Mapping[str, Group | None]) -> list[str]:
    """Say what an experiment asks of its group in vain; `given` has None for a group refused."""
    name = experiment.group
    if name in given:
        group = given[name]
        if group is None:
            return []
        order, residues = group.order, _adds_indices(group)
        rule = (
            "answers a^2 + a b + b^2 of the indices of the elements as numbers, and the product of "
            f"{name} is not addition of the indices modulo {order}; take C{order}"
        )
        if residues and _other_numbers(group.labels):
            residues = False
            rule = (
                "answers a^2 + a b + b^2 of the indices of the elements, and the labels of "
                f"{name} are other numbers than its indices 0 to {order - 1} in order; name and "
                f"order the elements so, or take C{order}"
            )
    else:
        try:
            factors = parse(name)
        except ValueError as error:
            near = difflib.get_close_matches(name, given, n=1)
            hint = f"; did you mean `{near[0]}` of the section `groups`?" if near else ""
            return [f"group` = {name!r}: {error}{hint}"]
        order = math.prod(factor.order for factor in factors)
        residues = [factor.family for factor in factors] == ["C"]
        rule = f"asks for a cyclic group such as C59, not {name}; take one"
    if experiment.data.labels == "quadratic" and not residues:
        return [
            f"data.labels` = 'quadratic': {rule}, or labels 'product', 'difference' or 'random'"
        ]
    if order == 1:
        return [
            f"group` = {name!r}: has one element, and so one pair, which cannot be both trained on "
            "and tested; take a larger group"
        ]
    pairs = order**2
    train = math.floor(experiment.data.fraction * pairs)
    if not 0 < train < pairs:
        kind = "training" if train == 0 else "test"
        return [
            f"data.fraction` = {experiment.data.fraction}: leaves no {kind} pairs of the {pairs} "
            f"of {name}; take a fraction of at least {1 / pairs:.3g} and below 1"
        ]
    return []


def _other_numbers(labels: Sequence[str]) -> bool:
    """Whether labels are whole numbers, but do not count the elements from 0 or from 1."""
    if not all(re.fullmatch(r"[+-]?[0-9]{1,18}", label) for label in labels):
        return False
    numbers = [int(label) for label in labels]
    return numbers not in ([*range(len(labels))], [*range(1, len(labels) + 1)])


def _adds_indices(group: Group) -> bool:
    """Whether the product of the elements i and j is element (i + j) mod n."""
    index = np.arange(group.order)
    return np.array_equal(group.table, (index[:, None] + index) % group.order)
