"""The section ``composition`` of the configuration, and the specification of each stage."""

import difflib
import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from ontogeny.config import (
    AS_REAL,
    AS_WHOLE,
    ConfigurationError,
    GroupTable,
    Name,
    Section,
    validate,
    with_defaults,
)
from ontogeny.groups import parse

__all__ = [
    "Analysis",
    "BilinearSettings",
    "Checkpoints",
    "Composition",
    "Data",
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

Positive = Annotated[float, Field(gt=0), AS_REAL]
Count = Annotated[int, Field(ge=1), AS_WHOLE]
Seed = Annotated[int, Field(ge=0, lt=2**63), AS_WHOLE]


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


class Data(Section):
    """Which pairs the network is trained on."""

    fraction: Annotated[float, Field(gt=0, lt=1), AS_REAL] = Field(
        0.4, description="Share of all n^2 pairs that is trained on; the rest is the test set."
    )
    split: Literal["torch", "python"] = Field(
        "torch",
        description="Which generator shuffles the pairs: torch.randperm (arXiv 2302.03025) or "
        "random.shuffle of Python (arXiv 2301.05217).",
    )


class Optimiser(Section):
    """AdamW on the full batch."""

    learning_rate: Positive = Field(1e-3, description="Learning rate [1/step].")
    betas: tuple[
        Annotated[float, Field(ge=0, lt=1), AS_REAL], Annotated[float, Field(ge=0, lt=1), AS_REAL]
    ] = Field((0.9, 0.98), description="Decay rates of the two moments.")
    weight_decay: Annotated[float, Field(ge=0), AS_REAL] = Field(
        1.0, description="Decoupled weight decay, on every parameter."
    )
    warm_up: Annotated[int, Field(ge=0), AS_WHOLE] = Field(
        0,
        description="Number of updates over which the learning rate rises from 0 "
        "(arXiv 2301.05217 uses 10).",
    )
    precision: Literal["float32", "float64"] = Field(
        "float32", description="Type of weights, activations and moments."
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto", description="Where to train; auto takes a GPU when there is one."
    )

    @field_validator("betas", mode="before")
    @classmethod
    def _pair(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


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
        MLPSettings | BilinearSettings | TransformerSettings, Field(discriminator="kind")
    ] = Field(description="The network.")
    data: Data = Field(Data(), description="The training set.")
    optimiser: Optimiser = Field(Optimiser(), description="The optimiser.")
    schedule: Schedule = Field(Schedule(), description="Length and checkpoints.")


class Training(_Training):
    """What one training run depends on, besides the group's table."""

    seed: Seed


class Experiment(_Training):
    """One kind of network on one group, trained from one or more seeds."""

    group: str = Field(
        description="Name of a group: C59, D5, S5, A5, Q8, F21, C2xS4, or of one in `groups`."
    )
    seeds: tuple[Seed, ...] = Field(
        description="One network is trained for each; a seed fixes split and initial weights."
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

    def training(self, seed: int) -> Training:
        """Return what the run with one of the seeds depends on."""
        fields = {name: getattr(self, name) for name in _Training.model_fields}
        return Training(**fields, seed=seed)


class Analysis(Section):
    """Thresholds of the analyses."""

    key_similarity: Annotated[float, Field(gt=0, lt=1), AS_REAL] = Field(
        0.005,
        description="An irrep is key when the logit similarity of the last network exceeds this.",
    )


class Style(Section):
    """How figures look."""

    width: Annotated[float, Field(ge=3, le=20), AS_REAL] = Field(7.0, description="Width [inch].")
    resolution: Annotated[int, Field(ge=50, le=600), AS_WHOLE] = Field(
        150, description="Resolution of the PNG files [dots/inch]."
    )
    log_steps: bool = Field(True, description="Draw training steps on a logarithmic axis.")


class Figures(Section):
    """Style of each figure; `defaults` stands below all of them."""

    defaults: Style | None = Field(None, description="Style of every figure that says no other.")
    learning: Style = Field(Style(), description="Losses and accuracies of a run.")
    progress: Style = Field(Style(), description="Progress measures of a run.")
    irreps: Style = Field(Style(), description="Irreps of a run over training.")
    matrices: Style = Field(Style(), description="What each irrep explains in each matrix.")
    neurons: Style = Field(Style(), description="Neuron clusters of a run.")
    logits: Style = Field(Style(), description="A slice of the logits beside characters.")
    spectra: Style = Field(Style(), description="Fourier spectra of a run on a cyclic group.")
    seeds: Style = Field(Style(), description="All runs of an experiment together.")


class Composition(Section):
    """The study of group composition."""

    defaults: Experiment | None = Field(
        None, description="What every experiment has unless it says otherwise."
    )
    experiments: Annotated[dict[Name, Experiment], Field(min_length=1)] = Field(
        description="Experiments by name."
    )
    analysis: Analysis = Field(Analysis(), description="Thresholds of the analyses.")
    figures: Figures = Field(Figures(), description="How figures look.")


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
    if "experiments" in section:
        section["experiments"] = with_defaults(
            section["experiments"], defaults, Experiment, at="composition.defaults"
        )
    if isinstance(section.get("figures"), Mapping):
        figures: dict[str, Any] = {name: {} for name in Figures.model_fields} | dict(
            section["figures"]
        )
        style = figures.pop("defaults", None)
        section["figures"] = with_defaults(figures, style, Style, at="composition.figures.defaults")
    composition = validate(section, Composition, at="composition")
    problems = [
        f"`composition.experiments.{name}.{problem}"
        for name, experiment in composition.experiments.items()
        for problem in _problems(experiment, tables)
    ]
    if problems:
        raise ConfigurationError("\n".join(problems))
    return composition


def _problems(experiment: Experiment, tables: Mapping[str, GroupTable]) -> list[str]:
    """Say what the fields of an experiment break together with other parts of the configuration."""
    name = experiment.group
    if name in tables:
        return []
    try:
        pairs = math.prod(factor.order for factor in parse(name)) ** 2
    except ValueError as error:
        near = difflib.get_close_matches(name, tables, n=1)
        hint = f"; did you mean `{near[0]}` of the section `groups`?" if near else ""
        return [f"group` = {name!r}: {error}{hint}"]
    train = math.floor(experiment.data.fraction * pairs)
    if not 0 < train < pairs:
        kind = "training" if train == 0 else "test"
        return [
            f"data.fraction` = {experiment.data.fraction}: leaves no {kind} pairs of the {pairs} "
            f"of {name}; take a fraction of at least {1 / pairs:.3g} and below 1"
        ]
    return []
