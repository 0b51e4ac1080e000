"""Real text as tokens: byte-pair encoding of its bytes.

Symbols: ``V`` tokens, of which 0 begins a sequence; ``S`` tokens of a whole text.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

__all__ = [
    "BEGINNING",
    "encode",
    "tokenizer",
    "words",
]

BEGINNING = "<begin>"
"""The name of token 0. The same characters in a text are text, like any others."""

_PART = 2**18
_BETWEEN_WORDS = re.compile(r"[ \n](?=\w)")
"""Where a text may be cut: a word takes the space before it, so no cut here changes its tokens."""


def tokenizer(texts: Sequence[str], *, size: int) -> Tokenizer:
    """Return the byte-pair encoding of texts: the beginning, 256 bytes, then merges in their order.

    No text encodes to the beginning, not even its name, and every text is decoded as it was.

    Parameters
    ----------
    texts : sequence of str
    size : int
        V; fewer when the texts have fewer pairs.

    Returns
    -------
    Tokenizer

    Examples
    --------
    >>> model = tokenizer(["<begin>"], size=257)
    >>> model.encode("<begin>").ids
    [28, 66, 69, 71, 73, 78, 30]
    """
    model = Tokenizer(BPE())
    model.pre_tokenizer = ByteLevel(add_prefix_space=False)
    model.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=size,
        special_tokens=[BEGINNING],
        initial_alphabet=sorted(ByteLevel.alphabet()),
        show_progress=False,
    )
    model.train_from_iterator((part for text in texts for part in _parts(text)), trainer)
    model.encode_special_tokens = True
    return model


def _parts(text: str) -> Iterator[str]:
    """Yield a text piece by piece, since the encoder takes 170 bytes for each of its own."""
    start = 0
    while cut := _BETWEEN_WORDS.search(text, start + _PART):
        yield text[start : cut.start()]
        start = cut.start()
    yield text[start:]


def words(model: Tokenizer) -> tuple[str, ...]:
    r"""Return the names of tokens; a sign replaces each byte that is not printable ASCII.

    Examples
    --------
    >>> words(tokenizer(["if x: if y:"], size=258))[-1]
    'if'
    """
    by_number = sorted(model.get_vocab().items(), key=lambda pair: pair[1])
    return tuple(name.replace("Ġ", " ").replace("Ċ", "\n") for name, _ in by_number)


def encode(texts: Sequence[str], model: Tokenizer) -> NDArray[np.int64]:
    """Return texts as one stream of tokens, with a line feed between two.

    Parameters
    ----------
    texts : sequence of str
    model : Tokenizer

    Returns
    -------
    (S,) ndarray of int64
    """
    between = model.encode("\n").ids
    found = []
    for number, text in enumerate(texts):
        found.append(np.array(between if number else [], dtype=np.int64))
        found += [np.array(model.encode(part).ids, dtype=np.int64) for part in _parts(text)]
    return np.concatenate([np.empty(0, dtype=np.int64), *found])
