"""How accurate preference models of helpful and harmless comparisons are on either."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from ontogeny.labels import text
from ontogeny.studies.rlhf.bases import largest_group, models_of
from ontogeny.studies.rlhf.labels import dataset, size_name, variable

__all__ = ["conflict_of_preferences"]

_SIDES = ("helpful", "harmless")
_ALIKE = ("policy", "epochs", "pairs")


def conflict_of_preferences(table: xr.Dataset) -> xr.Dataset:
    """Return accuracies by the share and by the weight of harmless comparisons.

    Of preference models in worlds of kind `sequences` with several prompts that learn from helpful
    or harmless comparisons and no others. By share: models with a weight of 1 that agree in policy,
    epochs and number of pairs, the group with the most shares. By weight: models that agree in
    comparisons and share as well, the group with the most weights.

    Parameters
    ----------
    table : Dataset
        As of `table_of_preferences`.

    Returns
    -------
    Dataset
        ``accuracy_by_share(size, share, prompt)``, the mean over seeds, with ``_least`` and
        ``_greatest`` for those of a seed, and ``both_by_share(size, share)``, the mean of helpful
        and harmless; the same with ``weight`` for ``share``. Sizes ascend.
    """
    models = _of_both_prompts(table)
    of_share = largest_group(
        models[models["last_weight"] == 1], _ALIKE, lambda each: -each["share"].nunique()
    )
    of_weight = largest_group(
        models, [*_ALIKE, "tranches", "share"], lambda each: -each["weight"].nunique()
    )
    in_order = models.sort_values(["d_model", "layers"], kind="stable")
    sizes = list(in_order["size"].unique())
    accuracy = table["accuracy_of_prompt"]
    tables = [
        _accuracies(of_share, "share", sizes, accuracy),
        _accuracies(of_weight, "weight", sizes, accuracy),
    ]
    return xr.merge(tables, join="exact", compat="equals", combine_attrs="override")


def _of_both_prompts(table: xr.Dataset) -> pd.DataFrame:
    """Return the models of helpful or harmless comparisons, with share, weight and size."""
    models = models_of(table)
    found = models.assign(
        share=models["harmless_share"],
        weight=models["last_weight"],
        size=[size_name(*each) for each in zip(models["d_model"], models["layers"], strict=True)],
    )
    return found[
        (models["prompts"] > 1) & models["harmless_share"].notna() & (models["skill_pairs"] == 0)
    ]


def _accuracies(
    models: pd.DataFrame, along: str, sizes: Sequence[str], accuracy: xr.DataArray
) -> xr.Dataset:
    """Return the accuracy by size, by another property and by prompt, over seeds."""
    labels = np.unique(models[along].to_numpy(dtype=np.float64))
    prompts = accuracy["prompt"].values
    shape = (len(sizes), len(labels), len(prompts))
    mean, least, greatest = (np.full(shape, np.nan) for _ in range(3))
    for (size, label), alike in models.groupby(["size", along]):
        of_seeds = accuracy.values[alike["place"].to_numpy()]
        place = sizes.index(size), int(np.searchsorted(labels, label))
        mean[place] = of_seeds.mean(axis=0)
        least[place], greatest[place] = of_seeds.min(axis=0), of_seeds.max(axis=0)
    is_side = np.isin(prompts.astype(str), _SIDES)
    both = mean[..., is_side].mean(axis=2) if is_side.any() else np.full(shape[:2], np.nan)
    dims, about = ("size", along, "prompt"), "accuracy on pairs of a prompt"
    return dataset(
        {
            f"accuracy_by_{along}": variable(dims, mean, about),
            f"accuracy_by_{along}_least": variable(dims, least, f"{about}, least seed"),
            f"accuracy_by_{along}_greatest": variable(dims, greatest, f"{about}, greatest seed"),
            f"both_by_{along}": variable(dims[:2], both, f"{about}, mean of both"),
        },
        {"size": text(sizes), along: labels, "prompt": prompts},
        title=f"Accuracy by {along}",
    )
