"""Experiments, and the specification of each stage."""

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator

from ontogeny.config import (
    AS_REAL,
    AS_WHOLE,
    DISTINCT,
    Count,
    Positive,
    Section,
    Seed,
    Seeds,
    as_tuple,
)
from ontogeny.config import Style as FigureStyle
from ontogeny.config import training as optimisation
from ontogeny.config.bounds import Layers, Width
from ontogeny.config.training import (
    Checkpoints,
    EarlyStop,
    LearningRateDecay,
    NonNegative,
    Schedule,
    ShareBelowOne,
)
from ontogeny.given_networks import Item, Step, items_of

__all__ = [
    "ARCHITECTURES",
    "Activation",
    "Analysis",
    "ArchitectureSettings",
    "BilinearSettings",
    "Checkpoints",
    "Data",
    "DeepTransformerSettings",
    "EarlyStop",
    "Experiment",
    "MLPSettings",
    "Optimiser",
    "Schedule",
    "Style",
    "TiedMLPSettings",
    "Training",
    "TransformerSettings",
]

Level = Literal["run", "experiment", "sweep", "study"]
"""What figures are drawn of."""

LISTS = frozenset({"seeds", "weights"}) | optimisation.LISTS
"""Fields of an experiment that are lists by themselves and not sweeps."""


Activation = Literal["relu", "square"]
"""Of a hidden layer: max(z, 0) or z^2."""


class MLPSettings(Section):
    """The one-hidden-layer network of arXiv 2302.03025."""

    kind: Literal["mlp"] = "mlp"
    embedding: Width = Field(256, description="Width of each of the two embeddings.")
    hidden: Width = Field(128, description="Number of hidden neurons.")
    biases: bool = Field(
        False, description="Whether the hidden layer and the logits have trained biases."
    )
    activation: Activation = Field("relu", description="Activation of the hidden layer.")

    @property
    def neurons(self) -> int:
        """Return the number of neurons of the hidden layer."""
        return self.hidden


class BilinearSettings(Section):
    """The network whose hidden layer is the product of the two embeddings."""

    kind: Literal["bilinear"] = "bilinear"
    hidden: Width = Field(128, description="Number of hidden neurons.")

    @property
    def neurons(self) -> int:
        """Return the number of neurons of the hidden layer."""
        return self.hidden


class TiedMLPSettings(Section):
    """The network of arXiv 2602.16849, with one table for both factors."""

    kind: Literal["tied-mlp"] = "tied-mlp"
    hidden: Width = Field(512, description="Number of hidden neurons.")
    activation: Activation = Field("relu", description="Activation of the hidden layer.")

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
    d_model: Width = Field(128, description="Width of the residual stream.")
    heads: Width = Field(4, description="Number of attention heads.")
    d_head: Width = Field(32, description="Width of a head.")
    d_mlp: Width = Field(512, description="Number of neurons.")

    @property
    def neurons(self) -> int:
        """Return the number of neurons of the hidden layer."""
        return self.d_mlp


class DeepTransformerSettings(Section):
    """The transformer of arXiv 2301.05217 with several layers."""

    kind: Literal["deep-transformer"] = "deep-transformer"
    layers: Layers = Field(2, description="Number of blocks of attention and MLP.")
    d_model: Width = Field(128, description="Width of the residual stream.")
    heads: Width = Field(4, description="Number of attention heads in each layer.")
    d_head: Width = Field(32, description="Width of a head.")
    d_mlp: Width = Field(512, description="Number of neurons in each layer.")
    equals_output: bool = Field(True, description="Whether the token = has an output.")

    @property
    def neurons(self) -> int:
        """Return the number of neurons of the hidden layer."""
        return self.d_mlp


ArchitectureSettings = (
    MLPSettings | BilinearSettings | TiedMLPSettings | TransformerSettings | DeepTransformerSettings
)


ARCHITECTURES = tuple(
    str(each.model_fields["kind"].default) for each in get_args(ArchitectureSettings)
)
"""The kinds of networks."""


class Data(Section):
    """Which pairs the network is trained on, and what it has to answer."""

    fraction: Annotated[float, Field(gt=0, le=1), AS_REAL] | None = Field(
        0.4,
        description="Share of all n^2 pairs that is trained on; the rest is the test set. With 1 "
        "there are no test pairs.",
    )
    split: Literal["torch", "python", "unknown"] = Field(
        "torch",
        description="Which generator shuffles the pairs: torch.randperm (arXiv 2302.03025) or "
        "random.shuffle of Python (arXiv 2301.05217). A network trained elsewhere may have an "
        "unknown split: what rests on it is then absent.",
    )
    pairs: str | None = Field(
        None,
        min_length=1,
        description="CSV file of the training pairs, with the columns left and right (labels or "
        "indices of elements), in place of fraction and split.",
    )
    labels: Literal["product", "difference", "quadratic", "random"] = Field(
        "product",
        description="What the network has to answer: a b; a b^-1; a^2 + a b + b^2 of the elements "
        "of a cyclic group as numbers; or a table of random elements, drawn once by `data.seed`, "
        "or else by the seed of the run. All but the first go without the analysis by irreps.",
    )
    seed: Seed | None = Field(
        None, description="Seed of the split and of random labels; null: the seed of the run."
    )


class Optimiser(optimisation.Optimiser):
    """The optimiser, on the full batch."""

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
    initial_scale: Positive = Field(1.0, description="Factor of all initial weights.")
    data: Data = Field(Data(), description="The training set.")
    optimiser: Optimiser = Field(Optimiser(), description="The optimiser.")


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
    tensors: dict[str, str] | None = Field(
        None, description="Names of tensors in these files, by parameter; null: usual names."
    )

    @field_validator("weights", mode="before")
    @classmethod
    def _weights(cls, value: object) -> object:
        return as_tuple(value)


class Experiment(_Training):
    """One kind of network on one group, trained from one or more seeds."""

    group: str = Field(
        description="Name of a group: C59, D5, S5, A5, Q8, F21, C2xS4, or of one in `groups`."
    )
    seeds: Seeds = Field(
        description="One network is trained for each; a seed fixes its initial weights, and its "
        "split unless `data.seed` does."
    )
    weights: tuple[Item, ...] | None = Field(
        None,
        description="Networks trained elsewhere, one item for each seed, in place of training: a "
        "file (a PyTorch state dict or safetensors), or the checkpoints of one run as a folder or "
        "as a mapping of steps to files. The seed then fixes the split alone, if one is "
        "declared. schedule.steps says how many updates the network of a single file has had.",
    )
    tensors: dict[str, str] | None = Field(
        None,
        description="Which tensor in the files of `weights` is which parameter: a mapping of "
        "parameters to names, with .T behind the name for the transpose; null: the names that are "
        "known (docs/own-networks.md).",
    )

    @field_validator("weights", mode="before")
    @classmethod
    def _weights(cls, value: object) -> object:
        return items_of(value)

    @property
    def has_steps(self) -> bool:
        """Whether the runs have several checkpoints, so that measures along steps say something."""
        return self.weights is None or any(len(self.checkpoints_of(s)) > 1 for s in self.seeds)

    @property
    def has_initial(self) -> bool:
        """Whether every run keeps its initial checkpoint, and others beside it."""
        return self.weights is None or (
            self.has_steps and all(0 in self.checkpoints_of(seed) for seed in self.seeds)
        )

    @property
    def has_split(self) -> bool:
        """Whether it is known which pairs the networks were or are to be trained on."""
        return self.data.split != "unknown"

    @property
    def has_test_pairs(self) -> bool:
        """Whether it is known which pairs are trained on, and these are not all."""
        return self.has_split and self.data.fraction != 1

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

    def training(
        self,
        seed: int,
        *,
        weights: str | Mapping[int, str] | None = None,
        pairs: str | None = None,
    ) -> Training:
        """Return what the run with one of the seeds depends on.

        Parameters
        ----------
        seed : int
        weights : str or mapping of int to str, optional
            SHA-256 of the file of a network that was trained elsewhere, or of each of its
            checkpoints by step. What its optimiser was matters to measures along steps alone.
        pairs : str, optional
            SHA-256 of the file of training pairs.
        """
        fields = {name: getattr(self, name) for name in _Training.model_fields}
        if self.data.pairs is not None:
            fields["data"] = self.data.model_copy(update={"pairs": pairs or self.data.pairs})
        if weights is None:
            return Training(**fields, seed=seed)
        found = {self.schedule.steps: weights} if isinstance(weights, str) else weights
        fields |= {"schedule": Schedule(steps=max(found)), "tensors": self.tensors}
        if len(found) == 1:
            fields["optimiser"] = Optimiser()
            return Training(**fields, seed=seed, weights=next(iter(found.values())))
        checkpoints = [ForeignCheckpoint(step=k, sha256=found[k]) for k in sorted(found)]
        return Training(**fields, seed=seed, weights=tuple(checkpoints))


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


class Prediction(Section):
    """How it is measured what the initial weights say of the final network."""

    flow_steps: Annotated[int, Field(ge=1, le=100_000), AS_WHOLE] = Field(
        250, description="Number of steps of the gradient flows from the initial weights."
    )
    permutations: Annotated[int, Field(ge=1, le=100_000), AS_WHOLE] = Field(
        2000, description="Number of permutations of runs behind each p value."
    )


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
    prediction: Prediction = Field(
        Prediction(),
        description="How it is measured what the initial weights say of the final network.",
    )


class Style(FigureStyle):
    """How figures look, and which phases they show."""

    FORMAT = 2

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


class Published(Section):
    """The runs that the authors of arXiv 2302.03025 published."""

    folder: str = Field(
        min_length=1, description="Folder of their runs (<name>/model.pt and cfg.json)."
    )
    skip: Annotated[tuple[str, ...], DISTINCT] = Field(
        (), description="Names of runs that are left out."
    )
