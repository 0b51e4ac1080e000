"""Which groups are left out, as too few comments name them."""

from collections.abc import Iterator

import xarray as xr

__all__ = ["left_out"]


def left_out(comparison: xr.Dataset) -> Iterator[str]:
    """Yield sentences on the groups that some comments name, but too few for a measure.

    Parameters
    ----------
    comparison : Dataset

    Yields
    ------
    str
        Of each corpus and set that networks are judged on, and of each rater, where a group is left
        out.
    """
    corpus = comparison["corpus_of_run"].values.astype(str)
    for name in dict.fromkeys(corpus):
        run = comparison.isel(run=int((corpus == name).argmax()))
        for scored_on in run["scored_on"].values:
            one = run.sel(scored_on=scored_on)
            has_some = one["toxic_comments"] + one["harmless_comments"] > 0
            if groups := _names(has_some & one["negative_aeg"].isnull()):
                yield f"corpus {name}, {scored_on}: too few comments name {groups}: left out"
    for rater in comparison["rater"].values:
        one = comparison.sel(rater=rater)
        for label, rate in (("harmless", "positive"), ("toxic", "negative")):
            has_some = one["rater_comments"].sel(true_label=label) > 0
            if groups := _names(has_some & one[f"rater_false_{rate}_rate"].isnull()):
                yield f"rater {rater}: too few {label} comments name {groups}: without a rate"


def _names(among: xr.DataArray) -> str:
    return ", ".join(str(name) for name in among["identity"].values[among.values])
