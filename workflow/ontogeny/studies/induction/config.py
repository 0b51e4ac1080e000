"""The section ``induction`` of the configuration, and the specification of each stage."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

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
    Style,
    as_tuple,
    unknown_name,
)
from ontogeny.config import training as optimisation
from ontogeny.config.bounds import Examples, Width
from ontogeny.config.training import EarlyStop, LearningRateDecay, Whole
from ontogeny.figures import section_of
from ontogeny.given_files import problem_of, problem_of_text, repeated
from ontogeny.given_networks import Item, Step, by_step, items_of, problems_of_networks
from ontogeny.sweeps import resolved
from ontogeny.texts.division import boundary, shortage

__all__ = [
    "Analysis",
    "Checkpoints",
    "Corpus",
    "Experiment",
    "Figures",
    "ForeignCheckpoint",
    "Induction",
    "Markov",
    "Network",
    "Optimiser",
    "Phrases",
    "Schedule",
    "Text",
    "Training",
    "resolve",
    "vocabulary_of",
]

Level = Literal["run", "experiment", "corpus", "study"]
"""What figures are drawn of."""

LISTS = frozenset({"seeds", "weights"}) | optimisation.LISTS
"""Fields of an experiment that are lists by themselves and not sweeps."""

Share = Annotated[float, Field(gt=0, lt=1), AS_REAL]
Length = Annotated[int, Field(ge=12, le=4096), AS_WHOLE]


class _Corpus(Section):
    sequences: Annotated[int, Field(ge=8, le=10_000_000), AS_WHOLE] = Field(
        256, description="Sequences of the evaluation set, the same for every network."
    )
    seed: Seed = Field(0, description="Fixes the evaluation set and what all sequences share.")


class Phrases(_Corpus):
    """Sequences that each repeat a few phrases of their own, in a fixed second-order chain."""

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
    """The optimiser, on minibatches that are drawn anew for every update."""

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


class ForeignCheckpoint(Section):
    """A checkpoint of a network that was trained elsewhere."""

    step: Step = Field(description="Number of updates that the network has had.")
    sha256: str = Field(description="SHA-256 of the file that holds the network.")


class Training(_Training):
    """What one run depends on, in addition to its corpus."""

    seed: Seed
    weights: tuple[ForeignCheckpoint, ...] | None = Field(
        None,
        description="The checkpoints of a network that was trained elsewhere, by ascending steps; "
        "null: it is trained.",
    )
    tensors: dict[str, str] | None = Field(
        None, description="The names of its tensors in their files, by parameters of the network."
    )

    @field_validator("weights", mode="before")
    @classmethod
    def _weights(cls, value: object) -> object:
        return as_tuple(value)


class Experiment(_Training):
    """One kind of network on one corpus, trained from one or more seeds."""

    corpus: Name = Field(description="Name of one of `induction.corpora`.")
    seeds: Seeds = Field(
        description="One network is trained for each; a seed fixes initial weights and minibatches."
    )
    weights: tuple[Item, ...] | None = Field(
        None,
        description="Networks trained elsewhere, one item for each seed, in place of training: a "
        "file (a PyTorch state dict or safetensors), or the checkpoints of one run as a folder or "
        "as a mapping of steps to files. schedule.steps says how many updates the network of a "
        "single file has had, optimiser.warm_up how long the learning rate rose; the rest of both "
        "is ignored.",
    )
    tensors: dict[str, str] | None = Field(
        None,
        description="With weights: the names of tensors in the files by parameters of the network, "
        "where they are not those of a known layout; {layer} is the number of a layer, .T behind a "
        "name the transpose.",
    )

    @field_validator("weights", mode="before")
    @classmethod
    def _weights(cls, value: object) -> object:
        return items_of(value)

    @property
    def has_steps(self) -> bool:
        """Whether the runs have several checkpoints."""
        return self.weights is None or len(self.checkpoints_of(self.seeds[0])) > 1

    def checkpoints_of(self, seed: int) -> dict[int, str]:
        """Return the files with the networks of a seed by ascending step; none when it is trained.

        Folders have become mappings when the configuration was resolved.
        """
        if self.weights is None:
            return {}
        item = self.weights[self.seeds.index(seed)]
        return {self.schedule.steps: item} if isinstance(item, str) else dict(sorted(item.items()))

    def training(self, seed: int, *, weights: Mapping[int, str] | None = None) -> Training:
        """Return what the run with one of the seeds depends on, in addition to its corpus.

        Parameters
        ----------
        seed : int
        weights : mapping of int to str, optional
            SHA-256 of the file of each checkpoint of a network that was trained elsewhere, by step.
            Of its optimiser the warm-up alone matters.
        """
        fields = {name: getattr(self, name) for name in _Training.model_fields}
        if weights is None:
            return Training(**fields, seed=seed)
        fields["schedule"] = Schedule(steps=max(1, *weights))
        fields["optimiser"] = Optimiser(warm_up=self.optimiser.warm_up)
        found = tuple(ForeignCheckpoint(step=k, sha256=weights[k]) for k in sorted(weights))
        return Training(**fields, seed=seed, weights=found, tensors=self.tensors)


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
    experiments = {name: _with_files(each) for name, each in induction.experiments.items()}
    return induction.model_copy(update={"experiments": experiments})


def _with_files(experiment: Experiment) -> Experiment:
    """Return an experiment whose folders of checkpoints are mappings of steps to files."""
    if experiment.weights is None:
        return experiment
    return experiment.model_copy(update={"weights": tuple(map(by_step, experiment.weights))})


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
    if not found:
        found += [f"{at}.{problem}" for problem in _problems_of_weights(induction, experiment)]
    return found


def _problems_of_weights(induction: Induction, experiment: Experiment) -> list[str]:
    """Say what is wrong with networks that were trained elsewhere."""
    if experiment.weights is None:
        if experiment.tensors is None:
            return []
        return ["tensors`: names tensors in files of `weights`, and there are none; give `weights`"]
    corpus = induction.corpora[experiment.corpus]
    tensors = tuple(sorted((experiment.tensors or {}).items()))

    def problem(file: str) -> str | None:
        missing = problem_of(file)
        if missing:
            return missing
        status = Path(file).stat()
        content = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        return _problem_of_network(file, content, experiment.network, corpus, tensors)

    found = problems_of_networks(experiment.weights, experiment.seeds, problem)
    return [f"weights{each}" for each in found]


@cache
def _problem_of_network(
    file: str,
    content: tuple[int, ...],
    network: Network,
    corpus: Corpus,
    tensors: tuple[tuple[str, str], ...],
) -> str | None:
    """Read a file of weights as a job will; once in a process as long as `content` is the same."""
    del content
    # These take longer to import than the rest, and only those who give weights need them.
    from ontogeny.studies.induction.foreign import parameters_of, sizes_of
    from ontogeny.studies.induction.runs import build
    from ontogeny.weights import WeightsError, read_weights

    try:
        held = read_weights(file)
        vocabulary = vocabulary_of(corpus)
        if isinstance(corpus, Text):  # whose text may have fewer tokens than it asks for
            sizes = sizes_of(held, dict(tensors), heads=network.heads)
            vocabulary = min(vocabulary, sizes.vocabulary)
        parameters_of(held, build(network, vocabulary).shapes(), dict(tensors))
    except (ValueError, WeightsError) as error:
        return str(error).removeprefix(f"{file}: ").removeprefix(f"{Path(file)}: ")
    return None


def vocabulary_of(corpus: Corpus) -> int:
    """Return the number of tokens of a corpus; of a text the most that it can have."""
    return corpus.states + 1 if isinstance(corpus, Markov) else corpus.vocabulary
