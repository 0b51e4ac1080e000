"""Corpora, raters and runs of noisy labels whose bias is planted."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from ontogeny.joins import Run
from ontogeny.studies.noisy_labels.about import recipe
from ontogeny.studies.noisy_labels.comparison import compare
from ontogeny.studies.noisy_labels.config import Analysis
from ontogeny.studies.noisy_labels.corpora.comments import PARTS

GROUPS = ("green", "blue")
SIZES = (100, 2000, 600, 2000)
SENTENCES = 60
STEPS = (0, 10, 20)
BATCH = 128


def corpus(
    groups: Sequence[str] = GROUPS,
    *,
    source: str = "generated",
    sizes: Sequence[int] = SIZES,
    probes: bool = True,
    seed: int = 0,
) -> xr.Dataset:
    """Return a corpus of which a third is toxic, and half names one of the groups.

    Its probes are sentences, half of them toxic, each once with every group.
    """
    rng = np.random.default_rng(seed)
    count = sum(sizes)
    group = rng.integers(0, 2 * len(groups), count)
    found = xr.Dataset(
        {
            "label": ("comment", (rng.random(count) < 1 / 3).astype(np.int8)),
            "member": (
                ("identity", "comment"),
                (group == np.arange(len(groups))[:, None]).astype(np.int8),
            ),
            "known": ("comment", np.ones(count, dtype=np.int8)),
            "part": ("comment", np.repeat(np.arange(len(PARTS), dtype=np.int8), sizes)),
        },
        {"identity": np.array(groups, dtype=object)},
        {"source": source},
    )
    if probes:
        sentence = np.tile(np.arange(SENTENCES, dtype=np.int32), len(groups))
        member = np.repeat(np.eye(len(groups), dtype=np.int8), SENTENCES, axis=1)
        found["probe_label"] = ("probe", (sentence % 2).astype(np.int8))
        found["probe_member"] = (("identity", "probe"), member)
        found["collection_of_probe"] = ("probe", np.zeros(len(sentence), dtype=np.int8))
        found["sentence"] = ("probe", sentence)
    return found


def logits(
    of: xr.Dataset, *, noise: float, shift: Mapping[str, float], seed: int, prefix: str = ""
) -> np.ndarray:
    """Return 1 for toxic texts and -1 for others, with noise, shifted for those of some groups."""
    label = of[f"{prefix}label"].values
    rng = np.random.default_rng([seed, len(prefix)])
    shifts = np.array([shift.get(str(name), 0.0) for name in of["identity"].values])
    found = 2.0 * label - 1 + noise * rng.standard_normal(len(label))
    return found + shifts @ of[f"{prefix}member"].values


def run(
    of: xr.Dataset,
    strategy: str = "naive",
    *,
    tuned: bool = False,
    seed: int = 0,
    noise: float | Sequence[float] = 0.5,
    shift: Mapping[str, float] | None = None,
    curve: Sequence[float] = (0.5, 0.7, 0.9),
    **about: object,
) -> Run:
    """Return a run with planted scores.

    Its AUC on development along training is `curve`, whatever its scores are. There is one `noise`
    of its scores, or one for each checkpoint.
    """
    described = {
        "experiment": recipe(strategy, tuned),
        "seed": seed,
        "recipe": recipe(strategy, tuned),
        "strategy": strategy,
        "tuned": tuned,
        "source": "generated",
        "corpus": "c",
        "rater": "r",
        "clean_share": 0.05,
        "variant": "",
        "conditions": "",
    }
    comment = np.flatnonzero(of["part"].values >= PARTS.index("development"))
    noises = [noise] * len(STEPS) if isinstance(noise, int | float) else list(noise)
    chosen = STEPS[int(np.argmax(curve))]
    all_steps = strategy == "naive" and not tuned
    steps = STEPS if all_steps else (chosen,)

    def scores(prefix: str) -> np.ndarray:
        return np.stack(
            [
                logits(
                    of, noise=noises[STEPS.index(step)], shift=shift or {}, seed=seed, prefix=prefix
                )
                for step in steps
            ]
        ).astype(np.float32)

    found = xr.Dataset(
        {
            "score": (("step", "comment"), scores("")[:, comment]),
            "chosen": chosen,
            "examples_per_update": BATCH,
        },
        {"step": list(steps), "comment": comment},
    )
    if "probe_label" in of:
        found["probe_score"] = (("step", "probe"), scores("probe_"))
    history = xr.Dataset(
        {"auc": (("step", "split"), np.array(curve)[:, None])},
        {"step": list(STEPS), "split": ["development"]},
    )
    return Run(described | about, {"scores": found, "history": history})


def rating(of: xr.Dataset, is_wrong: np.ndarray, *, scores: bool = True) -> xr.Dataset:
    """Return the labels of a rater that are wrong at some comments."""
    toxic = of["label"].values == 1
    rated = np.where(is_wrong, ~toxic, toxic).astype(np.int8)
    own = of["part"].values == PARTS.index("rater")
    found = xr.Dataset({"rated": ("comment", np.where(own, np.int8(-1), rated))})
    if scores:
        found["rating_score"] = ("comment", np.where(rated == 1, 1, -1).astype(np.float32))
    return found


def compared(
    runs: Sequence[Run],
    corpora: Mapping[str, xr.Dataset],
    ratings: Mapping[str, xr.Dataset] | None = None,
    **analysis: int,
) -> xr.Dataset:
    """Return the comparison of runs and raters.

    All raters are on the first corpus; by default one that is always right.
    """
    first = next(iter(corpora))
    if ratings is None:
        right = np.zeros(corpora[first].sizes["comment"], dtype=np.bool_)
        ratings = {"r": rating(corpora[first], right)}
    raters = {
        name: {
            "corpus": first,
            "source": corpora[first].attrs["source"],
            "accuracy": 0.95 if "rating_score" in each else None,
            "keep": 0.15 if "rating_score" in each else None,
        }
        for name, each in ratings.items()
    }
    return compare(runs, corpora, ratings, raters=raters, analysis=Analysis(**analysis))
