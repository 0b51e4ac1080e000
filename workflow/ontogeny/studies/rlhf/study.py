"""The study as the workflow reads it: which results and figures its runs have."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import xarray as xr

from ontogeny.config import Style, canonical, specification
from ontogeny.studies.rlhf.checks import resolve
from ontogeny.studies.rlhf.conditions import conditions_of
from ontogeny.studies.rlhf.config import (
    FIGURES,
    GOLD,
    PROMPTS,
    SWEPT,
    Enumerated,
    Experiment,
    Pairs,
    Preference,
    PreferenceRun,
    PreferenceTraining,
    Rlhf,
    Sequences,
    StartRun,
    StartTraining,
    Tranche,
    TrancheOptions,
    World,
)
from ontogeny.studies.rlhf.facts import facts_of_run, facts_of_runs
from ontogeny.studies.rlhf.iterations import updates_of
from ontogeny.studies.rlhf.labels import DIMENSIONS
from ontogeny.studies.rlhf.memory import network_memory, samples_memory
from ontogeny.studies.rlhf.seeds import (
    policy_of_preference,
    seeds_of_policy,
    seeds_of_preferences,
)
from ontogeny.studies.rlhf.shares import taken
from ontogeny.studies.rlhf.summary import finding
from ontogeny.studies.rlhf.titles import words
from ontogeny.study import Claims, Plan, Stored, Study, Subject, given_digest, unique
from ontogeny.titles import titled

__all__ = ["STUDY", "RlhfPlan"]

RESULTS = ("checkpoints", "history", "evaluation")
"""Names of the results of a run."""

_NETWORK = ("checkpoints", "calibration")
"""What a preference model is to those that ask it for scores."""

_STORED = 60
"""Checkpoints of a policy, about."""


class RlhfPlan(Plan):
    """What the workflow makes of the study in one configuration."""

    # Worlds

    @cached_property
    def stored_worlds(self) -> Stored:
        """The worlds as they are stored."""
        return Stored(self.section.worlds, _specification, "world")

    def world_file(self, name: str | None = None) -> str:
        """Return the file of a world by its name in the configuration; else with its wildcard."""
        return self.result("worlds", self.stored_worlds.named(name))

    def worlds_of(self, *, real: bool) -> str:
        """Return a regular expression: the names of files of real comparisons, or of others."""
        return self.stored_worlds.any_of(lambda world: isinstance(world, Pairs) == real)

    def pair_worlds(self) -> list[str]:
        """Return the names of the worlds of real comparisons."""
        return sorted(n for n, each in self.section.worlds.items() if isinstance(each, Pairs))

    def pairs_specification(self) -> Any:
        """Return the stored names of the worlds that models of real comparisons learn, by name."""
        return {name: self.stored_worlds.names[name] for name in self.pair_worlds()}

    def world_specification(self, wildcards: Any) -> Any:
        """Return what a world depends on."""
        return self.stored_worlds.specification(wildcards)

    def given_of_world(self, wildcards: Any) -> list[str]:
        """Return the files that the configuration gives a world."""
        world = self.stored_worlds.section(wildcards)
        return [world.file] if isinstance(world, Pairs) else []

    def given_paths(self) -> list[str]:
        """Return the paths of files that the configuration names."""
        return [each.file for each in self.section.worlds.values() if isinstance(each, Pairs)]

    def first(self) -> list[str]:
        """Return the worlds of all start policies that are used, and those of real comparisons."""
        policies = self.section.policies
        worlds = {each.world for n, each in policies.items() if seeds_of_policy(self.section, n)}
        return unique(map(self.world_file, sorted(worlds | {*self.pair_worlds()})))

    # Start policies

    def policy_file(self, result: str, policy: str = "{policy}", seed: Any = "{seed}") -> str:
        """Return a result of a start policy."""
        return self.result("policies", policy, f"seed{seed}", result)

    def world_of_policy(self, wildcards: Any) -> str:
        """Return the file of the world of a start policy."""
        return self.world_file(self.section.policies[wildcards.policy].world)

    def start_training(self, wildcards: Any) -> Any:
        """Return what the training of a start policy depends on, its world by its stored name."""
        policy = self.section.policies[wildcards.policy]
        fields = {name: getattr(policy, name) for name in StartTraining.model_fields}
        training = specification(StartRun(**fields, seed=int(wildcards.seed)))
        return canonical({"training": training, "world": self.stored_worlds.names[policy.world]})

    def probes(self, wildcards: Any) -> Any:
        """Return how many probes a start policy has."""
        return canonical({"probes": specification(self.section.policies[wildcards.policy].probes)})

    def policy_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that a job of a start policy may take."""
        policy = self.section.policies[wildcards.policy]
        world = self.section.worlds[policy.world]
        sequences = 2 * (policy.probes.calibration + policy.probes.fresh)
        training = network_memory(policy.network, world, policy.epochs)
        return attempt * (training + samples_memory(policy.network, world, sequences))

    # Comparisons

    def tranche_file(self, tranche: str = "{tranche}", seed: Any = "{seed}") -> str:
        """Return the file of a set of comparisons."""
        return self.result("tranches", tranche, f"seed{seed}")

    def tranche_inputs(self, kind: str) -> Callable[[Any], list[str]]:
        """Return an input function of a set of comparisons.

        Parameters
        ----------
        kind : {"world", "start", "judge", "runs"}
            The world; the checkpoints of the start policy; checkpoints and calibration of the
            preference model that judges; the checkpoints of the runs that are sampled.
        """

        def inputs(wildcards: Any) -> list[str]:
            tranche, seed = self.section.tranches[wildcards.tranche], wildcards.seed
            if kind == "world":
                return [self.world_file(self.section.policies[tranche.policy].world)]
            if kind == "start":
                return [self.policy_file("checkpoints", tranche.policy, seed)]
            if kind == "judge":
                return [] if tranche.judge is None else self._network(tranche.judge, seed)
            return self.files([(name, int(seed)) for name in tranche.runs], "checkpoints")

        return inputs

    def tranche_specification(self, wildcards: Any) -> Any:
        """Return what a set of comparisons depends on, in addition to its files."""
        tranche = self.section.tranches[wildcards.tranche]
        fields = {name: getattr(tranche, name) for name in TrancheOptions.model_fields}
        updates = [updates_of(self.section.experiments[name].ppo) for name in tranche.runs]
        return canonical(
            {
                "tranche": specification(TrancheOptions(**fields)),
                "seed": int(wildcards.seed),
                "updates": updates,
            }
        )

    def tranche_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that making a set of comparisons may take."""
        tranche = self.section.tranches[wildcards.tranche]
        policy = self.section.policies[tranche.policy]
        sequences = 2 * (tranche.pairs + tranche.test) * tranche.best_of
        world = self.section.worlds[policy.world]
        return attempt * samples_memory(policy.network, world, sequences)

    # Preference models

    def preference_file(
        self, result: str, preference: str = "{preference}", seed: Any = "{seed}"
    ) -> str:
        """Return a result of a preference model."""
        return self.result("preferences", preference, f"seed{seed}", result)

    def _network(self, preference: str, seed: Any) -> list[str]:
        return [self.preference_file(result, preference, seed) for result in _NETWORK]

    def world_of_preference(self, wildcards: Any) -> str:
        """Return the file of the world of a preference model."""
        policy = policy_of_preference(self.section, wildcards.preference)
        return self.world_file(self.section.policies[policy].world)

    def start_of_preference(self, result: str) -> Callable[[Any], str]:
        """Return an input function: a result of the start policy of a preference model."""
        return lambda wildcards: self.policy_file(
            result, policy_of_preference(self.section, wildcards.preference), wildcards.seed
        )

    def tranches_of_preference(self, *, tested: bool) -> Callable[[Any], list[str]]:
        """Return an input function: the comparisons that a preference model learns from.

        With `tested`, those that it is tested on as well.
        """
        return lambda wildcards: [
            self.tranche_file(name, wildcards.seed)
            for name in self._tranches(wildcards.preference, tested=tested)
        ]

    def _tranches(self, preference: str, *, tested: bool) -> list[str]:
        found = self.section.preferences[preference]
        further = found.tested_on if tested else ()
        return list(dict.fromkeys((*found.tranches, *further)))

    def preference_training(self, wildcards: Any) -> Any:
        """Return what a preference model depends on, in addition to its comparisons."""
        preference = self.section.preferences[wildcards.preference]
        fields = {name: getattr(preference, name) for name in PreferenceTraining.model_fields}
        spec = PreferenceRun(**fields, seed=int(wildcards.seed))
        return canonical({"training": specification(spec)})

    def preference_measures(self, wildcards: Any) -> Any:
        """Return how a preference model is measured."""
        return canonical(
            {
                "tested_on": self._tranches(wildcards.preference, tested=True),
                "bins": self.section.analysis.bins,
            }
        )

    def preference_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that a job of a preference model may take."""
        preference = self.section.preferences[wildcards.preference]
        policy = self.section.policies[policy_of_preference(self.section, wildcards.preference)]
        world = self.section.worlds[policy.world]
        sequences = 2 * (policy.probes.calibration + policy.probes.fresh)
        training = network_memory(preference.network, world, preference.epochs)
        return attempt * (training + samples_memory(policy.network, world, sequences))

    def preference_models(self) -> list[tuple[str, int]]:
        """Return name and seed of all preference models that are asked for."""
        return [(name, seed) for name, seeds in sorted(self._seeds.items()) for seed in seeds]

    @cached_property
    def _seeds(self) -> dict[str, tuple[int, ...]]:
        return seeds_of_preferences(self.section)

    def _of_others(self, names: Iterable[str], policy: str) -> list[str]:
        """Return which preference models belong to another start policy."""
        return [name for name in names if policy_of_preference(self.section, name) != policy]

    # Policies

    def _policy_of(self, wildcards: Any) -> str:
        name: str = self.experiment(wildcards).policy
        return name

    def world_of_run(self, wildcards: Any) -> str:
        """Return the file of the world of a run."""
        return self.world_file(self.section.policies[self._policy_of(wildcards)].world)

    def start_of_run(self, result: str) -> Callable[[Any], str]:
        """Return an input function: a result of the start policy of a run."""
        return lambda wildcards: self.policy_file(
            result, self._policy_of(wildcards), wildcards.seed
        )

    def reward_of_run(self, wildcards: Any) -> list[str]:
        """Return the files of the preference model that a run is trained against, if it is one."""
        reward = self.experiment(wildcards).reward
        return [] if reward == GOLD else self._network(reward, wildcards.seed)

    def judges_of_run(self, wildcards: Any) -> list[str]:
        """Return the files of all preference models that score a run."""
        names = self._judges(self.experiment(wildcards))
        return [file for name in names for file in self._network(name, wildcards.seed)]

    def _judges(self, experiment: Experiment) -> list[str]:
        """Return the preference models that score a run, the one it is trained against first."""
        names = dict.fromkeys((experiment.reward, *experiment.judges))
        return [name for name in names if name != GOLD]

    def training(self, wildcards: Any) -> Any:
        """Return what the training of a run depends on, in addition to its files."""
        training = self.experiment(wildcards).training(int(wildcards.seed))
        return canonical({"training": specification(training)})

    def evaluation_specification(self, wildcards: Any) -> Any:
        """Return how a run is evaluated."""
        experiment = self.experiment(wildcards)
        return canonical(
            {
                "reward": experiment.reward,
                "judges": self._judges(experiment),
                "elsewhere": self._of_others(self._judges(experiment), experiment.policy),
                "kl_penalty": experiment.kl_penalty,
                "updates": updates_of(experiment.ppo),
                "responses": experiment.ppo.samples,
                "samples": self.section.analysis.evaluation.samples,
                "seed": int(wildcards.seed),
            }
        )

    def run_memory(self, wildcards: Any, attempt: int) -> int:
        """Return the memory [MB] that training or evaluating a run may take."""
        policy = self.section.policies[self._policy_of(wildcards)]
        world = self.section.worlds[policy.world]
        return attempt * network_memory(policy.network, world, _STORED)

    # Best of several samples, and detection

    def policies_with(self, result: str) -> list[tuple[str, int]]:
        """Return name and seed of the start policies that have a result.

        Parameters
        ----------
        result : {"best_of", "detection"}
        """
        names = getattr(self.section.analysis, result)
        return [(name, s) for name in sorted(names) for s in seeds_of_policy(self.section, name)]

    def preferences_on_policy(self, wildcards: Any) -> list[str]:
        """Return the names of the rewards and judges of runs from a start policy, of one seed."""
        seed = int(wildcards.seed)
        names = {
            name
            for experiment in self.section.experiments.values()
            if experiment.policy == wildcards.policy and seed in experiment.seeds
            for name in self._judges(experiment)
        }
        return sorted(names)

    def files_of_preferences(self, wildcards: Any) -> list[str]:
        """Return checkpoints and calibration of `preferences_on_policy`."""
        names = self.preferences_on_policy(wildcards)
        return [file for name in names for file in self._network(name, wildcards.seed)]

    def best_of_specification(self, wildcards: Any) -> Any:
        """Return which preference models select the best of several samples."""
        names = self.preferences_on_policy(wildcards)
        elsewhere = self._of_others(names, wildcards.policy)
        return canonical({"preferences": names, "elsewhere": elsewhere})

    def detection_specification(self, wildcards: Any) -> Any:
        """Return the seed of the sequences that are drawn to detect foreign ones."""
        return {"seed": int(wildcards.seed)}

    # All runs

    def files_of(self, name: str) -> list[str]:
        """Return all files of a result that the comparison reads.

        Parameters
        ----------
        name : {"measures", "calibration", "best_of", "detection", "pairs"}
        """
        if name in {"measures", "calibration"}:
            return [self.preference_file(name, *each) for each in self.preference_models()]
        if name == "pairs":
            return [self.result(name)] if self.pair_worlds() else []
        return [self.policy_file(name, *each) for each in self.policies_with(name)]

    @cached_property
    def _conditions(self) -> dict[str, str]:
        return conditions_of(self.section)

    def described(self, name: str, seed: int) -> dict[str, Any]:
        """Return what the configuration says of a run and its results do not."""
        experiment = self.section.experiments[name]
        policy = self.section.policies[experiment.policy]
        judges = [each for each in experiment.judges if each != experiment.reward]
        reward = self.section.preferences.get(experiment.reward)
        return {
            "experiment": name,
            "seed": seed,
            "policy": experiment.policy,
            **self._of_world(policy.world),
            "d_model": policy.network.d_model,
            "layers": policy.network.layers,
            "reward": experiment.reward,
            "judge": judges[0] if judges else "",
            "kl_penalty": experiment.kl_penalty,
            "prompt": experiment.prompt,
            "reward_d_model": 0 if reward is None else reward.network.d_model,
            "reward_layers": 0 if reward is None else reward.network.layers,
            "reward_pairs": 0 if reward is None else sum(self._pairs_of(reward)),
            "reward_tranches": "" if reward is None else _together(reward.tranches),
            "reward_kinds": "" if reward is None else self._kinds_of(reward.tranches),
            "mixes_online": reward is not None and self._mixes_online(reward.tranches),
            "conditions": self._conditions[name],
        }

    def described_preference(self, name: str, seed: int) -> dict[str, Any]:
        """Return what the configuration says of a preference model and its results do not."""
        preference = self.section.preferences[name]
        policy = policy_of_preference(self.section, name)
        return {
            "preference": name,
            "seed": seed,
            "policy": policy,
            **self._of_world(self.section.policies[policy].world),
            "tranches": _together(preference.tranches),
            "kinds": self._kinds_of(preference.tranches),
            "d_model": preference.network.d_model,
            "layers": preference.network.layers,
            "epochs": preference.epochs,
            "pairs": sum(self._pairs_of(preference)),
            **self._pairs_of_prompts(preference),
            "last_share": -1.0 if preference.last_share is None else preference.last_share,
            "last_weight": preference.last_weight,
            "mixes_online": self._mixes_online(preference.tranches),
        }

    def _of_world(self, name: str) -> dict[str, Any]:
        world: World = self.section.worlds[name]
        return {
            "world": name,
            "kind": world.kind,
            "skew": world.skew if isinstance(world, Enumerated) else "none",
            "prompts": world.prompts if isinstance(world, Sequences) else 1,
        }

    def _pairs_of(self, preference: Preference) -> list[int]:
        """Return how many pairs a preference model takes of each of its sets."""
        return taken(
            preference, [self.section.tranches[name].pairs for name in preference.tranches]
        )

    def _pairs_of_prompts(self, preference: Preference) -> dict[str, float]:
        """Return how many pairs of each prompt a preference model takes; of mixed ones, about."""
        found = dict.fromkeys((f"{prompt}_pairs" for prompt in PROMPTS), 0.0)
        for name, pairs in zip(preference.tranches, self._pairs_of(preference), strict=True):
            tranche = self.section.tranches[name]
            world = self.section.policies[tranche.policy].world
            prompts = PROMPTS[: self._of_world(world)["prompts"]]
            answered = prompts if tranche.prompt == "mixed" else (tranche.prompt,)
            for prompt in answered:
                found[f"{prompt}_pairs"] += pairs / len(answered)
        return found

    def _kind_of(self, tranche: Tranche) -> str:
        """Return what a set of comparisons is of."""
        if tranche.runs:
            return "snapshots"
        return "best-of" if tranche.best_of > 1 else "start"

    def _kinds_of(self, tranches: tuple[str, ...]) -> str:
        return _together(self._kind_of(self.section.tranches[name]) for name in tranches)

    def _mixes_online(self, tranches: tuple[str, ...]) -> bool:
        return any(self._kind_of(self.section.tranches[name]) != "start" for name in tranches)

    def comparison_specification(self) -> Any:
        """Return what tells runs, preference models and start policies apart."""
        return canonical(
            {
                "runs": [self.described(*run) for run in self.runs()],
                "preferences": [
                    self.described_preference(*each) for each in self.preference_models()
                ],
                "tranches": {
                    name: {"kind": self._kind_of(each), "prompt": each.prompt}
                    for name, each in self.section.tranches.items()
                },
                "best_of": self.policies_with("best_of"),
                "detection": self.policies_with("detection"),
            }
        )

    def joined(self) -> list[str]:
        """Return the names of the results of all runs."""
        return ["comparison"]

    def claims(self) -> list[Claims]:
        """Return the claims on each kind of world that the configuration has."""
        kinds = {world.kind for world in self.section.worlds.values()}
        return [each for each in self.study.claims if each.name.removesuffix("_claims") in kinds]

    def targets(self) -> list[str]:
        """Return the results that are asked for, apart from figures and claims."""
        return [self.result("comparison")]

    def subjects(self, level: str) -> list[Subject]:
        """Return all that figures of a level are drawn of."""
        return self._runs_with_figures() if level == "run" else self._study()

    def _runs_with_figures(self) -> list[Subject]:
        return [
            Subject(
                wildcards={"experiment": name, "seed": str(seed)},
                title=titled(words(experiment.reward, experiment.kl_penalty), name, seed=seed),
                inputs={result: self.files([(name, seed)], result)[0] for result in RESULTS},
                values={"reward": experiment.reward},
                facts=facts_of_run(self.section, name),
            )
            for name, experiment in self.section.experiments.items()
            for seed in self.seeds_with_figures(experiment)
        ]

    def _study(self) -> list[Subject]:
        claims = [self.result(each.name) for each in self.claims()]
        return [
            Subject(
                wildcards={},
                title="",
                inputs={"comparison": self.result("comparison"), "claims": claims},
                facts=facts_of_runs(self.section),
            )
        ]

    def finding(self, read: Callable[[str], xr.Dataset]) -> str:
        """Return in one sentence what its runs show."""
        return finding(read(self.result("comparison")))


def _specification(world: World) -> Any:
    """Return what a world depends on: of its file the digest."""
    if isinstance(world, Pairs):
        world = world.model_copy(update={"file": given_digest(world.file)})
    return canonical({"world": specification(world)})


def _together(names: Iterable[str]) -> str:
    return " + ".join(names)


STUDY = Study(
    name="rlhf",
    title="Preference models and policies",
    section=Rlhf,
    resolve=resolve,
    plan=RlhfPlan,
    levels={"run": "figures/{experiment}/seed{seed}", "study": "figures"},
    facts={
        "run": ("enumerated",),
        "study": (
            "policies",
            "preferences",
            "pairs",
            "judged",
            "scaling",
            "online",
            "conflict",
            "sizes",
            "detection",
            "enough-runs",
        ),
    },
    figures=FIGURES,
    style=Style,
    dimensions=DIMENSIONS,
    claims=tuple(
        Claims(f"{kind}_claims", f"ontogeny.studies.rlhf.claims.{kind}", "comparison", words)
        for kind, words in (
            ("enumerated", "preferences, enumerated worlds"),
            ("sequences", "preferences, sequences"),
            ("pairs", "preferences, real comparisons"),
        )
    ),
    results=RESULTS,
    story=(
        "split",
        "root",
        "elo",
        "policy",
        "distribution",
        "calibration",
        "scaling",
        "pairs",
        "online",
        "conflict",
        "tax",
        "outside",
    ),
    opened="ontogeny.studies.rlhf.opened",
    wildcards={
        "world": "[a-z0-9-]+",
        "policy": "[a-z0-9-]+",
        "tranche": "[a-z0-9-]+",
        "preference": "[a-z0-9-]+",
    },
    swept=SWEPT,
)
