"""A made-up comparison of networks and raters, in which every number is known.

It has the names and dimensions of `ontogeny.studies.noisy_labels.comparison`.
"""

from dataclasses import dataclass, field

import numpy as np

from ontogeny.labels import text
from ontogeny.studies.noisy_labels.labels import dataset, variable
from ontogeny.studies.noisy_labels.recipes import NINE, SHOWN

IDENTITIES = ("women", "black", "muslim")
SCORED_ON = ("test", "templates", "cases")
MEASURES = ("auc", "mean_absolute_negative_aeg")
BINS = 5
STEPS = (0, 100, 1000)
GROUPS = 9
"""That means are over: more than are listed."""

AUC, BIAS = (
    dict(zip(SHOWN, values, strict=True))
    for values in (
        (0.90, 0.95, 0.951, 0.953, 0.96, 0.965, 0.967, 0.966, 0.98, 0.85, 0.999),
        (0.05, 0.14, 0.13, 0.14, 0.15, 0.07, 0.08, 0.09, 0.06, 0.02, 0.04),
    )
)
"""By recipe. The most accurate one of the nine is not the least biased one."""

STOPPED_BIAS = 0.03
"""Of naive, when it is as accurate as clean."""


@dataclass(frozen=True)
class Setting:
    """A setting with its rater."""

    source: str = "generated"
    rater: str = "biased"
    accuracy: float = 0.95
    keep: float = 0.15
    share: float = 0.05
    conditions: str = ""
    recipes: tuple[str, ...] = SHOWN
    seeds: int = 5
    auc: dict[str, float] | None = field(default=None, hash=False)

    @property
    def name(self):
        clean = f"{100 * self.share:g} % clean labels"
        parts = [f"corpus {self.source}", f"rater {self.rater}", clean, self.conditions]
        return ", ".join(part for part in parts if part)


CLOSE = {name: 0.97 + 0.1 * (AUC[name] - 0.95) for name in NINE}
"""AUC with a better rater: recipes differ less."""

BASE = Setting()
GRID = (
    BASE,
    Setting(rater="better", accuracy=0.97, recipes=NINE[1:], auc=CLOSE),
    Setting(rater="worse", accuracy=0.93, recipes=NINE[1:]),
    Setting(rater="unbiased", keep=1.0, recipes=NINE[1:], auc=AUC | {"loss-correction": 0.97}),
    Setting(share=0.2, recipes=NINE),
)
COMMENTS = (
    Setting("comments", "network", 0.93, 1.0),
    Setting("comments", "sharp", 0.97, 1.0, recipes=NINE[1:], auc=CLOSE),
)
VOTES = (Setting("votes", "people", np.nan, np.nan),)
ALL = (*GRID, *COMMENTS, *VOTES)


def comparison(settings=ALL):
    """Return a comparison; a value of a run differs a little with its seed."""
    rows = [(s, recipe, seed) for s in settings for recipe in s.recipes for seed in range(s.seeds)]
    raters = {s.rater: s for s in settings}
    return dataset(
        _of_runs(rows) | _of_raters(raters) | _of_settings(settings),
        {
            "run": text(f"{_slug(s, recipe)}, seed {seed}" for s, recipe, seed in rows),
            "step": np.array(STEPS),
            "identity": text(IDENTITIES),
            "scored_on": text(SCORED_ON),
            "rater": text(raters),
            "true_label": text(("harmless", "toxic")),
            "bin": np.arange(BINS),
            "setting": text(s.name for s in settings),
            "recipe": text(SHOWN),
            "measure": text(MEASURES),
            "end": text(("lower", "upper")),
            **_described(rows, raters, settings),
        },
        title="A made-up comparison",
    )


def _slug(setting, recipe):
    return f"{setting.rater}-{setting.share:g}{setting.conditions}-{recipe.replace(', ', '-')}"


def _described(rows, raters, settings):
    """Return coordinates of runs, raters and settings."""

    def along(dim, values, name):
        return variable(dim, values, name)

    found = {
        "experiment_of_run": text(_slug(s, recipe) for s, recipe, _ in rows),
        "seed_of_run": np.array([seed for *_, seed in rows], dtype=np.int64),
        "recipe_of_run": text(recipe for _, recipe, _ in rows),
        "strategy_of_run": text(recipe.removesuffix(", tuned") for _, recipe, _ in rows),
        "tuned_of_run": np.array([recipe.endswith("tuned") for _, recipe, _ in rows], bool),
        "source_of_run": text(s.source for s, *_ in rows),
        "corpus_of_run": text(s.source for s, *_ in rows),
        "rater_of_run": text(s.rater for s, *_ in rows),
        "clean_share_of_run": np.array([s.share for s, *_ in rows], dtype=float),
        "conditions_of_run": text(s.conditions for s, *_ in rows),
        "setting_of_run": text(s.name for s, *_ in rows),
    }
    found = {name: along("run", values, name) for name, values in found.items()}
    for kind, each in (("rater", list(raters.values())), ("setting", settings)):
        of = {
            "source": text(s.source for s in each),
            "corpus": text(s.source for s in each),
        }
        if kind == "rater":
            of |= {
                "accuracy": np.array([s.accuracy for s in each], dtype=float),
                "keep": np.array([s.keep for s in each], dtype=float),
            }
        else:
            of |= {
                "rater": text(s.rater for s in each),
                "clean_share": np.array([s.share for s in each], dtype=float),
                "conditions": text(s.conditions for s in each),
            }
        found |= {f"{name}_of_{kind}": along(kind, v, name) for name, v in of.items()}
    return found


def _of_runs(rows):
    auc = np.array([(s.auc or AUC)[recipe] for s, recipe, _ in rows], dtype=float)
    bias = np.array([BIAS[recipe] for _, recipe, _ in rows], dtype=float)
    seed = np.array([seed for *_, seed in rows], dtype=float)
    jitter = 0.001 * np.sin(7 * seed + np.arange(len(rows)))
    on = np.array([0.0, -0.2, -0.45])
    groups = np.array([-1.0, 0.0, 1.0])
    auc, bias = auc + 0.002 * np.sin(seed) + 0.1 * jitter, bias + 0.1 * jitter
    by_set = {
        "auc": auc[:, None] + on,
        "mean_subgroup_auc": auc[:, None] - 0.01 + on,
        "mean_bpsn_auc": 2 * auc[:, None] - 1 + on,
        "mean_bnsp_auc": auc[:, None] + 0.001 + on,
        "mean_absolute_negative_aeg": np.repeat(bias[:, None], 3, axis=1),
    }
    by_identity = {
        "subgroup_auc": by_set["mean_subgroup_auc"][..., None] + 0.01 * groups,
        "bpsn_auc": by_set["mean_bpsn_auc"][..., None] + 0.02 * groups,
        "bnsp_auc": by_set["mean_bnsp_auc"][..., None] - 0.0005 * (1 + groups),
        "negative_aeg": bias[:, None, None] * (1 + 0.3 * groups) + 0 * on[:, None],
    }
    naive = np.array([recipe == "naive" for _, recipe, _ in rows], dtype=bool)
    step = np.array(STEPS, dtype=float)
    curve = 0.5 + (auc[:, None] - 0.5) * np.array([0.0, 0.8, 1.0])
    return {
        **{name: variable(("run", "scored_on"), v, name) for name, v in by_set.items()},
        **{
            name: variable(("run", "scored_on", "identity"), v, name)
            for name, v in by_identity.items()
        },
        "curve_auc": variable(("run", "step"), curve, "AUC on development"),
        "examples": variable(("run", "step"), 128 * step + 0 * curve, "examples seen"),
        "groups": variable(("run", "scored_on"), np.full((len(rows), 3), GROUPS), "groups"),
        "stopped_auc": variable(
            ("run", "scored_on"),
            np.where(naive, AUC["clean"] + jitter, np.nan)[:, None] + on,
            "AUC",
        ),
        "stopped_mean_absolute_negative_aeg": variable(
            ("run", "scored_on"),
            np.where(naive, STOPPED_BIAS + 0.1 * jitter, np.nan)[:, None] + 0 * on,
            "|AEG|",
        ),
    }


def _of_raters(raters):
    biased = np.array([s.rater != "unbiased" for s in raters.values()], dtype=float)
    rate = 0.02 + biased[:, None] * np.array([0.15, 0.2, 0.18])
    rate[:, 2] = np.where(biased, rate[:, 2], np.nan)
    noise = np.zeros((len(raters), 2, BINS)) + np.linspace(0, 0.3, BINS)
    around = 0.02 * np.array([-1, 1])
    ones = np.ones(len(raters))
    of_labels = {
        "rater_comments": (("rater", "identity", "true_label"), np.full((len(raters), 3, 2), 400)),
        "rater_background_comments": (("rater", "true_label"), np.full((len(raters), 2), 9000)),
        "named_comments": (("rater", "true_label"), np.full((len(raters), 2), 1200)),
        "vote_noise": (("rater", "true_label"), np.outer(ones, [0.1, 0.03])),
        "vote_excess": (("rater", "true_label"), np.outer(ones, [0.1, 0.02])),
        "vote_excess_interval": (
            ("rater", "true_label", "end"),
            np.multiply.outer(ones, np.array([[0.1], [0.02]]) + around),
        ),
        "rater_false_positive_rate": (("rater", "identity"), rate),
        "rater_false_negative_rate": (("rater", "identity"), 0.3 - rate),
        "rater_background_false_positive_rate": ("rater", 0.02 * ones),
        "rater_background_false_negative_rate": ("rater", 0.3 * ones),
        "noise_by_score": (("rater", "true_label", "bin"), noise),
        "noise_null": (("rater", "true_label"), np.full((len(raters), 2), 0.04)),
        "noise_excess": ("rater", 0.26 * ones),
        "noise_excess_interval": (("rater", "end"), np.add.outer(0.26 * ones, around)),
        "noise_comments": ("rater", np.full(len(raters), 5000)),
    }
    return {name: variable(dims, values, name) for name, (dims, values) in of_labels.items()}


def _of_settings(settings):
    shape = (len(settings), len(SHOWN), len(MEASURES))
    excess, wins = np.full(shape, np.nan), np.full(shape, np.nan)
    for place, s in enumerate(settings):
        auc = s.auc or AUC
        for column, recipe in enumerate(SHOWN):
            if recipe in auc:
                excess[place, column] = (auc[recipe] - auc["naive"], BIAS[recipe] - BIAS["naive"])
            if recipe in NINE:
                wins[place, column] = (
                    recipe == max(NINE, key=auc.__getitem__),
                    recipe == min(NINE, key=BIAS.__getitem__),
                )
    dims = ("setting", "recipe", "measure")
    ends = excess[..., None] + 0.002 * np.array([-1, 1])
    return {
        "excess_over_naive": variable(dims, excess, "excess over naive"),
        "excess_interval": variable((*dims, "end"), ends, "interval of the excess"),
        "wins": variable(dims, wins, "share of seeds in which it is best"),
    }


def without(results, recipe):
    """Return a comparison without the runs of a recipe."""
    return results.isel(run=results["recipe_of_run"].values != recipe)


def shifted(results, name, recipe, by):
    """Return a comparison in which a quantity of a recipe is larger by a number."""
    return results.assign({name: results[name] + by * (results["recipe_of_run"] == recipe)})
