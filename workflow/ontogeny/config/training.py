"""How a network is trained, as a configuration says it: optimiser, schedule, checkpoints.

Every study uses these sections, and derives its own from them only to change a default or to add
what it alone has. What they mean is computed in `ontogeny.training`.
"""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from ontogeny.config import AS_REAL, AS_WHOLE, DISTINCT, Count, Positive, Section, as_tuple
from ontogeny.config.bounds import MOST_CHECKPOINTS

__all__ = [
    "LISTS",
    "Checkpoints",
    "DecayChange",
    "EarlyStop",
    "LearningRateDecay",
    "NonNegative",
    "Optimiser",
    "Schedule",
    "ShareBelowOne",
    "Trained",
    "Whole",
    "refuse_many",
]

NonNegative = Annotated[float, Field(ge=0, le=1e9), AS_REAL]
ShareBelowOne = Annotated[float, Field(ge=0, lt=1), AS_REAL]
Whole = Annotated[int, Field(ge=0, le=10**9), AS_WHOLE]

LISTS = frozenset({"optimiser.betas", "optimiser.undecayed", "optimiser.weight_decay_schedule"})
"""Fields of an experiment that are lists by themselves and not sweeps."""


class DecayChange(Section):
    """Another weight decay from some update on."""

    step: Whole = Field(description="The first update with it.")
    weight_decay: NonNegative = Field(description="The weight decay.")


class LearningRateDecay(Section):
    """A learning rate that falls, by the same steps however long the run is."""

    shape: Literal["linear", "cosine"] = Field(
        "cosine", description="How it falls: along a line, or along half a period of a cosine."
    )
    until: Count = Field(description="The update from which on it stays the same.")
    to: ShareBelowOne = Field(0.0, description="Share of the learning rate that is left then.")


class Optimiser(Section):
    """AdamW or gradient descent."""

    kind: Literal["adamw", "sgd"] = Field(
        "adamw",
        description="AdamW (arXiv 1711.05101), or gradient descent without momentum, whose weight "
        "decay is decoupled as well.",
    )
    learning_rate: Positive = Field(1e-3, description="Learning rate [1/step].")
    learning_rate_decay: LearningRateDecay | None = Field(
        None, description="How the learning rate falls; null: it stays."
    )
    warm_up: Whole = Field(
        0,
        description="Number of updates over which the learning rate rises from 0 "
        "(arXiv 2301.05217 uses 10).",
    )
    betas: tuple[ShareBelowOne, ShareBelowOne] = Field(
        (0.9, 0.98), description="Decay rates of the two moments of AdamW."
    )
    weight_decay: NonNegative = Field(0.01, description="Decoupled weight decay.")
    undecayed: Annotated[tuple[Literal["biases", "embeddings"], ...], DISTINCT] = Field(
        (), description="Parameters without weight decay: those of the MLP's biases, of the tokens."
    )
    weight_decay_schedule: tuple[DecayChange, ...] = Field(
        (), description="Changes of the weight decay, by ascending steps."
    )
    l1: NonNegative = Field(
        0.0, description="Strength of a penalty on the sum of all absolute parameters."
    )
    clip: Positive | None = Field(
        None, description="Largest norm of the gradient, which is scaled to it; null: any."
    )
    precision: Literal["float32", "float64"] = Field(
        "float32", description="Type of weights, activations and moments."
    )
    device: Literal["cpu", "cuda", "auto"] = Field(
        "cpu",
        description="Where to train: on the processor, on a GPU, or on a GPU only where there is "
        "one. Last digits depend on the device.",
    )

    @field_validator("betas", "weight_decay_schedule", mode="before")
    @classmethod
    def _tuple(cls, value: object) -> object:
        return as_tuple(value)

    @field_validator("undecayed")
    @classmethod
    def _set(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted({*value}))

    @field_validator("weight_decay_schedule")
    @classmethod
    def _ascending(cls, value: tuple[DecayChange, ...]) -> tuple[DecayChange, ...]:
        steps = [change.step for change in value]
        if steps != sorted(set(steps)):
            msg = "must have ascending steps"
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _moments_of_adamw(self) -> "Optimiser":
        if self.kind == "sgd" and self.betas != type(self).model_fields["betas"].default:
            msg = (
                f"gives `betas` = {[*self.betas]}, and `kind: sgd` has no moments; leave `betas` "
                "out, or set `kind: adamw`"
            )
            raise ValueError(msg)
        return self


class Checkpoints(Section):
    """At which steps the network is stored, in addition to the first and the last."""

    per_decade: Annotated[int, Field(ge=0, le=1000), AS_WHOLE] = Field(
        15, description="Number of steps in each power of ten, spaced evenly in their logarithm."
    )
    every: Whole = Field(100, description="Distance of an even grid of steps; 0 for none.")


def refuse_many(steps: int, every: int, key: str) -> None:
    """Refuse an even grid of more than `MOST_CHECKPOINTS` steps.

    Raises
    ------
    ValueError
        The rule and the remedy; `key` is the key of the grid.
    """
    if every and steps // every > MOST_CHECKPOINTS:
        msg = (
            f"stores {steps // every:,} checkpoints, one at every {every} of {steps:,}, and a run "
            f"may have {MOST_CHECKPOINTS:,}; set `{key}.every` to at least "
            f"{-(-steps // MOST_CHECKPOINTS)}, or to 0 for none of these"
        )
        raise ValueError(msg)


class EarlyStop(Section):
    """When to stop before the last step."""

    test_loss: Positive = Field(1e-5, description="The test loss must be below this [nat] ...")
    quiet: Whole = Field(1000, description="... at every checkpoint over this many steps.")


class Schedule(Section):
    """How long to train and what to keep."""

    steps: Count = Field(20_000, description="Number of optimiser updates.")
    checkpoints: Checkpoints = Field(Checkpoints(), description="Which networks are stored.")
    early_stop: EarlyStop | None = Field(
        None, description="When to stop before the last step; null: never."
    )

    @model_validator(mode="after")
    def _few_checkpoints(self) -> "Schedule":
        refuse_many(self.steps, self.checkpoints.every, "checkpoints")
        return self


class Trained(Section):
    """What is trained in some way; a study adds its network and data."""

    optimiser: Optimiser = Field(Optimiser(), description="The optimiser.")
    schedule: Schedule = Field(Schedule(), description="Length and checkpoints.")
