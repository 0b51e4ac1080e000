"""The section ``noisy_labels`` of the configuration, and the specification of each stage."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

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
from ontogeny.config.bounds import Epochs, Examples, Width
from ontogeny.config.training import NonNegative, ShareBelowOne
from ontogeny.figures import section_of
from ontogeny.studies.noisy_labels.corpora.groups import GROUPS

__all__ = [
    "CLEAN_ALONE",
    "CONTROLS",
    "PAPER",
    "TUNABLE",
    "Civil",
    "Corpus",
    "Course",
    "Experiment",
    "Figures",
    "Generated",
    "Network",
    "NetworkRater",
    "NetworkRating",
    "NoisyLabels",
    "Optimiser",
    "Rater",
    "Schedule",
    "Strategy",
    "Training",
    "Tuning",
    "VoteRater",
    "VoteRating",
    "Votes",
]

Level = Literal["run", "study"]
"""What figures are drawn of."""


def _not_empty(name: str) -> str:
    if not name:
        msg = "is empty; give the name of a file, or leave it out"
        raise ValueError(msg)
    return name


File = Annotated[str, AfterValidator(_not_empty)]
PartSize = Annotated[int, Field(ge=50, le=10_000_000), AS_WHOLE]
Share = Annotated[float, Field(gt=0, lt=1), AS_REAL]
ShareOrNone = Annotated[float, Field(ge=0, lt=1), AS_REAL]
ShareOrAll = Annotated[float, Field(gt=0, le=1), AS_REAL]
Length = Annotated[int, Field(ge=4, le=512), AS_WHOLE]
Features = Annotated[int, Field(ge=1, le=1024), AS_WHOLE]

Strategy = Literal[
    "clean",
    "naive",
    "one-hot",
    "loss-correction",
    "multi-head",
    "few-noisy",
    "oracle",
    "noisy",
    "weighted",
    "relabelled",
]

PAPER: tuple[Strategy, ...] = ("clean", "naive", "one-hot", "loss-correction", "multi-head")
"""The strategies of the paper before tuning."""
CONTROLS: tuple[Strategy, ...] = ("few-noisy", "oracle")
"""Controls that the paper does not have."""
CLEAN_ALONE: tuple[Strategy, ...] = ("clean", "few-noisy")
"""Strategies that learn from the clean comments alone, for more epochs."""
TUNABLE: tuple[Strategy, ...] = (
    "naive",
    "one-hot",
    "loss-correction",
    "multi-head",
    "noisy",
    "weighted",
    "relabelled",
)
"""Strategies that can be fine-tuned on the clean comments."""


class _Corpus(Section):
    features: Features = Field(
        48, description="Length of the vector of a word, learned from the words that occur near it."
    )
    seed: Seed = Field(0, description="Seed of the comments, or of the division into parts.")


class Generated(_Corpus):
    """Generated comments, whose groups, insults and biases are all known."""

    kind: Literal["generated"] = "generated"
    rater: PartSize = Field(8000, description="Number of comments that a rater learns from.")
    study: PartSize = Field(
        30_000,
        description="Number of comments that networks learn from: a few with true labels, the "
        "others with those of a rater.",
    )
    development: PartSize = Field(
        3000, description="Number of comments on which checkpoints and thresholds are chosen."
    )
    test: PartSize = Field(9000, description="Number of comments that networks are judged on.")


class _Given(_Corpus):
    files: Annotated[Files, Field(min_length=1)] = Field(description="Files with comments.")
    development: Files = Field(
        (), description="Files with the comments for development; without any, a share of `files`."
    )
    test: Files = Field(
        (), description="Files with the test comments; without any, a share of `files`."
    )
    rater_share: ShareOrNone = Field(
        0.35,
        description="Share of the comments in `files`, without repetitions, that a rater learns "
        "from.",
    )
    development_share: Share = Field(
        0.1, description="Share of the comments in `files` for development."
    )
    test_share: Share = Field(0.2, description="Share of the comments in `files` for the test.")
    vocabulary: Annotated[int, Field(ge=10, le=200_000), AS_WHOLE] = Field(
        8000, description="Size of the vocabulary: the most frequent words."
    )
    length: Length = Field(
        40, description="Number of words of a comment that are read; the rest is cut off."
    )
    templates: File | None = Field(
        None,
        description="File of sentences that differ in the group they name (columns `Text`, "
        "`Label`, `Template`), which networks are judged on as well.",
    )
    cases: File | None = Field(
        None,
        description="File of functional tests (columns of HateCheck), which networks are judged "
        "on as well.",
    )


class Votes(_Given):
    """Real comments with the votes of several people: CSV with counts, or JSON with each vote."""

    kind: Literal["votes"] = "votes"
    groups: dict[Name, Texts] = Field(
        GROUPS, description="Groups, each with the words that name it."
    )


class Civil(_Given):
    """Civil Comments: a CSV file with a toxicity and with columns for the groups."""

    kind: Literal["civil"] = "civil"
    least_mentions: Count = Field(
        500, description="Groups that fewer test comments name are left out."
    )


Corpus = Annotated[Generated | Votes | Civil, Field(discriminator="kind")]


class Network(Section):
    """A convolution over a comment, its maximum, and a hidden layer."""

    channels: Width = Field(64, description="Channels of the convolution, of 3 words each.")
    hidden: Width = Field(64, description="Neurons of the hidden layer.")
    dropout: ShareBelowOne = Field(
        0.2, description="Share of the inputs of the hidden layer that are dropped in each update."
    )


class Optimiser(optimisation.Optimiser):
    """The optimiser, on minibatches of a fixed set of comments, in a new order in each epoch."""

    batch: Examples = Field(128, description="Number of comments in a minibatch.")
    learning_rate: Positive = Field(2e-3, description="Learning rate [1/step].")
    betas: tuple[ShareBelowOne, ShareBelowOne] = Field(
        (0.9, 0.999), description="Decay rates of the two moments of AdamW."
    )
    weight_decay: NonNegative = Field(0.0, description="Decoupled weight decay.")


class Schedule(Section):
    """How long to train. A checkpoint is stored before training and after each epoch."""

    epochs: Epochs = Field(5, description="Epochs on all comments.")
    clean_epochs: Epochs = Field(
        60, description="Epochs of strategies that learn from the clean comments alone."
    )
    naive_looks: Epochs = Field(
        8,
        description="Largest number of checkpoints in each epoch of the strategy `naive`, so that "
        "it can be compared with `clean` at equal accuracy; they divide the epoch evenly.",
    )


class Tuning(Section):
    """How a network is fine-tuned on the clean comments alone."""

    epochs: Epochs = Field(20, description="Epochs on the clean comments.")
    learning_rate: Positive = Field(5e-4, description="Learning rate [1/step].")


class NetworkRating(Section):
    """What the labels of a network depend on, apart from its corpus."""

    kind: Literal["network"] = "network"
    accuracy: Share | None = Field(
        None,
        description="Training stops at this accuracy on development; null: after all epochs.",
    )
    keep: ShareOrAll = Field(
        1.0,
        description="Of the harmless comments that name a group, the share that it learns from. "
        "Below 1 it learns to call comments that name a group toxic.",
    )
    epochs: Epochs = Field(40, description="Largest number of epochs.")
    network: Network = Field(Network(), description="The network.")
    optimiser: Optimiser = Field(Optimiser(), description="The optimiser.")
    seed: Seed = Field(
        0, description="Seed of the initial weights, the minibatches and what is kept."
    )


class NetworkRater(NetworkRating):
    """A network that learns from the part `rater`, and may be stopped early."""

    corpus: Name = Field(description="Name of one of `noisy_labels.corpora`.")


class VoteRating(Section):
    """What votes depend on, apart from their corpus."""

    kind: Literal["vote"] = "vote"
    seed: Seed = Field(0, description="Seed of the votes.")


class VoteRater(VoteRating):
    """For each comment, one of the votes that people gave it."""

    corpus: Name = Field(description="Name of one of `noisy_labels.corpora`, with votes.")


Rater = Annotated[NetworkRater | VoteRater, Field(discriminator="kind")]


class _Trained(Section):
    strategy: Strategy = Field("naive", description="How the network uses clean and noisy labels.")
    tuned: bool = Field(
        False,
        description="Whether the network is fine-tuned on the clean comments alone, from the final "
        "checkpoint of an experiment that is otherwise the same.",
    )
    clean_share: Share = Field(
        0.05, description="Share of the comments of `study` whose true label is known."
    )
    transition: Literal["by-rater", "by-network", "by-group"] = Field(
        "by-rater",
        description="What loss correction estimates the transition matrix from: the rater's labels "
        "of the clean comments; the predictions of a network that learned from noisy labels "
        "alone; or, for each group, the rater's labels of the clean comments that name it.",
    )
    noisy_weight: ShareOrAll = Field(
        0.5, description="Weight of a noisy comment beside a clean one, for `weighted`."
    )
    network: Network = Field(Network(), description="The network.")
    optimiser: Optimiser = Field(Optimiser(), description="The optimiser.")


class Training(_Trained):
    """What one run depends on, in addition to its corpus, its rater and its parent."""

    epochs: Epochs
    looks: Epochs
    seed: Seed


class Course(_Trained):
    """The same with its schedule in updates, as training reads it."""

    schedule: optimisation.Schedule
    seed: Seed


class Experiment(_Trained):
    """A strategy with one rater, trained from one or more seeds."""

    rater: Name = Field(description="Name of one of `noisy_labels.raters`.")
    schedule: Schedule = Field(Schedule(), description="How long to train.")
    tuning: Tuning = Field(Tuning(), description="Fine-tuning of tuned networks.")
    seeds: Seeds = Field(
        description="One network is trained for each; a seed fixes which comments are clean, the "
        "initial weights and the minibatches."
    )

    def training(self, seed: int) -> Training:
        """Return what the run with one of the seeds depends on, in addition to its files.

        What the strategy does not read has its default. Epochs and learning rate are those of the
        strategy.
        """
        fields = {name: getattr(self, name) for name in _Trained.model_fields}
        if self.strategy == "oracle":
            del fields["clean_share"]
        is_corrected = self.strategy == "loss-correction" and not self.tuned
        if not is_corrected:
            del fields["transition"]
        if self.strategy != "weighted" or self.tuned:
            del fields["noisy_weight"]
        epochs = self.schedule.epochs
        if self.strategy in CLEAN_ALONE:
            epochs = self.schedule.clean_epochs
        if self.tuned:
            epochs = self.tuning.epochs
            rate = {"learning_rate": self.tuning.learning_rate}
            fields["optimiser"] = self.optimiser.model_copy(update=rate)
        is_stopped = self.strategy == "naive" and not self.tuned
        looks = self.schedule.naive_looks if is_stopped else 1
        return Training(**fields, epochs=epochs, looks=looks, seed=seed)


class Analysis(Section):
    """Thresholds of the comparison."""

    least_comments: Count = Field(
        10,
        description="A group with fewer toxic or fewer harmless comments than this is left out of "
        "the means.",
    )
    bins: Annotated[int, Field(ge=2, le=100), AS_WHOLE] = Field(
        5, description="Number of bins of the oracle's score in which wrong labels are counted."
    )


SWEPT = (
    Experiment,
    Network,
    Optimiser,
    optimisation.LearningRateDecay,
    Schedule,
    Tuning,
    NetworkRater,
    VoteRater,
    Generated,
    Votes,
    Civil,
)
"""Sections whose fields may be lists: sweeps."""


FIGURES = {"ontogeny.studies.noisy_labels.figures": "Noisy labels"}
"""The packages of the figures, with their category in the report."""

Figures = section_of(FIGURES, Style)


class NoisyLabels(Section):
    """The study of few clean and many biased labels."""

    corpora: dict[Name, Corpus] = Field(description="Corpora by name.")
    raters: dict[Name, Rater] = Field(description="Raters by name.")
    defaults: Experiment | None = Field(
        None, description="What every experiment has unless it says otherwise."
    )
    experiments: dict[Name, Experiment] = Field({}, description="Experiments by name.")
    analysis: Analysis = Field(Analysis(), description="Thresholds of the comparison.")
    figures: Figures = Field(Figures(), description="How figures look.")  # type: ignore[valid-type]
    own_figures: dict[Level, Files] = Field(
        {}, description="Files with figures of your own, by what each is drawn of."
    )
    run_figures: Literal["all", "first", "none"] = Field(
        "first",
        description="Which runs of each experiment get figures of their own: all, that of the "
        "first seed, or none. Figures over runs are always drawn.",
    )
