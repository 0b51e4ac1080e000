"""The section ``rlhf`` of the configuration, and the specification of each stage."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from ontogeny.config import (
    AS_REAL,
    AS_WHOLE,
    DISTINCT,
    Count,
    Files,
    Name,
    Positive,
    Section,
    Seed,
    Seeds,
    Style,
)
from ontogeny.config import training as optimisation
from ontogeny.config.bounds import Epochs, Examples, Layers, Width
from ontogeny.config.training import NonNegative, ShareBelowOne, Whole
from ontogeny.figures import section_of

__all__ = [
    "GOLD",
    "PPO",
    "PROMPTS",
    "Analysis",
    "Course",
    "Enumerated",
    "Experiment",
    "Figures",
    "Network",
    "Pairs",
    "Policy",
    "PolicyOptimiser",
    "PolicyTraining",
    "Preference",
    "PreferenceOptimiser",
    "PreferenceRun",
    "Probes",
    "Rlhf",
    "Sampling",
    "Sequences",
    "StartOptimiser",
    "StartRun",
    "Tranche",
    "TrancheOptions",
    "World",
]

Level = Literal["run", "study"]
"""What figures are drawn of."""

GOLD = "gold"
"""The reward that labels follow, in place of a preference model."""

PROMPTS = ("helpful", "harmless", "skill")
"""What a response answers to; a world has the first few."""

Prompt = Literal["mixed", "helpful", "harmless", "skill"]


def _not_empty(name: str) -> str:
    if not name:
        msg = "is empty; give the name of a file"
        raise ValueError(msg)
    return name


def _not_gold(name: str) -> str:
    if name == GOLD:
        msg = "is the name of the true score; choose another name"
        raise ValueError(msg)
    return name


File = Annotated[str, AfterValidator(_not_empty)]
PreferenceName = Annotated[Name, AfterValidator(_not_gold)]
Names = Annotated[tuple[Name, ...], DISTINCT]
ShareToOne = Annotated[float, Field(ge=0, le=1), AS_REAL]
Prompts = Annotated[int, Field(ge=1, le=len(PROMPTS)), AS_WHOLE]
Tokens = Annotated[int, Field(ge=2, le=256), AS_WHOLE]
Length = Annotated[int, Field(ge=2, le=128), AS_WHOLE]
Wholes = Annotated[tuple[Whole, ...], DISTINCT]


# Worlds


class Enumerated(Section):
    """A world so small that every sequence is known with its probability and its true score."""

    kind: Literal["enumerated"] = "enumerated"
    vocabulary: Tokens = Field(8, description="Number of tokens.")
    length: Length = Field(4, description="Number of tokens of a response.")
    lines: Examples = Field(
        4000, description="Number of sequences that the start policy learns from."
    )
    skew: Literal["none", "positive", "negative"] = Field(
        "none",
        description="Whether the true score is transformed by an increasing function so that its "
        "distribution is skewed to the right or to the left.",
    )
    seed: Seed = Field(0, description="Seed of the chain, the true score and the sequences.")


class Sequences(Section):
    """Sequences of a chain that looks two tokens back, and a transformer as the true score."""

    kind: Literal["sequences"] = "sequences"
    vocabulary: Tokens = Field(32, description="Number of tokens.")
    length: Length = Field(16, description="Number of tokens of a response.")
    lines: Examples = Field(
        20_000, description="Number of sequences that the start policy learns from."
    )
    prompts: Prompts = Field(
        1,
        description="Number of kinds of prompts: 1 for `helpful` alone, 2 with `harmless`, 3 with "
        "`skill`. The true score depends on the prompt.",
    )
    refusal_tokens: Count = Field(
        3,
        description="Number of different tokens that are refusals, which the true score rewards on "
        "`harmless` prompts.",
    )
    seed: Seed = Field(0, description="Seed of the chain, the true score and the sequences.")


class Pairs(Section):
    """Real comparisons of two responses, in a file. Only preference models are fitted to them."""

    kind: Literal["pairs"] = "pairs"
    file: File = Field(description="File with the comparisons.")
    layout: Literal["conversations", "judged"] = Field(
        "conversations",
        description="`conversations`: lines of JSON with the fields `chosen` and `rejected`; "
        "`judged`: a JSON list with two responses and the choices of three annotators.",
    )


World = Annotated[Enumerated | Sequences | Pairs, Field(discriminator="kind")]


# Start policies


class Network(Section):
    """A transformer with an MLP of four times its width."""

    d_model: Width = Field(64, description="Width of the residual stream.")
    layers: Layers = Field(2, description="Number of layers.")
    heads: Width = Field(4, description="Number of heads of a layer; it divides `d_model`.")


class StartOptimiser(optimisation.Optimiser):
    """The optimiser, on minibatches of the world's sequences, in a new order in each epoch."""

    batch: Examples = Field(128, description="Number of sequences in a minibatch.")
    learning_rate: Positive = Field(2e-3, description="Learning rate [1/step].")


class StartTraining(Section):
    """What the start policy depends on, in addition to its world."""

    network: Network = Field(Network(), description="The network.")
    optimiser: StartOptimiser = Field(StartOptimiser(), description="The optimiser.")
    epochs: Epochs = Field(2, description="Epochs on the sequences of the world.")


class StartRun(StartTraining):
    """The same with its seed."""

    seed: Seed


class Probes(Section):
    """Pairs of samples of a start policy on which all that belongs to it is measured."""

    calibration: Examples = Field(
        1500, description="Number of pairs on which the scores of preference models are scaled."
    )
    fresh: Examples = Field(
        10_000, description="Number of further pairs, on which they are judged."
    )


class Policy(StartTraining):
    """A start policy: a language model of the sequences of a world."""

    world: Name = Field(description="Name of one of `rlhf.worlds`, not of kind pairs.")
    probes: Probes = Field(Probes(), description="Samples on which all is measured.")


# Comparisons


class TrancheOptions(Section):
    """What a set of comparisons depends on, in addition to its files."""

    pairs: Examples = Field(1000, description="Number of pairs to learn from.")
    test: Examples = Field(500, description="Number of further pairs to test on.")
    prompt: Prompt = Field(
        "mixed", description="Prompt that the pairs answer to; `mixed`: all of the world, evenly."
    )
    best_of: Width = Field(
        1, description="Each response is the best of so many samples by the score of `judge`."
    )
    iterations: Wholes = Field(
        (),
        description="Iterations at which the policies of `runs` are sampled: of those stored, the "
        "nearest.",
    )
    draw: Whole = Field(
        0,
        description="Number of the draw; sets that are otherwise the same must differ in it to "
        "hold different pairs.",
    )


class Tranche(TrancheOptions):
    """Pairs of responses, each with the one that is preferred."""

    policy: Name = Field(description="Name of one of `rlhf.policies`, which is sampled.")
    judge: PreferenceName | None = Field(
        None, description="Name of one of `rlhf.preferences`, where `best_of` is above 1."
    )
    runs: Names = Field(
        (),
        description="Names of `rlhf.experiments` whose policies are sampled in place of the start "
        "policy.",
    )


# Preference models


class PreferenceOptimiser(optimisation.Optimiser):
    """The optimiser, on minibatches of pairs."""

    batch: Examples = Field(64, description="Number of pairs in a minibatch.")
    learning_rate_decay: optimisation.LearningRateDecay | None = Field(
        None, description="How the learning rate falls; null: along a line to 0 at the last update."
    )
    warm_up: Whole = Field(
        20, description="Number of updates over which the learning rate rises from 0."
    )


class PreferenceTraining(Section):
    """What a preference model depends on, in addition to its comparisons."""

    network: Network = Field(Network(), description="The network.")
    optimiser: PreferenceOptimiser = Field(PreferenceOptimiser(), description="The optimiser.")
    epochs: Epochs = Field(6, description="Epochs on the pairs.")
    pairs: Examples | None = Field(
        None,
        description="Number of pairs to learn from, the first of each set; null: all. Without "
        "`last_share`, all sets give equally many.",
    )
    last_share: ShareToOne | None = Field(
        None, description="Share of `pairs` that the last of `tranches` gives."
    )
    last_weight: Positive = Field(
        1.0, description="Weight of the loss on pairs of the last of `tranches`."
    )


class PreferenceRun(PreferenceTraining):
    """The same with its seed."""

    seed: Seed


class Preference(PreferenceTraining):
    """A preference model: a score of responses, fitted to comparisons."""

    tranches: Annotated[Names, Field(min_length=1)] = Field(
        description="Names of `rlhf.tranches` to learn from."
    )
    tested_on: Names = Field(
        (), description="Names of further `rlhf.tranches` on whose test pairs it is judged."
    )
    seeds: Seeds | None = Field(
        None,
        description="Seeds for which it is fitted, in addition to those of the experiments that "
        "use it; null: none. A preference model without any seed is not fitted.",
    )


# Policies


class PolicyOptimiser(optimisation.Optimiser):
    """The optimiser, on minibatches of sampled responses."""

    learning_rate: Positive = Field(4e-5, description="Learning rate [1/step].")
    betas: tuple[ShareBelowOne, ShareBelowOne] = Field(
        (0.9, 0.95), description="Decay rates of the two moments of AdamW."
    )
    weight_decay: NonNegative = Field(0.0, description="Decoupled weight decay.")
    clip: Positive | None = Field(
        1.0, description="Largest norm of the gradient, which is scaled to it; null: any."
    )


class PPO(Section):
    """Proximal policy optimisation (arXiv 1707.06347) of whole responses."""

    samples: Examples = Field(256, description="Number of responses sampled in an iteration.")
    minibatch: Examples = Field(
        128, description="Number of responses in a minibatch; it divides `samples`."
    )
    passes: Epochs = Field(2, description="Number of passes over the responses of an iteration.")
    clip: Positive = Field(
        0.2, description="The ratio of probabilities is clipped to 1 plus or minus this."
    )
    gae_lambda: ShareToOne = Field(
        0.95,
        description="Decay rate of generalised advantage estimation (arXiv 1506.02438); rewards "
        "are not discounted.",
    )
    value_coefficient: NonNegative = Field(
        0.1, description="Weight of the squared error of the value head."
    )


class StoredIterations(optimisation.Checkpoints):
    """After which iterations the policy is stored, in addition to the first and the last."""

    every: Whole = Field(5, description="Distance of an even grid of iterations; 0 for none.")
    per_decade: Annotated[int, Field(ge=0, le=1000), AS_WHOLE] = Field(
        15,
        description="Number of iterations in each power of ten, spaced evenly in their logarithm.",
    )


class Iterations(Section):
    """How long to train and what to keep, in iterations."""

    iterations: Count = Field(120, description="Number of iterations.")
    checkpoints: StoredIterations = Field(
        StoredIterations(), description="Which policies are stored."
    )

    @model_validator(mode="after")
    def _few_checkpoints(self) -> "Iterations":
        optimisation.refuse_many(self.iterations, self.checkpoints.every, "checkpoints")
        return self


class _Optimised(Section):
    ppo: PPO = Field(PPO(), description="The objective.")
    optimiser: PolicyOptimiser = Field(PolicyOptimiser(), description="The optimiser.")
    kl_penalty: NonNegative = Field(
        0.001, description="Penalty on the log-ratio to the start policy, lambda."
    )
    prompt: Prompt = Field(
        "mixed", description="Prompt that is answered; `mixed`: all of the world, evenly."
    )


class PolicyTraining(_Optimised):
    """What the training of a policy depends on, in addition to its files."""

    schedule: Iterations
    seed: Seed


class Course(optimisation.Trained):
    """What a training depends on with its schedule in updates, as the training loop reads it."""

    rest: dict[str, Any]
    """All that is neither optimiser nor schedule."""


class Experiment(_Optimised):
    """A policy that is trained against a score, from one or more seeds."""

    policy: Name = Field(description="Name of one of `rlhf.policies`, where it starts.")
    reward: Name = Field(
        description="Name of one of `rlhf.preferences`, or `gold`: the true score."
    )
    judges: Names = Field(
        (),
        description="Names of further `rlhf.preferences` that score the policy; they must have "
        "learned from other comparisons than the reward.",
    )
    same_tranches: bool = Field(
        False, description="Whether judges may share comparisons with the reward."
    )
    schedule: Iterations = Field(Iterations(), description="How long to train.")
    seeds: Seeds = Field(
        description="One policy is trained for each, with a start policy, comparisons and "
        "preference models of its own."
    )

    def training(self, seed: int) -> PolicyTraining:
        """Return what the run with one of the seeds depends on, in addition to its files."""
        fields = {name: getattr(self, name) for name in _Optimised.model_fields}
        return PolicyTraining(**fields, schedule=self.schedule, seed=seed)


# Measures


class Sampling(Section):
    """Samples of a policy along its training."""

    samples: Annotated[int, Field(ge=2, le=10_000_000), AS_WHOLE] = Field(
        512, description="Number of responses of each stored policy, where they are not enumerated."
    )


class Analysis(Section):
    """How policies and preference models are measured."""

    evaluation: Sampling = Field(Sampling(), description="Samples of a policy along its training.")
    bins: Annotated[int, Field(ge=2, le=100), AS_WHOLE] = Field(
        8, description="Number of bins of score differences in which calibration is measured."
    )
    best_of: Names = Field(
        (), description="Names of `rlhf.policies` whose best of n samples are scored."
    )
    detection: Names = Field(
        (),
        description="Names of `rlhf.policies` whose activations on foreign sequences are told "
        "from those on others.",
    )


SWEPT = (
    Enumerated,
    Sequences,
    Network,
    StartOptimiser,
    PreferenceOptimiser,
    PolicyOptimiser,
    optimisation.LearningRateDecay,
    Policy,
    Probes,
    Tranche,
    Preference,
    PPO,
    Iterations,
    Experiment,
)
"""Sections whose fields may be lists: sweeps."""


FIGURES = {"ontogeny.studies.rlhf.figures": "Preference models and policies"}
"""The packages of the figures, with their category in the report."""

Figures = section_of(FIGURES, Style)


class Rlhf(Section):
    """The study of preference models and policies."""

    worlds: dict[Name, World] = Field(description="Worlds by name.")
    policies: dict[Name, Policy] = Field({}, description="Start policies by name.")
    tranches: dict[Name, Tranche] = Field({}, description="Sets of comparisons by name.")
    preferences: dict[PreferenceName, Preference] = Field(
        {}, description="Preference models by name."
    )
    defaults: Experiment | None = Field(
        None, description="What every experiment has unless it says otherwise."
    )
    experiments: dict[Name, Experiment] = Field({}, description="Trained policies by name.")
    analysis: Analysis = Field(Analysis(), description="How all of it is measured.")
    figures: Figures = Field(Figures(), description="How figures look.")  # type: ignore[valid-type]
    own_figures: dict[Level, Files] = Field(
        {}, description="Files with figures of your own, by what each is drawn of."
    )
    run_figures: Literal["all", "first", "none"] = Field(
        "first",
        description="Which runs of each experiment get figures of their own: all, that of the "
        "first seed, or none. Figures over runs are always drawn.",
    )
