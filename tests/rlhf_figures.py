"""A made-up comparison of policies and preference models, in which every number is known.

It has the names and dimensions of `ontogeny.studies.rlhf.comparison`.
"""

from dataclasses import dataclass

import numpy as np

from ontogeny.labels import text
from ontogeny.studies.rlhf import labels
from ontogeny.studies.rlhf.labels import variable

ROLES = ("gold", "train", "test")
WAYS = ("predicted", "chosen", "won")
STEPS = np.arange(0, 481, 20)
SAMPLES = 64
"""Responses that a policy is trained on in an update."""
COMPARED = 2 ** np.arange(10)
SCALE = 1.5
"""Standard deviation of the true score under the start policy."""
PEAK = 2.5
"""Root of the KL at which the true score is greatest."""
KNOWN = 2.2
"""Largest root of the KL at which the frontier is known where sequences are not enumerated."""
FIT = {"gold": 1.0, "train": 0.85, "test": 0.75}
"""Gain at a root of KL of 1, by role."""
BENT = {"gold": 0.5 / PEAK, "train": 0.03, "test": 0.09}
"""How much the gain falls short of a line at a root of KL of 1, as a share, by role."""


@dataclass(frozen=True)
class Setting:
    """Policies that are trained alike."""

    kind: str = "sequences"
    reward: tuple[str, ...] = ("first", "second")
    seeds: int = 3
    last: float = 6.0
    d_model: int = 64
    prompts: int = 1
    skew: str = "none"
    conditions: str = ""
    online: bool = False
    name: str = "against"

    @property
    def swaps(self):
        """Return which score is trained against and which one judges, in both orders."""
        if len(self.reward) == 2:
            return (self.reward, self.reward[::-1])
        return ((self.reward[0], "first" if self.reward == ("gold",) else ""),)


SEQUENCES = Setting()
GOLD = Setting(reward=("gold",), name="gold")
EXACT = Setting("enumerated", last=2.6)
EXACT_GOLD = Setting("enumerated", ("gold",), last=2.2, name="exact-gold")
SIZES = (Setting(d_model=32, seeds=2, name="d32"), Setting(d_model=128, seeds=2, name="d128"))
DEFAULT = (
    Setting("enumerated", seeds=1, last=2.6),
    Setting("enumerated", ("gold",), seeds=1, last=2.2, name="gold"),
)
ALL = (SEQUENCES, GOLD, EXACT, EXACT_GOLD, *SIZES)


def gain(role, root, scale=1.0):
    """Return what is gained at a root of the KL."""
    return scale * FIT[role] * root * (1 - BENT[role] * root)


def comparison(settings=ALL):
    """Return a comparison; policies of different seeds go different ways."""
    rows = [
        (setting, swap, seed)
        for setting in settings
        for swap in setting.swaps
        for seed in range(setting.seeds)
    ]
    return labels.dataset(
        _of_runs(rows),
        {
            "run": text(f"{s.name}-{swap[0]}, seed {seed}" for s, swap, seed in rows),
            "step": STEPS,
            "role": text(ROLES),
            "way": text(WAYS),
            "samples_compared": COMPARED,
            **_described(rows),
        },
        title="A made-up comparison",
    )


def _described(rows):
    found = {
        "experiment": text(f"{s.name}-{swap[0]}" for s, swap, _ in rows),
        "seed": np.array([seed for *_, seed in rows], dtype=np.int64),
        "policy": text(f"start-{s.d_model}" for s, *_ in rows),
        "world": text(f"{s.kind}-{s.skew}" for s, *_ in rows),
        "kind": text(s.kind for s, *_ in rows),
        "skew": text(s.skew for s, *_ in rows),
        "prompts": np.array([s.prompts for s, *_ in rows]),
        "reward": text(swap[0] for _, swap, _ in rows),
        "judge": text(swap[1] for _, swap, _ in rows),
        "kl_penalty": np.full(len(rows), 0.001),
        "d_model": np.array([s.d_model for s, *_ in rows]),
        "layers": np.full(len(rows), 2),
        "reward_d_model": np.full(len(rows), 64),
        "reward_layers": np.full(len(rows), 2),
        "reward_pairs": np.array([0 if swap[0] == "gold" else 600 for _, swap, _ in rows]),
        "conditions": text(s.conditions for s, *_ in rows),
        "mixes_online": np.array([s.online for s, *_ in rows]),
    }
    return {f"{name}_of_run": variable("run", values, name) for name, values in found.items()}


def _of_runs(rows):
    number = np.array([seed for *_, seed in rows]) + 0.4 * np.arange(len(rows)) % 1
    speed = 1 + 0.05 * np.sin(3 * number)
    last = np.array([s.last for s, *_ in rows]) * speed
    root = last[:, None] * STEPS / STEPS[-1]
    is_gold = np.array([swap[0] == "gold" for _, swap, _ in rows])
    has = np.stack([~is_gold | True, ~is_gold, np.array([bool(s[1]) for _, s, _ in rows])], axis=1)
    scale = 1 + 0.1 * np.cos(2 * number)
    gains = np.stack(
        [
            np.where(is_gold[:, None], 0.9 * SCALE * np.sqrt(2) * root / (1 + 0.05 * root**2), of)
            if role == "gold"
            else of
            for role in ROLES
            for of in [gain(role, root, scale[:, None])]
        ],
        axis=1,
    )
    gains = np.where(has[..., None], gains, np.nan)
    start = np.array([-0.17, 0.0, 0.0]) + 0 * has
    score = gains + start[..., None]
    known = np.array([s.kind == "enumerated" for s, *_ in rows])[:, None] | (root <= KNOWN)
    most = SCALE * np.sqrt(2) * root / (1 + 0.02 * root**2)
    frontier = np.where(known[:, None] & has[..., None], most[:, None] + start[..., None], np.nan)
    samples = np.broadcast_to(STEPS * SAMPLES, root.shape)
    place = np.where(has, np.nan_to_num(score, nan=-np.inf).argmax(axis=2), 0)
    at_peak = np.take_along_axis(score, place[..., None], axis=2)[..., 0]
    points = 400 / np.log(10)
    train, gold = (gains[:, ROLES.index(role)] for role in ("train", "gold"))
    elo = points * np.stack([train, 0.7 * train, np.where(is_gold[:, None], np.nan, 0.4 * gold)], 1)
    chosen_kl = np.log(COMPARED) - (COMPARED - 1) / COMPARED
    best = np.sqrt(2 * chosen_kl) * np.where(has, 1.0 - 0.15 * np.arange(3), np.nan)[..., None]
    run_step, by_role = ("run", "step"), ("run", "role", "step")
    return {
        "root_kl": variable(run_step, root, "root of the KL", "nat1/2"),
        "samples": variable(run_step, samples, "samples"),
        "entropy": variable(run_step, 2.77 - 0.2 * root, "entropy", "nat"),
        "corpus_loss": variable(run_step, 2.8 + 0.02 * root**2, "loss", "nat"),
        "gain": variable(by_role, gains, "gain", "nat"),
        "frontier_gain": variable(by_role, frontier - start[..., None], "greatest gain", "nat"),
        "start_score": variable(("run", "role"), start, "score of the start policy", "nat"),
        "peak_samples": variable(
            ("run", "role"), np.where(has, STEPS[place] * SAMPLES, np.nan), "samples at the peak"
        ),
        "peak_score": variable(
            ("run", "role"), np.where(has, at_peak, np.nan), "score at the peak", "nat"
        ),
        "elo": variable(("run", "way", "step"), elo, "Elo over the start policy"),
        "best_of_kl": variable(
            ("run", "samples_compared"), np.broadcast_to(chosen_kl, (len(rows), 10)), "KL", "nat"
        ),
        "best_of_gain": variable(("run", "role", "samples_compared"), best, "gain", "nat"),
    }
