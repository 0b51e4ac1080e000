"""Runs made by hand, for tests of what is said about many of them."""

from functools import cache

import numpy as np
import xarray as xr

from ontogeny.groups import group
from ontogeny.joins import Run
from ontogeny.representations import irreps, real_irreps
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset
from ontogeny.studies.composition.irreps.comparison import comparison

STEPS = np.array([0, 10, 100, 1000, 10000])


@cache
def catalogue(name):
    """Return the irreps of a group as they are stored."""
    found = group(name)
    return irreps_dataset(found, irreps(found), real_irreps(found))


def run(
    learned,
    *,
    of="S5",
    seed=0,
    architecture="mlp",
    experiment=None,
    width=128,
    step=STEPS,
    train=(0.0, 1.0, 1.0, 1.0, 1.0),
    test=(0.0, 0.0, 0.0, 0.5, 1.0),
    test_loss=(5.0, 20.0, 20.0, 1.0, 1e-5),
    restricted=(5.0, 5.0, 1.0, 1e-3, 1e-6),
    excluded=9.0,
    fve=0.97,
    product=0.12,
    logits=0.3,
    weights=(5.0, 20.0, 18.0, 16.0, 8.0),
    phases=(100.0, 1000.0, 10000.0),
):
    """Return a run whose key irreps are learned at given indices of its checkpoints."""
    step = np.asarray(step)
    count = len(step)
    found = catalogue(of)
    names = [str(name) for name in found["irrep"].values]
    rank, n = found["rank"].values, found.sizes["element"]
    key = np.isin(names, list(learned))
    place = np.full(len(names), np.nan)
    when = np.full(len(names), np.nan)
    for number, name in enumerate(sorted(learned, key=lambda name: learned[name])):
        place[names.index(name)] = number + 1
        when[names.index(name)] = step[learned[name]]
    similarity = np.where(step[:, None] >= when, logits, 0.0)
    share = key * rank / max((key * rank).sum(), 1)
    chance = rank / n
    last = xr.Dataset(
        {
            "key": ("irrep", key),
            "logit_similarity": ("irrep", similarity[-1]),
            "logit_fve_total": ((), float((similarity[-1] ** 2).sum())),
            "embedding_fve": (("side", "irrep"), [fve * share] * 2),
            "embedding_chance": (("side", "irrep"), [chance] * 2),
            "unembedding_fve": ("irrep", fve * share),
            "unembedding_chance": ("irrep", chance),
            "hidden_fve": (("part", "irrep"), [0.4 * share, 0.35 * share, product * share]),
            "hidden_chance": (("part", "irrep"), [rank / (n**2 - 1)] * 3),
            "restricted_hidden_loss": ((), restricted[count - 1]),
            "excluded_hidden_loss": ((), excluded),
            "squared_weights": ((), weights[count - 1]),
            "loss": ("split", [1e-6, test_loss[count - 1]]),
            "accuracy": ("split", [train[count - 1], test[count - 1]]),
        },
        {
            "irrep": np.array(names, dtype=object),
            "rank": ("irrep", rank),
            "side": ["left", "right"],
            "part": ["left", "right", "product"],
            "split": ["train", "test"],
        },
    )
    along = xr.Dataset(
        {
            "logit_similarity": (("step", "irrep"), similarity),
            "test_logit_similarity": (("step", "irrep"), similarity),
            "learned_step": ("irrep", when),
            "learned_order": ("irrep", place),
            "all_pairs_learned_step": ("irrep", when),
            "all_pairs_learned_order": ("irrep", place),
            "key": ("irrep", key),
            "restricted_hidden_loss": ("step", np.array(restricted[:count])),
            "squared_weights": ("step", np.array(weights[:count])),
            "loss": (("step", "split"), np.stack([np.full(count, 1e-6), test_loss[:count]], 1)),
            "accuracy": (("step", "split"), np.stack([train[:count], test[:count]], 1)),
            "phase_boundary": ("boundary", np.array(phases)),
        },
        {"step": step, "irrep": np.array(names, dtype=object), "split": ["train", "test"]},
    )
    about = {
        "experiment": experiment or f"{of.lower()}-{architecture}",
        "seed": seed,
        "group": of,
        "architecture": architecture,
        "width": width,
        "fraction": 0.4,
    }
    return Run(about, {"evaluation": along, "analysis": last})


def joined(runs):
    """Return the dataset of all runs."""
    groups = {one.about["group"] for one in runs}
    return comparison(runs, {group: catalogue(group) for group in groups})
