"""What a run is and what it learned, in words for readers."""

from collections.abc import Sequence

from ontogeny.studies.composition.config import (
    ArchitectureSettings,
    BilinearSettings,
    Data,
    DeepTransformerSettings,
    MLPSettings,
    TiedMLPSettings,
    TransformerSettings,
)
from ontogeny.studies.composition.frequency import frequency_of
from ontogeny.wording import percent

__all__ = ["data", "irrep_label", "learned", "network", "performance"]

_PAPERS = {"universality": "arXiv 2302.03025", "progress-measures": "arXiv 2301.05217"}
_LABELS = {
    "product": "",
    "difference": ", labels a b⁻¹",
    "quadratic": ", labels a² + a b + b²",
    "random": ", random labels",
}
_DIGITS = 8
"""Of a digest."""


def network(architecture: ArchitectureSettings) -> str:
    """Return what a network is.

    Examples
    --------
    >>> network(MLPSettings(hidden=1024))
    'MLP of 1,024 hidden neurons, embeddings of width 256'
    """
    match architecture:
        case MLPSettings():
            embeddings = f", embeddings of width {architecture.embedding:,}"
            biases = ", trained biases" if architecture.biases else ""
            return f"MLP of {_neurons(architecture)}{embeddings}{biases}"
        case BilinearSettings():
            return f"bilinear network of {architecture.hidden:,} hidden neurons"
        case TiedMLPSettings():
            return f"tied MLP of {_neurons(architecture)}"
        case DeepTransformerSettings():
            without = "" if architecture.equals_output else ", no output for ="
            return f"transformer of {architecture.layers} layers, {_sizes(architecture)}{without}"
        case TransformerSettings():
            return f"transformer of 1 layer, {_sizes(architecture)}, {_conventions(architecture)}"
    return str(architecture.kind)


def data(group: str, given: Data) -> str:
    """Return which pairs of a group a network is trained on, and what it has to answer.

    Examples
    --------
    >>> data("A5", Data(fraction=0.6))
    '60 % of the pairs of A5'
    """
    seed = "" if given.seed is None else f", seed {given.seed}"
    return f"{_pairs(group, given)}{_LABELS[given.labels]}{seed}"


def performance(accuracy: float, loss: float) -> str:
    """Return an accuracy and a loss [nat].

    Examples
    --------
    >>> performance(1.0, 7.99e-8)
    'accuracy 1, loss 8e-8 nat'
    """
    return f"accuracy {accuracy:.4g}, loss {_short(loss)} nat"


def learned(names: Sequence[str]) -> str:
    """Return which irreps or frequencies a network has learned.

    Parameters
    ----------
    names : sequence of str
        Of irreps, at least one; those that are frequencies are ``freq_k``.

    Examples
    --------
    >>> learned(["freq_8", "freq_10"])
    'frequencies 8, 10'
    >>> learned(["sign", "freq_3"])
    'irreps sign, k = 3'
    """
    frequencies = [str(each) for each in map(frequency_of, names) if each is not None]
    if len(frequencies) == len(names):
        return f"{'frequencies' if len(names) > 1 else 'frequency'} {', '.join(frequencies)}"
    return f"irrep{'s' * (len(names) > 1)} {', '.join(map(irrep_label, names))}"


def irrep_label(name: str) -> str:
    """Return the name of an irrep as figures have it: that of a frequency is ``k = 3``."""
    frequency = frequency_of(name)
    return name if frequency is None else f"k = {frequency}"


def _neurons(architecture: MLPSettings | TiedMLPSettings) -> str:
    square = " that square their input" if architecture.activation == "square" else ""
    return f"{architecture.hidden:,} hidden neurons{square}"


def _sizes(architecture: TransformerSettings | DeepTransformerSettings) -> str:
    heads = f"{architecture.heads} head{'s' * (architecture.heads > 1)}"
    return (
        f"width {architecture.d_model:,}, {heads} of width {architecture.d_head:,}, "
        f"MLP of {architecture.d_mlp:,} neurons"
    )


def _conventions(architecture: TransformerSettings) -> str:
    said = [f"conventions of {_PAPERS[architecture.preset]}"]
    if architecture.mlp_bias is not None:
        said.append(f"{'trained' if architecture.mlp_bias else 'no'} biases in the MLP")
    if architecture.equals_output is not None:
        said.append(f"{'an' if architecture.equals_output else 'no'} output for =")
    if architecture.initialisation is not None:
        said.append(f"initial weights of {_PAPERS[architecture.initialisation]}")
    return ", ".join(said)


def _pairs(group: str, given: Data) -> str:
    if given.pairs is not None:
        return f"training pairs of {group} from a file (SHA-256 {given.pairs[:_DIGITS]})"
    if given.split == "unknown" or given.fraction is None:
        return f"pairs of {group}, unknown which were trained on"
    share = "all pairs" if given.fraction == 1 else f"{percent(given.fraction)} of the pairs"
    return f"{share} of {group}"


def _short(value: float) -> str:
    """Return two digits of a number, without zeros in the exponent."""
    digits, exponent, power = f"{value:.2g}".partition("e")
    return f"{digits}e{int(power)}" if exponent else digits
