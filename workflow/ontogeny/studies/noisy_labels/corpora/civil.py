"""Civil Comments, a table with a share of annotators for each of its questions."""

import numpy as np

from ontogeny.csv_rows import TableError, read_rows
from ontogeny.studies.noisy_labels.corpora.cells import refuse, shares
from ontogeny.studies.noisy_labels.corpora.cleaning import cleaned
from ontogeny.studies.noisy_labels.corpora.given import Given

__all__ = ["IDENTITIES", "civil_of_csv"]

IDENTITIES: dict[str, tuple[str, ...]] = {
    "asian": ("asian", "asians", "chinese", "japanese", "korean", "indian"),
    "atheist": ("atheist", "atheists"),
    "bisexual": ("bisexual", "bisexuals"),
    "black": ("black", "blacks", "african american", "african americans"),
    "buddhist": ("buddhist", "buddhists"),
    "christian": ("christian", "christians", "catholic", "catholics", "protestant"),
    "female": ("woman", "women", "girl", "girls", "female", "females"),
    "heterosexual": ("heterosexual", "straight"),
    "hindu": ("hindu", "hindus"),
    "homosexual_gay_or_lesbian": ("gay", "gays", "lesbian", "lesbians", "homosexual"),
    "intellectual_or_learning_disability": ("learning disability", "intellectual disability"),
    "jewish": ("jew", "jews", "jewish"),
    "latino": ("latino", "latinos", "latina", "latinas", "hispanic", "hispanics", "mexican"),
    "male": ("man", "men", "boy", "boys", "male", "males"),
    "muslim": ("muslim", "muslims"),
    "other_disability": ("disabled", "disability", "deaf", "blind"),
    "other_gender": ("nonbinary", "non binary"),
    "other_race_or_ethnicity": ("native american", "middle eastern"),
    "other_religion": ("sikh", "taoist"),
    "other_sexual_orientation": ("queer", "asexual"),
    "physical_disability": ("paralyzed", "wheelchair"),
    "psychiatric_or_mental_illness": ("mental illness", "mentally ill"),
    "transgender": ("trans", "transgender"),
    "white": ("white", "whites"),
}
"""The groups that annotators were asked about, each a column, with the terms that name it in
probes."""

TOXICITY = ("target", "toxicity")
"""Names of the column with the share that says toxic; the first one that is there is read."""

_MAJORITY = 0.5


def civil_of_csv(text: str, path: str) -> Given:
    """Return the comments of a table of Civil Comments.

    The columns are ``comment_text``, one of `TOXICITY`, and those of `IDENTITIES`; others are
    ignored. A comment is toxic, or names a group, if at least half of its annotators say so. Where
    a column of a group is empty, nobody was asked about the groups of the comment.

    Parameters
    ----------
    text : str
        The content of the file.
    path : str
        As the configuration names the file, for messages.

    Raises
    ------
    TableError
        If the text is not a table, a column is missing, or a cell is not a share from 0 to 1.
    """
    rows = read_rows(text, path)
    toxicity = next((name for name in TOXICITY if name in rows.header), None)
    if toxicity is None:
        msg = (
            f"{path}, line 1: has no column `target`, nor `toxicity`; one of them must hold the "
            "share of annotators who say toxic"
        )
        raise TableError(msg)
    rows.require(("comment_text", *IDENTITIES))
    toxic = shares(rows, toxicity)
    missing = np.flatnonzero(np.isnan(toxic))
    if missing.size:
        refuse(rows, int(missing[0]), toxicity, "is not a toxicity; fill it, or remove the row")
    said = np.stack([shares(rows, name) for name in IDENTITIES])
    known = ~np.any(np.isnan(said), axis=0)
    return Given(
        text=[cleaned(cell) for cell in rows.column("comment_text")],
        label=toxic >= _MAJORITY,
        member=known & (said >= _MAJORITY),
        known=known,
    )
