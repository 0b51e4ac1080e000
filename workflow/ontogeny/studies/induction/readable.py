"""Names of tokens that can be read aloud: what figures write for a token."""

from collections.abc import Sequence

__all__ = ["is_numbered", "shown_words", "syllables"]

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aeiou"
_SYLLABLES = len(_CONSONANTS) * len(_VOWELS)


def syllables(number: int) -> str:
    """Return the name of a token that is only a number: one syllable up to 79, then more.

    Examples
    --------
    >>> [syllables(number) for number in (0, 1, 5, 79, 80, 81)]
    ['ba', 'be', 'da', 'zu', 'baba', 'babe']
    """
    later, last = divmod(number, _SYLLABLES)
    consonant, vowel = divmod(last, len(_VOWELS))
    before = syllables(later - 1) if later else ""
    return before + _CONSONANTS[consonant] + _VOWELS[vowel]


def shown_words(words: Sequence[str]) -> list[str]:
    r"""Return what figures write for each token of a vocabulary.

    Tokens of a generated corpus are syllables, made from their numbers. Tokens of a text are its
    characters, with a sign for the end of a line. The numbers of tokens that were given stay.

    Parameters
    ----------
    words : sequence of str
        Names of all tokens, in order; generated corpora call all but token 0 by number.

    Examples
    --------
    >>> shown_words(["<begin>", "1", "2"]), shown_words(["<begin>", "if", ":\n"])
    (['<begin>', 'ba', 'be'], ['<begin>', 'if', ':⏎'])
    """
    if is_numbered(words) and not words[0].isdigit():
        return [words[0], *map(syllables, range(len(words) - 1))]
    return [word.replace("\n", "⏎") for word in words]


def is_numbered(words: Sequence[str]) -> bool:
    """Return whether tokens are called by their numbers, token 0 aside."""
    return all(word == str(number) for number, word in enumerate(words) if number)
