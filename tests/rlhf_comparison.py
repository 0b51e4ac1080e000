"""Made-up results of policies and preference models that follow planted laws."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from ontogeny.joins import Run
from ontogeny.labels import text
from ontogeny.studies.rlhf.comparison import compare
from ontogeny.studies.rlhf.labels import dataset, variable

STEPS = np.arange(0, 44, 4)
ROOT = np.linspace(0, 4, len(STEPS))
"""Root of the KL at each checkpoint."""

SAMPLES = 256
"""Responses of an iteration, which is 4 updates."""

S_D = 1.5
PROMPTS = ("helpful", "harmless", "skill")
QUANTILES = np.array([0.0, 0.25, 0.5, 0.75])
BINS = 4


@dataclass(frozen=True)
class Policy:
    """A trained policy: its gains by role are ``slope root - bend root^2``, over its start."""

    experiment: str = "against-first"
    seed: int = 0
    policy: str = "start"
    world: str = "long"
    kind: str = "sequences"
    skew: str = "none"
    prompts: int = 1
    prompt: str = "mixed"
    reward: str = "first"
    judge: str = "second"
    kl_penalty: float = 0.001
    d_model: int = 64
    reward_pairs: int = 600
    conditions: str = ""
    mixes_online: bool = False
    tranches: str = "base"
    """Comparisons that its preference model learned from."""
    gold: tuple[float, float] = (1.2, 0.3)
    train: tuple[float, float] = (0.8, 0.02)
    test: tuple[float, float] = (0.8, 0.12)
    frontier: float = 1.3
    entropy: tuple[float, float] = (2.8, 1.1)
    corpus_loss: tuple[float, float] = (2.8, 2.9)
    error: float = 0.05
    found: float = 0.95
    """Share of the optimum that it reaches where sequences are enumerated."""
    root: tuple[float, ...] = tuple(ROOT)

    def gain(self, role):
        slope, bend = getattr(self, role)
        root = np.array(self.root)
        return slope * root - bend * root**2


START = {"gold": -0.2, "train": 0.1, "test": -0.1}
"""Mean scores of the start policy."""


def run_of(policy):
    """Return the run of a policy with its evaluation."""
    about = {
        name: getattr(policy, name)
        for name in (
            "experiment", "seed", "policy", "world", "kind", "skew", "prompts", "reward", "judge",
            "kl_penalty", "d_model", "prompt",
        )
    } | {
        "layers": 2,
        "reward_d_model": 0 if policy.reward == "gold" else 64,
        "reward_layers": 0 if policy.reward == "gold" else 2,
        "reward_pairs": 0 if policy.reward == "gold" else policy.reward_pairs,
        "reward_tranches": "" if policy.reward == "gold" else policy.tranches,
        "reward_kinds": "start + snapshots" if policy.mixes_online else "start",
        "conditions": policy.conditions,
        "mixes_online": policy.mixes_online,
    }  # fmt: skip
    return Run(about, {"evaluation": evaluation(policy)})


def evaluation(policy):
    """Return the evaluation of a policy."""
    root = np.array(policy.root)
    kl = root**2
    judged = {"gold": "gold"}
    if policy.reward != "gold":
        judged[policy.reward] = "train"
    if policy.judge:
        judged[policy.judge] = "test"
    roles = list(judged.values())
    start = np.array([START[role] for role in roles])
    gain = np.stack([policy.gain(role) for role in roles], axis=1)
    frontier = start + policy.frontier * root[:, None] + 0 * gain
    if policy.kind != "enumerated":
        frontier[kl > 6] = np.nan
    rewarded = list(judged).index(policy.reward)
    steps = np.arange(len(root)) * 4
    ramp = np.linspace(0, 1, len(root))
    by_judge = ("step", "judge")

    def from_to(ends):
        return ends[0] + (ends[1] - ends[0]) * ramp

    variables = {
        "iteration": ("step", steps // 4),
        "samples": ("step", steps // 4 * SAMPLES),
        "kl": ("step", kl),
        "kl_sampled": ("step", kl),
        "entropy": ("step", from_to(policy.entropy)),
        "corpus_loss": ("step", from_to(policy.corpus_loss)),
        "repeats": ("step", 3 + ramp),
        "objective": ("step", (start + gain)[:, rewarded] - policy.kl_penalty * kl),
        "score": (by_judge, start + gain),
        "score_error": (by_judge, np.full(gain.shape, policy.error)),
        "win_rate": (by_judge, expit(0.5 * gain)),
        "choice_rate": (by_judge, expit(0.9 * gain)),
        "frontier": (by_judge, frontier),
        "start_score": ("judge", start),
        "start_s_d": ("judge", np.full(len(start), S_D)),
        "third_moment": ("judge", np.zeros(len(start))),
    }
    coordinates = {"step": steps, "judge": text(judged)}
    if policy.kind == "enumerated":
        best = (start + gain)[-1, rewarded] - policy.kl_penalty * kl[-1] - start[rewarded]
        variables["optimum"] = ((), start[rewarded] + best / policy.found)
    if policy.prompts > 1:
        prompts = PROMPTS[: policy.prompts]
        coordinates["prompt"] = text(prompts)
        of_prompts = (start + gain)[..., None] + 0.1 * np.arange(len(prompts))
        variables["score_of_prompt"] = ((*by_judge, "prompt"), of_prompts)
        variables["refusals"] = (("step", "prompt"), np.outer(ramp, 1 + np.arange(len(prompts))))
    return dataset(
        {name: variable(dims, values, name) for name, (dims, values) in variables.items()},
        coordinates,
        title="A made-up evaluation",
    )


@dataclass(frozen=True)
class Preference:
    """A preference model; its accuracy on the probes grows with ln pairs and ln parameters."""

    preference: str = "first"
    seed: int = 0
    policy: str = "start"
    world: str = "long"
    kind: str = "sequences"
    tranches: str = "base"
    d_model: int = 64
    layers: int = 2
    pairs: int = 3000
    last_share: float = -1.0
    of: tuple[str, ...] = ("helpful",)
    """Prompts of its pairs; of the last one there are as many as `last_share` says."""
    last_weight: float = 1.0
    epochs: int = 6
    by_pairs: float = 0.02
    by_size: float = 0.01
    accuracy: float = 0.4
    online: float = 0.6
    ceiling: float = 0.79
    policy_accuracy: float = 0.52
    above: float = -0.1
    error: tuple[float, float] = (0.02, 0.01)
    of_prompts: tuple[float, ...] = ()
    """Accuracies by prompt, where the world has several."""
    mixes_online: bool = False

    @property
    def parameters(self):
        return 12 * self.layers * self.d_model**2

    @property
    def pairs_of_prompts(self):
        share = 1 / len(self.of) if self.last_share < 0 else self.last_share
        first = dict.fromkeys(self.of[:-1], (1 - share) * self.pairs / max(len(self.of) - 1, 1))
        found = dict.fromkeys(PROMPTS, 0.0) | first | {self.of[-1]: share * self.pairs}
        return {f"{name}_pairs": round(pairs) for name, pairs in found.items()}

    @property
    def on_probes(self):
        grown = self.by_pairs * np.log(self.pairs) + self.by_size * np.log(self.parameters)
        return self.accuracy + grown


TRANCHES = {
    "base": {"kind": "start", "prompt": "mixed"},
    "online": {"kind": "snapshots", "prompt": "mixed"},
}


def preference_of(model):
    """Return a preference model with its measures and calibration."""
    about = {
        name: getattr(model, name)
        for name in (
            "preference", "seed", "policy", "world", "kind", "tranches", "d_model", "layers",
            "pairs", "last_share", "last_weight", "epochs", "mixes_online",
        )
    } | {
        "prompts": len(model.of_prompts) or 1,
        "skew": "none",
        "kinds": "start + snapshots" if model.mixes_online else "start",
    }  # fmt: skip
    about |= model.pairs_of_prompts
    on = ("base", "online", "probes")
    accuracy = np.array([model.on_probes, model.online, model.on_probes])
    bins = ("scaling", "bin")
    expected = np.array([np.linspace(0.5, 0.9, BINS)] * 2)
    variables = {
        "accuracy": ("tested_on", accuracy),
        "accuracy_error": ("tested_on", np.full(3, 0.01)),
        "ceiling": ("tested_on", np.full(3, model.ceiling)),
        "log_loss": ("tested_on", np.full(3, 0.6)),
        "policy_accuracy": ("tested_on", np.full(3, model.policy_accuracy)),
        "accuracy_above": (("tested_on", "quantile"), accuracy[:, None] + model.above * QUANTILES),
        "pairs_above": (("tested_on", "quantile"), np.full((3, 4), 100)),
        "bin_accuracy": (bins, expected - np.array(model.error)[:, None]),
        "bin_expected": (bins, expected),
        "bin_difference": (bins, np.array([np.linspace(0, 2, BINS)] * 2)),
        "calibration_error": ("scaling", np.array(model.error)),
        "calibration_error_of_perfect": ((), 0.0067),
        "parameters": ((), model.parameters),
        "pairs": ((), model.pairs),
    }
    coordinates = {
        "tested_on": text(on),
        "quantile": QUANTILES,
        "scaling": text(("raw", "calibrated")),
    }
    if model.of_prompts:
        coordinates["prompt"] = text(PROMPTS[: len(model.of_prompts)])
        variables["accuracy_of_prompt"] = ("prompt", np.array(model.of_prompts))
        variables["ceiling_of_prompt"] = ("prompt", np.full(len(model.of_prompts), 0.8))
    calibration = {"temperature": ((), 1.2), "offset": ((), 0.3), "raw_s_d": ((), 0.9)}
    measures, calibrated = (
        dataset(
            {name: variable(dims, values, name) for name, (dims, values) in each.items()},
            labels,
            title="Made-up measures",
        )
        for each, labels in ((variables, coordinates), (calibration, {}))
    )
    return Run(about, {"measures": measures, "calibration": calibrated})


def best_of(slope=1.0):
    """Return the best of n by two scores: the gain is a slope times the root of the KL."""
    counts = 2 ** np.arange(10)
    kl = np.log(counts) - (counts - 1) / counts
    names = ("gold", "first", "second")
    share = np.where(np.eye(3), 1.0, 0.7)
    score = 0.2 + slope * share[..., None] * np.sqrt(kl)
    return dataset(
        {
            "score": variable(("selector", "judge", "samples_compared"), score, "score", "nat"),
            "kl": variable(("selector", "samples_compared"), np.tile(kl, (3, 1)), "KL", "nat"),
            "log_samples": variable("samples_compared", np.log(counts), "ln n", "nat"),
        },
        {"selector": text(names), "judge": text(names), "samples_compared": counts},
        title="A made-up best of n",
    )


def detection(plain=0.7, relative=0.8, layers=3):
    """Return how well foreign sequences are told, a little better in later layers."""
    layer = 0.01 * np.arange(layers)
    examples = np.array([1, 10, 100])
    return dataset(
        {
            "auroc": variable(
                ("layer", "distance"), np.stack([plain + layer, relative + layer], 1), "AUROC"
            ),
            "auroc_with_examples": variable(
                ("layer", "examples"), layer[:, None] + 0.2 * np.log10(examples) + 0.5, "AUROC"
            ),
        },
        {
            "layer": np.arange(layers),
            "distance": text(("plain", "relative")),
            "examples": examples,
        },
        title="A made-up detection",
    )


def real_pairs(across=(0.355, 0.426), excess=0.05, half=0.02):
    """Return what models of two worlds of real comparisons do, with intervals of a half-width."""
    accuracy = np.array([[0.61, across[0]], [across[1], 0.77]])
    without = np.array([[0.60, 0.507], [0.479, 0.75]])
    around = half * np.array([-1, 1])
    both, on = ("trained_on", "tested_on"), "tested_on"
    values = {
        "accuracy": (both, accuracy),
        "accuracy_interval": ((*both, "end"), accuracy[..., None] + around),
        "accuracy_without_length": (both, without),
        "paired_excess": (on, np.array([excess, 0.4])),
        "paired_excess_interval": ((on, "end"), np.array([[excess], [0.4]]) + around),
        "shorter_wins": (on, np.array([0.55, 0.33])),
        "agreement": (on, np.array([np.nan, 0.947])),
        "pairs": (on, np.array([2307, 894])),
    }
    names = text(["harmless", "judged"])
    return dataset(
        {name: variable(dims, each, name) for name, (dims, each) in values.items()},
        {"trained_on": names, "tested_on": names, "end": text(["lower", "upper"])},
        title="Made-up models of real comparisons",
    )


def seeds_of(each, seeds=3):
    """Return a policy or preference model for several seeds."""
    return [replace(each, seed=seed) for seed in range(seeds)]


def swapped(policy, seeds=3):
    """Return a policy and its exchange of preference models, for several seeds."""
    other = replace(
        policy, experiment=f"{policy.experiment}-x", reward=policy.judge, judge=policy.reward
    )
    return [*seeds_of(policy, seeds), *seeds_of(other, seeds)]


def compared(policies=(), models=(), *, best=None, found=None, pairs=None):
    """Return the comparison of made-up policies and preference models."""
    return compare(
        [run_of(each) for each in policies],
        [preference_of(each) for each in models],
        tranches=TRANCHES,
        best_of=best or {},
        detection=found or {},
        pairs=pairs,
    )
