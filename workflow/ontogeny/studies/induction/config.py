"""The section ``induction`` of the configuration, and the specification of each stage."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from ontogeny.config import (
    AS_REAL,
    AS_WHOLE,
    Count,
    Fault,
    Files,
    Name,
    Positive,
    Section,
    Seed,
    Seeds,
    unknown_name,
)
from ontogeny.config import (
    Style as FigureStyle,
)
from ontogeny.config import training as optimisation
from ontogeny.config.bounds import Examples, Width
from ontogeny.config.training import EarlyStop, LearningRateDecay, Whole
from ontogeny.figures import section_of
from ontogeny.given_files import problem_of_text, repeated
from ontogeny.sweeps import resolved
from ontogeny.texts.division import boundary, shortage

__all__ = [
    "Analysis",
    "Checkpoints",
    "Corpus",
    "Experiment",
    "Figures",
    "Induction",
    "Markov",
    "Network",
    "Optimiser",
    "Phrases",
    "Schedule",
    "Style",
    "Text",
    "Training",
    "resolve",
]

Level = Literal["run", "experiment", "corpus", "study"]
"""What figures are drawn of."""

LISTS = frozenset({"seeds"}) | optimisation.LISTS
"""Fields of an experiment that are lists by themselves and not sweeps."""

Share = Annotated[float, Field(gt=0, lt=1), AS_REAL]
Length = Annotated[int, Field(ge=12, le=4096), AS_WHOLE]


class _Corpus(Section):
    sequences: Annotated[int, Field(ge=8, le=10_000_000), AS_WHOLE] = Field(
        256, description="Sequences of the evaluation set, the same for every network."
    )
    seed: Seed = Field(0, description="Fixes the evaluation set and what all sequences share.")


class Phrases(_Corpus):
    """Sequences with private phrases in a background of a fixed second-order chain."""

    kind: Literal["phrases"] = "phrases"
    vocabulary: Annotated[int, Field(ge=8, le=4096), AS_WHOLE] = Field(
        64, description="Number of tokens; token 0 begins each sequence."
    )
    length: Length = Field(96, description="Length of the context.")
    phrases: Annotated[int, Field(ge=1, le=4096), AS_WHOLE] = Field(
        4, description="Private phrases of each sequence."
    )
    phrase_length: Annotated[int, Field(ge=2, le=4096), AS_WHOLE] = Field(
        3, description="Tokens of a phrase, drawn uniformly."
    )
    start_probability: Share = Field(
        0.35, description="Probability that a phrase starts where none is under way."
    )
    strength: Positive = Field(
        1.5, description="Standard deviation of the logits of the background chain, twice over."
    )

    @model_validator(mode="after")
    def _phrases_fit(self) -> "Phrases":
        tokens = self.phrases * self.phrase_length
        if tokens > self.length:
            msg = (
                f"{self.phrases} `phrases` of {self.phrase_length} tokens (`phrase_length`) have "
                f"{tokens} tokens, and a context has {self.length} (`length`), so that they cannot "
                "all occur; give fewer or shorter phrases, or a greater length"
            )
            raise ValueError(msg)
        if 2 * self.phrase_length > self.length:
            msg = (
                f"`phrase_length` is {self.phrase_length}, and a context of {self.length} "
                f"(`length`) has no room for the phrase and its repetition; give at most "
                f"{self.length // 2}"
            )
            raise ValueError(msg)
        return self


class Markov(_Corpus):
    """Markov chains whose matrix is drawn anew for each sequence (arXiv 2402.11004)."""

    kind: Literal["markov"] = "markov"
    states: Annotated[int, Field(ge=2, le=64), AS_WHOLE] = Field(
        3, description="Number of states of the chains."
    )
    length: Length = Field(100, description="Length of the context.")


class Text(_Corpus):
    """Windows of real text."""

    kind: Literal["text"] = "text"
    files: Files = Field(
        (), description="Text files; none: the source of the Python standard library."
    )
    vocabulary: Annotated[int, Field(ge=257, le=32_000), AS_WHOLE] = Field(
        1024, description="Number of tokens: the beginning, the bytes, and merged pairs."
    )
    length: Length = Field(256, description="Length of the context.")
    held_out: Share = Field(
        0.1, description="Share of the text, at its end, that only the evaluation set is from."
    )


Corpus = Annotated[Phrases | Markov | Text, Field(discriminator="kind")]


class Network(Section):
    """A decoder-only transformer whose positions are added to queries and keys alone."""

    layers: Annotated[int, Field(ge=1, le=4), AS_WHOLE] = Field(2, description="Layers.")
    d_model: Annotated[int, Field(ge=4, le=100_000), AS_WHOLE] = Field(
        64, description="Width of the residual stream; even."
    )
    heads: Width = Field(4, description="Heads of each layer; they share `d_model`.")
    d_mlp: Annotated[int, Field(ge=0, le=100_000), AS_WHOLE] = Field(
        0, description="Neurons of the MLP of each layer; 0: attention only."
    )
    smeared_keys: bool = Field(
        False, description="Mix each key with that of the position before, by a trained share."
    )
    positions: Literal["all", "first"] = Field(
        "all", description="Which layers see positions: all, or the first alone."
    )


class Optimiser(optimisation.Optimiser):
    """AdamW on minibatches that are drawn anew for every update."""

    batch: Examples = Field(32, description="Sequences of a minibatch.")
    learning_rate: Positive = Field(3e-3, description="Learning rate [1/step].")
    warm_up: Whole = Field(
        100, description="Number of updates over which the learning rate rises from 0."
    )


class Checkpoints(optimisation.Checkpoints):
    """At which steps the network is stored, in addition to the first and the last."""

    per_decade: Annotated[int, Field(ge=0, le=1000), AS_WHOLE] = Field(
        0, description="Number of steps in each power of ten, spaced evenly in their logarithm."
    )
    every: Whole = Field(15, description="Distance of an even grid of steps; 0 for none.")


class Schedule(optimisation.Schedule):
    """How long to train and what to keep."""

    steps: Count = Field(1500, description="Number of optimiser updates.")
    checkpoints: Checkpoints = Field(Checkpoints(), description="Which networks are stored.")


class _Training(optimisation.Trained):
    network: Network = Field(Network(), description="The network.")
    optimiser: Optimiser = Field(Optimiser(), description="The optimiser.")
    schedule: Schedule = Field(Schedule(), description="Length and checkpoints.")


class Training(_Training):
    """What one run depends on, in addition to its corpus."""

    seed: Seed


class Experiment(_Training):
    """One kind of network on one corpus, trained from one or more seeds."""

    corpus: Name = Field(description="Name of one of `induction.corpora`.")
    seeds: Seeds = Field(
        description="One network is trained for each; a seed fixes initial weights and minibatches."
    )

    def training(self, seed: int) -> Training:
        """Return what the run with one of the seeds depends on, in addition to its corpus."""
        fields = {name: getattr(self, name) for name in _Training.model_fields}
        return Training(**fields, seed=seed)


class Analysis(Section):
    """Thresholds of the analyses."""

    prefix_matching: Share = Field(
        0.3, description="A head that matches prefixes by more than this, and copies, is induction."
    )
    previous_token: Share = Field(
        0.3, description="Any other head that attends to the token before by more than this is one."
    )
    least_fall: Positive = Field(
        0.15,
        description="A phase change makes the in-context learning score fall by at least this "
        "[nat] inside its window.",
    )


SWEPT = (
    Experiment,
    Network,
    Optimiser,
    LearningRateDecay,
    Checkpoints,
    EarlyStop,
    Schedule,
    Phrases,
    Markov,
    Text,
)
"""Sections whose fields may be lists: sweeps."""


class Style(FigureStyle):
    """How figures look; runs are short enough for a plain axis of steps."""

    log_steps: bool = Field(False, description="Draw training steps on a logarithmic axis.")


FIGURES = {"ontogeny.studies.induction.figures": "Induction heads"}
"""The packages of the figures, with their category in the report."""

Figures = section_of(FIGURES, Style)


class Induction(Section):
    """The study of induction heads."""

    corpora: dict[Name, Corpus] = Field(description="Corpora by name.")
    defaults: Experiment | None = Field(
        None, description="What every experiment has unless it says otherwise."
    )
    experiments: dict[Name, Experiment] = Field(description="Experiments by name.")
    analysis: Analysis = Field(Analysis(), description="Thresholds of the analyses.")
    figures: Figures = Field(Figures(), description="How figures look.")  # type: ignore[valid-type]
    own_figures: dict[Level, Files] = Field(
        {}, description="Files with figures of your own, by what each is drawn of."
    )
    own_measures: Files = Field(
        (), description="Files with measures of your own along the checkpoints of each run."
    )
    run_figures: Literal["all", "first", "none"] = Field(
        "first",
        description="Which runs of each experiment get figures of their own: all, that of the "
        "first seed, or none. Figures over runs are always drawn.",
    )


def resolve(raw: Any) -> Induction:
    """Return the section ``induction`` with all defaults merged into it.

    Parameters
    ----------
    raw : mapping
        The section as the configuration files hold it.

    Returns
    -------
    Induction
        Its `defaults` are None, since every experiment has them in itself, and so has every figure
        those of `figures`.

    Raises
    ------
    ConfigurationError
        One message with every problem: key, value, rule and remedy.
    """
    induction, _ = resolved(
        raw,
        Induction,
        lists={"corpora": {"files"}, "experiments": LISTS},
        style=Style,
        at="induction",
        check=lambda section, _: _all_problems(section),
    )
    return induction


def _all_problems(induction: Induction) -> Iterator[str | Fault]:
    """Say what parts of the section break together."""
    if not induction.experiments:
        yield "`induction.experiments`: must hold at least 1"
    for name in induction.corpora:
        yield from _problems_of_text(induction, name)
    for name in induction.experiments:
        yield from _problems(induction, name)


def _problems_of_text(induction: Induction, name: str) -> list[str]:
    """Say what is wrong with the files of a text, as far as the files alone tell."""
    corpus, at = induction.corpora[name], f"`induction.corpora.{name}.files`"
    if not isinstance(corpus, Text) or not corpus.files:
        return []
    problems = {file: problem for file in corpus.files if (problem := problem_of_text(file))}
    found = [f"{at} = {file!r}: {problem}" for file, problem in problems.items()]
    if found:
        return found
    found = [f"{at} = {file!r}: {problem}" for file, problem in repeated(corpus.files).items()]
    if found:
        return found
    most = sum(Path(file).stat().st_size for file in corpus.files) + len(corpus.files) - 1
    short = shortage(
        most,
        most - boundary(most, corpus.held_out) - corpus.length + 1,
        length=corpus.length,
        sequences=corpus.sequences,
        held_out=corpus.held_out,
    )
    names = ", ".join(map(repr, corpus.files))
    return [f"{at} = {names}: a text of at most {most} tokens {short}"] if short else []


def _problems(induction: Induction, name: str) -> list[str | Fault]:
    """Say what an experiment breaks together with other parts of the configuration."""
    experiment, at = induction.experiments[name], f"`induction.experiments.{name}"
    network = experiment.network
    found: list[str | Fault] = []
    if experiment.corpus not in induction.corpora:
        key = f"{at[1:]}.corpus"
        found.append(unknown_name(key, experiment.corpus, induction.corpora, "a corpus"))
    if network.d_model % network.heads or network.d_model % 2:
        found.append(
            f"{at}.network.d_model` = {network.d_model}: must be even and a multiple of the "
            f"{network.heads} heads"
        )
    return found
