"""What an experiment is, in the words of the titles of its figures."""

from collections.abc import Mapping

import xarray as xr

from ontogeny.studies.noisy_labels.about import recipe
from ontogeny.titles import made_of, titled
from ontogeny.wording import percent

__all__ = ["title", "words"]

_CORPORA = {
    "generated": "generated comments",
    "votes": "comments with votes",
    "civil": "Civil Comments",
}


def words(strategy: str, corpus: str, *, tuned: bool, clean_share: float) -> list[str]:
    """Return in words a strategy, the kind of its corpus, and how many labels are clean."""
    share = [] if strategy == "oracle" else [f"{percent(clean_share)} clean labels"]
    return [f"strategy {recipe(strategy, tuned)}", _CORPORA[corpus], *share]


def title(results: Mapping[str, xr.Dataset]) -> str:
    """Return the title of the figures of a run, from its results."""
    made, name, seed = made_of(results)
    said = words(
        made["strategy"],
        made["corpus"]["kind"],
        tuned=made["tuned"],
        clean_share=made["clean_share"],
    )
    return titled(said, name, seed=seed)
