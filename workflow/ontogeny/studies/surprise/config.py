"""The section ``surprise`` of the configuration, and the specification of each stage."""

import math
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from ontogeny.config import (
    AS_REAL,
    AS_WHOLE,
    Count,
    Files,
    Name,
    Positive,
    Section,
    Seed,
    Seeds,
    Style,
    Texts,
)
from ontogeny.config import training as optimisation
from ontogeny.config.bounds import AtLeastTwo, Examples
from ontogeny.config.training import ShareBelowOne, Whole
from ontogeny.figures import section_of

__all__ = [
    "Addition",
    "Analysis",
    "Copy",
    "Experiment",
    "Figures",
    "LongTable",
    "Mixture",
    "MixtureTask",
    "Network",
    "Optimiser",
    "Parity",
    "ParityOfBits",
    "PointsTable",
    "Published",
    "Rating",
    "Recall",
    "Records",
    "Reverse",
    "Schedule",
    "Sort",
    "Surprise",
    "Table",
    "Training",
    "WideTable",
    "World",
]

Level = Literal["run", "study"]
"""What figures are drawn of."""

Share = Annotated[float, Field(gt=0, lt=1), AS_REAL]

BATCHES = {"parity": 2048, "mixture": 48}
"""Examples or sequences of a minibatch unless the configuration says otherwise."""

RATE_WIDTH = 32
"""Width at which the learning rate of a transformer is the one that is written."""


class Parity(Section):
    """Multitask sparse parity (arXiv 2303.13506): many tasks, each learned all or nothing."""

    kind: Literal["parity"] = "parity"
    tasks: AtLeastTwo = Field(64, description="Number of tasks.")
    bits: Annotated[int, Field(ge=1, le=32), AS_WHOLE] = Field(
        32, description="Random bits of each example."
    )
    order: Count = Field(3, description="Bits of a task, whose parity is the answer.")
    alpha: Positive = Field(
        0.4, description="Task j has a probability proportional to j^-(1 + alpha)."
    )
    seed: Seed = Field(0, description="Draws the bits of each task.")


class _Task(Section):
    share: Share = Field(0.1, description="Share of the sequences that are problems of this task.")


Letters = Annotated[int, Field(ge=1, le=16), AS_WHOLE]


class Copy(_Task):
    """Repeat letters."""

    kind: Literal["copy"] = "copy"
    letters: Letters = Field(6, description="Number of letters.")


class Reverse(_Task):
    """Write letters in reverse order."""

    kind: Literal["reverse"] = "reverse"
    letters: Letters = Field(6, description="Number of letters.")


class Recall(_Task):
    """Give the digit that follows a letter in a list of pairs."""

    kind: Literal["recall"] = "recall"
    pairs: Annotated[int, Field(ge=1, le=16), AS_WHOLE] = Field(
        5, description="Pairs of a letter and a digit; no letter twice."
    )


class Table(_Task):
    """Give x^2 + 3 y + x y modulo a number; some pairs are never trained on."""

    kind: Literal["table"] = "table"
    modulus: Annotated[int, Field(ge=2, le=36), AS_WHOLE] = Field(10, description="The modulus.")
    held_out: Share = Field(0.2, description="Share of the pairs that only evaluation has.")


class Addition(_Task):
    """Add two numbers."""

    kind: Literal["add"] = "add"
    digits: Annotated[int, Field(ge=1, le=9), AS_WHOLE] = Field(
        2, description="Digits of each number, with leading zeros."
    )
    reversed: bool = Field(False, description="Write the sum with its last digit first.")


class ParityOfBits(_Task):
    """Say whether the number of ones is odd."""

    kind: Literal["parity"] = "parity"
    bits: Annotated[int, Field(ge=1, le=32), AS_WHOLE] = Field(6, description="Number of bits.")


class Sort(_Task):
    """Write digits in ascending order."""

    kind: Literal["sort"] = "sort"
    digits: Annotated[int, Field(ge=2, le=16), AS_WHOLE] = Field(4, description="Number of digits.")


class Rating(_Task):
    """Give the grade, 1 to 5, of an item by a user: entries of a table of low rank."""

    kind: Literal["rating"] = "rating"
    rank: Annotated[int, Field(ge=1, le=26), AS_WHOLE] = Field(
        2, description="Rank of the table of 26 users and 26 items."
    )
    held_out: Share = Field(0.2, description="Share of the entries that only evaluation has.")


class Records(_Task):
    """Predict an outcome as it is on record, with a bias against one of two groups.

    Two digits decide how likely the outcome is. Of members of group 1, some records are wrong.
    """

    kind: Literal["records"] = "records"
    bias: Share = Field(
        0.3,
        description="Probability that a member of group 1 without the outcome has it on record.",
    )


MixtureTask = Annotated[
    Copy | Reverse | Recall | Table | Addition | ParityOfBits | Sort | Rating | Records,
    Field(discriminator="kind"),
]


class Mixture(Section):
    """Characters of a text, with sequences of solved problems between its windows."""

    kind: Literal["mixture"] = "mixture"
    tasks: dict[Name, MixtureTask] = Field(
        description="Tasks by name, each with its share of the sequences; the rest is text."
    )
    length: Annotated[int, Field(ge=16, le=1024), AS_WHOLE] = Field(
        64, description="Length of the context."
    )
    files: Files = Field(
        (), description="Text files; none: the source of the Python standard library."
    )
    held_out: Share = Field(
        0.1, description="Share of the text, at its end, that only evaluation has."
    )
    sequences: Annotated[int, Field(ge=8, le=10_000_000), AS_WHOLE] = Field(
        512, description="Windows of text in the evaluation set."
    )
    problems: Annotated[int, Field(ge=8, le=10_000_000), AS_WHOLE] = Field(
        500, description="Problems of each task in the evaluation set."
    )
    seed: Seed = Field(0, description="Draws tables, held-out pairs and the evaluation set.")


def _given(value: object) -> object:
    if value in ([], {}, ()):
        msg = "is empty; it must name at least one"
        raise ValueError(msg)
    return value


GIVEN = BeforeValidator(_given)
"""Refuses a list or mapping without any entry."""


class LongTable(Section):
    """A table with one score in each row: size, variant, shots, step, task, metric, value."""

    kind: Literal["long"] = "long"
    file: str = Field(description="A table with commas; the first line names its columns.")
    shots: str = Field(
        "zero-shot", description="Which rows are read, as the column `shots` says it."
    )
    parameters: Annotated[dict[str, Annotated[int, Field(ge=1, le=10**18), AS_WHOLE]], GIVEN] = (
        Field(description="Number of parameters of each size, by its label in the column `size`.")
    )
    families: Annotated[dict[str, str], GIVEN] = Field(
        description="Family of each variant in the column `variant`. Models of one family are "
        "compared by size, at least 4 of them."
    )


class WideTable(Section):
    """Tables with one model in each row and one task in each column, joined by name."""

    kind: Literal["wide"] = "wide"
    files: Annotated[Files, Field(min_length=1), GIVEN] = Field(
        description="Tables with commas; the first line names their columns. The first table lists "
        "the models."
    )
    family: str | None = Field(
        None,
        description="The family whose models are compared by size, at least 4 of them; null: none.",
    )
    reference: str | None = Field(
        None, description="The task that others are compared with at equal compute; null: none."
    )


class PointsTable(Section):
    """A table with one training run in each row: its size, compute and loss."""

    kind: Literal["points"] = "points"
    file: str = Field(description="A table with commas; the first line names its columns.")
    left_out: Whole = Field(0, description="How many of the highest losses the fit leaves out.")


class Published(Section):
    """Evaluations of other people's models; nothing is trained."""

    kind: Literal["published"] = "published"
    table: Annotated[LongTable | WideTable | PointsTable, Field(discriminator="kind")] = Field(
        description="The table or tables of scores."
    )
    loss: str | None = Field(None, description="Task whose loss is forecast; null: none.")
    average: Texts = Field(
        (), description="Tasks whose mean score is forecast: a list, or the name of one."
    )
    abilities: dict[str, Annotated[float, Field(ge=0, lt=1), AS_REAL]] = Field(
        {}, description="Tasks whose score is forecast, each with the score of a guess."
    )


World = Annotated[Parity | Mixture | Published, Field(discriminator="kind")]


class Network(Section):
    """A hidden layer on a world of parity, a transformer on a mixture."""

    width: AtLeastTwo = Field(
        32,
        description="Hidden neurons on a world of parity. Width of the residual stream of a "
        "transformer, which has a head for each 16 and 4 neurons for each 1.",
    )
    layers: Annotated[int, Field(ge=1, le=16), AS_WHOLE] = Field(
        2, description="Layers of a transformer."
    )


class Optimiser(optimisation.Optimiser):
    """The optimiser, on minibatches that are drawn anew for every update."""

    batch: Examples | None = Field(
        None,
        description="Examples (parity) or sequences (mixture) of a minibatch; null: 2,048 examples "
        "or 48 sequences.",
    )
    learning_rate: Positive = Field(
        3e-3,
        description="Learning rate [1/step]; that of a transformer is this times sqrt(32 / width).",
    )
    betas: tuple[ShareBelowOne, ShareBelowOne] = Field(
        (0.9, 0.999), description="Decay rates of the two moments of AdamW."
    )
    weight_decay: optimisation.NonNegative = Field(0.0, description="Decoupled weight decay.")


class Checkpoints(optimisation.Checkpoints):
    """At which steps the network is stored, in addition to the first and the last."""

    per_decade: Annotated[int, Field(ge=0, le=1000), AS_WHOLE] = Field(
        5, description="Number of steps in each power of ten, spaced evenly in their logarithm."
    )
    every: Whole = Field(1000, description="Distance of an even grid of steps; 0 for none.")


class Schedule(optimisation.Schedule):
    """How long to train and what to keep."""

    steps: Count = Field(4000, description="Number of optimiser updates.")
    checkpoints: Checkpoints = Field(Checkpoints(), description="Which networks are stored.")


class _Trained(optimisation.Trained):
    network: Network = Field(Network(), description="The network.")
    optimiser: Optimiser = Field(Optimiser(), description="The optimiser.")
    schedule: Schedule = Field(Schedule(), description="Length and checkpoints.")


class Training(_Trained):
    """What one run depends on, in addition to its world."""

    seed: Seed


class Experiment(_Trained):
    """Networks on one world, trained from one or more seeds."""

    world: Name = Field(description="Name of one of `surprise.worlds`.")
    seeds: Seeds = Field(
        description="One network is trained for each; a seed fixes initial weights and minibatches."
    )

    def training(self, seed: int, world: Parity | Mixture) -> Training:
        """Return what the run with one of the seeds depends on, in addition to its world.

        Size of the minibatch and learning rate are those that the optimiser is given.
        """
        rate = self.optimiser.learning_rate
        if world.kind == "mixture":
            rate *= math.sqrt(RATE_WIDTH / self.network.width)
        optimiser = self.optimiser.model_copy(
            update={
                "learning_rate": rate,
                "batch": self.optimiser.batch or BATCHES[world.kind],
            }
        )
        return Training(
            network=self.network, optimiser=optimiser, schedule=self.schedule, seed=seed
        )


class Analysis(Section):
    """Thresholds of the scaling analysis of networks."""

    learned: Share = Field(
        0.9, description="An ability is learned when its accuracy is above this."
    )
    least_sizes: Annotated[int, Field(ge=4, le=1000), AS_WHOLE] = Field(
        4, description="Least number of widths that a law is fitted to."
    )


SWEPT = (
    Experiment,
    Network,
    Optimiser,
    optimisation.LearningRateDecay,
    Checkpoints,
    optimisation.EarlyStop,
    Schedule,
    Parity,
    Mixture,
    Copy,
    Reverse,
    Recall,
    Table,
    Addition,
    ParityOfBits,
    Sort,
    Rating,
    Records,
)
"""Sections whose fields may be lists: sweeps."""


FIGURES = {"ontogeny.studies.surprise.figures": "Surprise"}
"""The packages of the figures, with their category in the report."""

Figures = section_of(FIGURES, Style)


class Surprise(Section):
    """The study of predictable loss and surprising abilities."""

    worlds: dict[Name, World] = Field(description="Worlds by name.")
    defaults: Experiment | None = Field(
        None, description="What every experiment has unless it says otherwise."
    )
    experiments: dict[Name, Experiment] = Field({}, description="Experiments by name.")
    analysis: Analysis = Field(Analysis(), description="Thresholds of the analyses.")
    expected: Files = Field(
        (),
        description="Probes that you expect transformers to solve although they were never trained "
        "on them; said before any of them is tried.",
    )
    figures: Figures = Field(Figures(), description="How figures look.")  # type: ignore[valid-type]
    own_figures: dict[Level, Files] = Field(
        {}, description="Files with figures of your own, by what each is drawn of."
    )
    run_figures: Literal["all", "first", "none"] = Field(
        "first",
        description="Which runs of each experiment get figures of their own: all, that of the "
        "first seed, or none. Figures over runs are always drawn.",
    )
