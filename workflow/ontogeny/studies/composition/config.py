"""The section ``composition`` of the configuration, and the specification of each stage."""

import difflib
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, field_validator

from ontogeny.config import (
    AS_REAL,
    AS_WHOLE,
    ConfigurationError,
    Count,
    GroupTable,
    Name,
    Positive,
    Section,
    Seed,
    validate,
    with_defaults,
    with_style,
)
from ontogeny.config import Style as FigureStyle
from ontogeny.groups import parse
from ontogeny.studies.composition.published import PublishedError, published_experiments
from ontogeny.sweeps import Sweeps, expanded

__all__ = [
    "Analysis",
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

LISTS = frozenset(
    {
        "seeds",
        "weights",
        "optimiser.betas",
        "optimiser.undecayed",
        "optimiser.weight_decay_schedule",
    }
)
"""Fields of an experiment that are lists by themselves and no sweeps."""


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class MLPSettings(Section):
    """The one-hidden-layer network of arXiv 2302.03025."""

    kind: Literal["mlp"] = "mlp"
    embedding: Count = Field(256, description="Width of each of the two embeddings.")
    hidden: Count = Field(128, description="Number of hidden neurons.")


class BilinearSettings(Section):
    """The network whose hidden layer is the product of the two embeddings."""

    kind: Literal["bilinear"] = "bilinear"
    hidden: Count = Field(128, description="Number of hidden neurons.")


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


class DeepTransformerSettings(Section):
    """The transformer of arXiv 2301.05217 with several layers."""

    kind: Literal["deep-transformer"] = "deep-transformer"
    layers: Count = Field(2, description="Number of blocks of attention and MLP.")
    d_model: Count = Field(128, description="Width of the residual stream.")
    heads: Count = Field(4, description="Number of attention heads in each layer.")
    d_head: Count = Field(32, description="Width of a head.")
    d_mlp: Count = Field(512, description="Number of neurons in each layer.")
    equals_output: bool = Field(True, description="Whether the token = has an output.")


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


class DecayChange(Section):
    """Another weight decay from some update on."""

    step: Annotated[int, Field(ge=0), AS_WHOLE] = Field(description="The first update with it.")
    weight_decay: Annotated[float, Field(ge=0), AS_REAL] = Field(description="The weight decay.")


class Optimiser(Section):
    """AdamW on the full batch."""

    learning_rate: Positive = Field(1e-3, description="Learning rate [1/step].")
    betas: tuple[
        Annotated[float, Field(ge=0, lt=1), AS_REAL], Annotated[float, Field(ge=0, lt=1), AS_REAL]
    ] = Field((0.9, 0.98), description="Decay rates of the two moments.")
    weight_decay: Annotated[float, Field(ge=0), AS_REAL] = Field(
        1.0, description="Decoupled weight decay."
    )
    undecayed: tuple[Literal["biases", "embeddings"], ...] = Field(
        (), description="Parameters without weight decay: those of the MLP's biases, of the tokens."
    )
    weight_decay_schedule: tuple[DecayChange, ...] = Field(
        (), description="Changes of the weight decay, by ascending steps."
    )
    l1: Annotated[float, Field(ge=0), AS_REAL] = Field(
        0.0, description="Strength of a penalty on the sum of all absolute parameters."
    )
    dropout: Annotated[float, Field(ge=0, lt=1), AS_REAL] = Field(
        0.0, description="Share of the hidden neurons that each update leaves out, pair by pair."
    )
    warm_up: Annotated[int, Field(ge=0), AS_WHOLE] = Field(
        0,
        description="Number of updates over which the learning rate rises from 0 "
        "(arXiv 2301.05217 uses 10).",
    )
    precision: Literal["float32", "float64"] = Field(
        "float32", description="Type of weights, activations and moments."
    )
    loss: Literal["exact", "rounded"] = Field(
        "exact",
        description="How the training loss is computed: to the relative precision of the type, or "
        "as its log-softmax rounds it, to multiples of 1.2e-7 in float32 (arXiv 2301.05217, low "
        "precision).",
    )
    device: Literal["cpu", "cuda", "auto"] = Field(
        "cpu",
        description="Where to train: on the processor, on a GPU, or on a GPU only where there is "
        "one. Last digits depend on the device.",
    )

    @field_validator("betas", "undecayed", "weight_decay_schedule", mode="before")
    @classmethod
    def _tuple(cls, value: object) -> object:
        return _as_tuple(value)

    @field_validator("weight_decay_schedule")
    @classmethod
    def _ascending(cls, value: tuple[DecayChange, ...]) -> tuple[DecayChange, ...]:
        steps = [change.step for change in value]
        if steps != sorted(set(steps)):
            msg = "must have ascending steps"
            raise ValueError(msg)
        return value


class Checkpoints(Section):
    """At which steps the network is stored, besides the first and the last."""

    per_decade: Annotated[int, Field(ge=0, le=1000), AS_WHOLE] = Field(
        15, description="Number of steps in each power of ten, spaced evenly in their logarithm."
    )
    every: Annotated[int, Field(ge=0), AS_WHOLE] = Field(
        100, description="Distance of an even grid of steps; 0 for none."
    )


class EarlyStop(Section):
    """When to stop before the last step."""

    test_loss: Positive = Field(1e-5, description="The test loss must be below this [nat] ...")
    quiet: Annotated[int, Field(ge=0), AS_WHOLE] = Field(
        1000, description="... at every checkpoint over this many steps."
    )


class Schedule(Section):
    """How long to train and what to keep."""

    steps: Count = Field(20_000, description="Number of optimiser updates.")
    checkpoints: Checkpoints = Field(Checkpoints(), description="Which networks are stored.")
    early_stop: EarlyStop | None = Field(
        None, description="When to stop before the last step; null: never."
    )


class _Training(Section):
    architecture: Annotated[
        MLPSettings | BilinearSettings | TransformerSettings | DeepTransformerSettings,
        Field(discriminator="kind"),
    ] = Field(description="The network.")
    data: Data = Field(Data(), description="The training set.")
    optimiser: Optimiser = Field(Optimiser(), description="The optimiser.")
    schedule: Schedule = Field(Schedule(), description="Length and checkpoints.")


class Training(_Training):
    """What one run depends on, besides the group's table."""

    seed: Seed
    weights: str | None = Field(
        None, description="SHA-256 of the file that holds the network; null: it is trained."
    )


class Experiment(_Training):
    """One kind of network on one group, trained from one or more seeds."""

    group: str = Field(
        description="Name of a group: C59, D5, S5, A5, Q8, F21, C2xS4, or of one in `groups`."
    )
    seeds: tuple[Seed, ...] = Field(
        description="One network is trained for each; a seed fixes split and initial weights."
    )
    weights: tuple[str, ...] | None = Field(
        None,
        description="Files with networks trained elsewhere, one for each seed, in place of "
        "training: a PyTorch state dict or .safetensors. The seed then fixes the split alone, and "
        "schedule.steps says how many updates the networks have had.",
    )

    @field_validator("seeds", mode="before")
    @classmethod
    def _seeds(cls, value: object) -> object:
        if not isinstance(value, list | tuple):
            msg = "must be a list of whole numbers, for example [0, 1]"
            raise ValueError(msg)  # noqa: TRY004
        if not value:
            msg = "must hold at least one seed"
            raise ValueError(msg)
        repeated = sorted({repr(seed) for seed in value if value.count(seed) > 1})
        if repeated:
            msg = f"holds {', '.join(repeated)} more than once; each seed is one run"
            raise ValueError(msg)
        return tuple(value)

    @field_validator("weights", mode="before")
    @classmethod
    def _weights(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else _as_tuple(value)

    def weights_of(self, seed: int) -> str | None:
        """Return the file that holds the network of a seed; None when it is trained."""
        return None if self.weights is None else self.weights[self.seeds.index(seed)]

    def training(self, seed: int, *, weights: str | None = None) -> Training:
        """Return what the run with one of the seeds depends on; `weights` is its file's SHA-256."""
        fields = {name: getattr(self, name) for name in _Training.model_fields}
        if weights is not None:
            fields |= {"optimiser": Optimiser(), "schedule": Schedule(steps=self.schedule.steps)}
        return Training(**fields, seed=seed, weights=weights)


SWEPT = (
    Experiment,
    MLPSettings,
    BilinearSettings,
    TransformerSettings,
    DeepTransformerSettings,
    Data,
    Optimiser,
    Checkpoints,
    EarlyStop,
    Schedule,
)
"""Sections of an experiment whose fields may be lists: sweeps."""


class Analysis(Section):
    """Thresholds of the analyses."""

    key_similarity: Annotated[float, Field(gt=0, lt=1), AS_REAL] = Field(
        0.005,
        description="An irrep is key when the logit similarity of the last network exceeds this.",
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
        return _as_tuple(value)

    @field_validator("phases")
    @classmethod
    def _increasing(cls, value: tuple[int, int, int] | None) -> tuple[int, int, int] | None:
        if value is not None and list(value) != sorted(set(value)):
            msg = "must be three increasing steps"
            raise ValueError(msg)
        return value


class Figures(Section):
    """Style of each figure; `defaults` stands below all of them."""

    defaults: Style | None = Field(None, description="Style of every figure that says no other.")
    learning: Style = Field(Style(), description="Losses and accuracies of a run.")
    progress: Style = Field(Style(), description="Progress measures of a run.")
    losses: Style = Field(
        Style(), description="Excluded and restricted loss of a run, irrep by irrep."
    )
    irreps: Style = Field(Style(), description="Irreps of a run over training.")
    hidden: Style = Field(Style(), description="Parts of the hidden layer of a run over training.")
    matrices: Style = Field(Style(), description="What each irrep explains in each matrix.")
    neurons: Style = Field(Style(), description="Neuron clusters of a run.")
    activations: Style = Field(Style(), description="Single neurons of a run over all pairs.")
    change_of_basis: Style = Field(
        Style(), description="Which entries of rho(ab) each neuron of a run holds."
    )
    readout: Style = Field(Style(), description="The map from rho(ab) to the logits of a run.")
    ablations: Style = Field(Style(), description="Losses of a run without parts of the network.")
    components: Style = Field(
        Style(), description="Principal components of the unembedding of a run."
    )
    logits: Style = Field(Style(), description="A slice of the logits beside characters.")
    spectra: Style = Field(Style(), description="Fourier spectra of a run on a cyclic group.")
    seeds: Style = Field(Style(), description="All runs of an experiment together.")
    sweep: Style = Field(Style(), description="Losses of a sweep, and its outcome by swept value.")
    modular_progress: Style = Field(Style(), description="Progress measures of a run that adds.")
    modular_measures: Style = Field(
        Style(), description="Every form of restricted and excluded loss of a run that adds."
    )
    modular_key_losses: Style = Field(
        Style(), description="Excluded loss and logits of a run that adds, by frequency."
    )
    modular_norms: Style = Field(
        Style(), description="Fourier norms and squared weights of a run that adds."
    )
    modular_followups: Style = Field(
        Style(), description="Measures of later papers on a run that adds."
    )
    modular_spectra: Style = Field(
        Style(), description="Fourier spectra of a network that adds, with the key frequencies."
    )
    modular_attention: Style = Field(Style(), description="Attention of a transformer that adds.")
    modular_neurons: Style = Field(
        Style(), description="Neurons of a network that adds, by frequency."
    )
    modular_logits: Style = Field(
        Style(), description="Fourier transforms of neurons and logits of a network that adds."
    )
    modular_readout: Style = Field(
        Style(), description="The neuron-to-logit map of a network that adds."
    )
    modular_ablations: Style = Field(
        Style(), description="Losses of a network that adds under every intervention."
    )
    modular_removal: Style = Field(
        Style(), description="Losses of a network that adds without single frequencies."
    )
    modular_algorithms: Style = Field(
        Style(), description="Clock or pizza: the algorithm of a network that adds."
    )
    modular_phases: Style = Field(
        Style(), description="All runs of an experiment that adds, each in steps of its phases."
    )
    modular_efficiency: Style = Field(
        Style(), description="What memorising and adding cost in weights, over all runs."
    )
    modular_schedule: Style = Field(
        Style(), description="Runs that add and differ in the schedule of the weight decay."
    )
    universality_grokking: Style = Field(Style(), description="Losses and accuracies of all runs.")
    universality_similarity: Style = Field(
        Style(), description="Irreps over training, mean over the seeds of each experiment."
    )
    universality_irreps: Style = Field(Style(), description="How often each irrep is learned.")
    universality_order: Style = Field(
        Style(), description="When irreps are learned, by degree and smallest orbit."
    )
    universality_width: Style = Field(
        Style(), description="Final test accuracy against the number of hidden neurons."
    )
    universality_claims: Style = Field(Style(), description="All claims and what was measured.")


class Composition(Section):
    """The study of group composition."""

    defaults: Experiment | None = Field(
        None, description="What every experiment has unless it says otherwise."
    )
    experiments: dict[Name, Experiment] = Field(
        {}, description="Experiments by name; `published` adds to them."
    )
    published: str | None = Field(
        None,
        description="Folder of the runs that the authors of arXiv 2302.03025 published "
        "(<name>/model.pt and cfg.json): each becomes a run of an experiment.",
    )
    analysis: Analysis = Field(Analysis(), description="Thresholds of the analyses.")
    figures: Figures = Field(Figures(), description="How figures look.")
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


def resolve(raw: Any, tables: Mapping[str, GroupTable]) -> Composition:
    """Return the section ``composition`` with all defaults merged into it.

    Parameters
    ----------
    raw : mapping
        The section as the configuration files hold it.
    tables : mapping
        The section ``groups``: the groups that are given by a table.

    Returns
    -------
    Composition
        Its `defaults` are None: every experiment and figure has them in itself.

    Raises
    ------
    ConfigurationError
        One message with every problem: key, value, rule and remedy.
    """
    if not isinstance(raw, Mapping):
        return validate(raw, Composition, at="composition")
    section = dict(raw)
    defaults = section.pop("defaults", None)
    if isinstance(section.get("published"), str):
        section["experiments"] = _with_published(section)
    sweeps: Sweeps = {}
    if "experiments" in section:
        section["experiments"] = with_defaults(
            section["experiments"], defaults, Experiment, at="composition.defaults"
        )
        if isinstance(section["experiments"], Mapping):
            section["experiments"], sweeps = expanded(
                section["experiments"], lists=LISTS, at="composition.experiments"
            )
            _refuse_swept_runs(sweeps)
    section = with_style(section, Figures, Style, at="composition")
    composition = validate(section, Composition, at="composition")
    composition._sweeps = sweeps
    if not composition.experiments:
        msg = "`composition.experiments`: must hold at least 1 experiment, or give `published`"
        raise ConfigurationError(msg)
    problems = [
        f"`composition.experiments.{name}.{problem}"
        for name, experiment in composition.experiments.items()
        for problem in _problems(experiment, tables)
    ]
    if problems:
        raise ConfigurationError("\n".join(problems))
    return composition


def _refuse_swept_runs(sweeps: Sweeps) -> None:
    for name, members in sweeps.items():
        for field in ("seeds", "weights"):
            if any(field in values for values in members.values()):
                msg = (
                    f"`composition.experiments.{name}.{field}`: is a list of lists, and says which "
                    "runs there are, so that it cannot be swept; give one list"
                )
                raise ConfigurationError(msg)


def _with_published(section: Mapping[str, Any]) -> Any:
    """Return the experiments of a section and those of its folder of published runs."""
    written = section.get("experiments") or {}
    try:
        found = published_experiments(section["published"])
    except PublishedError as error:
        msg = f"`composition.published` = {section['published']!r}: {error}"
        raise ConfigurationError(msg) from None
    if not isinstance(written, Mapping):
        return written
    twice = sorted(set(found) & set(written))
    if twice:
        msg = (
            f"`composition.experiments.{twice[0]}`: a published experiment has this name; choose "
            "another"
        )
        raise ConfigurationError(msg)
    return found | dict(written)


def _problems(experiment: Experiment, tables: Mapping[str, GroupTable]) -> list[str]:
    """Say what the fields of an experiment break together with other parts of the configuration."""
    return _weights_problems(experiment) + _group_problems(experiment, tables)


def _weights_problems(experiment: Experiment) -> list[str]:
    if experiment.weights is None:
        return []
    files, seeds = len(experiment.weights), len(experiment.seeds)
    if files != seeds:
        return [f"weights` holds {files} files for {seeds} seeds; give one for each seed"]
    return [
        f"weights` = {file!r}: there is no such file; correct the path, which is relative to the "
        "folder of the Snakefile"
        for file in experiment.weights
        if not Path(file).is_file()
    ]


def _group_problems(experiment: Experiment, tables: Mapping[str, GroupTable]) -> list[str]:
    name = experiment.group
    if name in tables:
        return []
    try:
        pairs = math.prod(factor.order for factor in parse(name)) ** 2
    except ValueError as error:
        near = difflib.get_close_matches(name, tables, n=1)
        hint = f"; did you mean `{near[0]}` of the section `groups`?" if near else ""
        return [f"group` = {name!r}: {error}{hint}"]
    factors = [factor.family for factor in parse(name)]
    if experiment.data.labels == "quadratic" and factors != ["C"]:
        return [
            f"data.labels` = 'quadratic': asks for a cyclic group such as C59, not {name}; take "
            "one, or labels 'product', 'difference' or 'random'"
        ]
    train = math.floor(experiment.data.fraction * pairs)
    if not 0 < train < pairs:
        kind = "training" if train == 0 else "test"
        return [
            f"data.fraction` = {experiment.data.fraction}: leaves no {kind} pairs of the {pairs} "
            f"of {name}; take a fraction of at least {1 / pairs:.3g} and below 1"
        ]
    return []
