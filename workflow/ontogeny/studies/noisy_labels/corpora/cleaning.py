"""From a comment as people write it to its words, separated by blanks."""

import re

__all__ = ["cleaned"]

_NO_WORDS = re.compile(r"&#?\w+;|https?\S*|www\.\S+|@\w+")
"""HTML entities, addresses of the web, names of users."""

_APOSTROPHE = re.compile("['\u2018\u2019\u02bc]")
_PUNCTUATION = re.compile(r"[\W_]+")
_RETWEET = re.compile(r"(?:rt )+|rt$")


def cleaned(text: str) -> str:
    """Return the words of a comment in lower case, separated by one blank each.

    HTML entities, addresses, names of users, ``RT`` at the beginning and punctuation are removed;
    an apostrophe joins what is on its two sides, and a hash tag keeps its word.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Empty when no word is left.

    Examples
    --------
    >>> cleaned("RT @someone: Don&#8217;t  read THIS https://t.co/x &amp; #that_one!")
    'don t read this that one'
    >>> cleaned("It's the same as: it\u2019s")
    'its the same as its'
    """
    words = _APOSTROPHE.sub("", _NO_WORDS.sub(" ", text)).lower()
    words = _PUNCTUATION.sub(" ", words).strip()
    found = _RETWEET.match(words)
    return words[found.end() :] if found else words
