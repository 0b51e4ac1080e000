import json
from functools import lru_cache

from ontogeny.groups import parse as parse_group
from ontogeny.studies.composition.planned_figures import overview_figures, width_of
from ontogeny.studies.composition.summary import outcomes_of_history, outcomes_of_runs
from ontogeny.studies.composition.summary import summary as summary_of_composition

EXPERIMENTS = sections["composition"].experiments
GIVEN_PATHS += [
    path
    for experiment in EXPERIMENTS.values()
    if experiment.weights is not None
    for seed in experiment.seeds
    for path in experiment.checkpoints_of(seed).values()
]


def experiment_of(wildcards):
    """Return the configuration of the experiment that a job belongs to."""
    return EXPERIMENTS[wildcards.experiment]


def group_file(name):
    """Return an input function: a file of the experiment's group."""
    return (
        lambda wildcards: f"results/groups/{experiment_of(wildcards).group}/{name}.nc"
    )


def weights_files(wildcards):
    """Return the files with the networks of a run that was made elsewhere, by ascending steps."""
    files = experiment_of(wildcards).checkpoints_of(int(wildcards.seed)).values()
    return [given_file(file) for file in files]


weights_digest = lru_cache(maxsize=None)(file_digest)


def foreign_training(wildcards):
    """Return what a run that was made elsewhere depends on."""
    seed = int(wildcards.seed)
    experiment = experiment_of(wildcards)
    files = experiment.checkpoints_of(seed)
    digests = {step: weights_digest(file) for step, file in files.items()}
    return experiment.training(seed, weights=digests)


ARCHITECTURES = {
    kind: f"ontogeny.studies.composition.networks.architectures.{kind.replace('-', '_')}"
    for kind in ("mlp", "bilinear", "transformer", "deep-transformer")
}


def network_digest(name):
    """Return a function: the digest of a script, without the architectures that a job has not."""
    digests = {
        kind: script_digest(name, without={*ARCHITECTURES.values()} - {module})
        for kind, module in ARCHITECTURES.items()
    }
    return lambda wildcards: digests[experiment_of(wildcards).architecture.kind]


def is_cyclic(group):
    """Return whether a group is cyclic by its name."""
    return group not in sections["groups"] and [
        f.family for f in parse_group(group)
    ] == ["C"]


def is_modular(experiment):
    """Return whether an experiment adds modulo an odd number, by the name of its group."""
    return (
        is_cyclic(experiment.group) and parse_group(experiment.group)[0].order % 2 == 1
    )


FIGURES_OF_RUN = {
    "learning": ["history", "progress"],
    "progress": ["progress"],
    "losses": ["progress"],
    "irreps": ["progress"],
    "hidden": ["progress"],
    "matrices": ["representation"],
    "neurons": ["representation"],
    "activations": ["representation"],
    "change_of_basis": ["representation"],
    "readout": ["representation"],
    "ablations": ["representation"],
    "components": ["representation"],
    "logits": ["representation"],
    "spectra": ["representation"],
    "addition_progress": ["measures"],
    "addition_measures": ["measures"],
    "addition_key_losses": ["measures"],
    "addition_norms": ["measures"],
    "addition_followups": ["measures"],
    "addition_spectra": ["mechanism"],
    "addition_attention": ["mechanism"],
    "addition_neurons": ["mechanism"],
    "addition_logits": ["mechanism"],
    "addition_readout": ["mechanism"],
    "addition_ablations": ["mechanism"],
    "addition_removal": ["mechanism"],
    "addition_algorithms": ["mechanism"],
}
"""The figures of one run, and the results that each is drawn from."""


def is_read(experiment):
    """Return whether the networks of an experiment multiply, so that irreps can read them."""
    return experiment.data.labels == "product"


def is_sum(experiment):
    """Return whether an experiment on residues of an odd modulus can be followed along steps."""
    return is_modular(experiment) and experiment.has_steps


def results_of_run(experiment):
    """Return the names of the results that a run of an experiment gets."""
    results = ["checkpoints", "history"]
    if is_read(experiment):
        results += ["representation", "progress"]
    if is_modular(experiment):
        results += ["mechanism", "measures"] if experiment.has_steps else ["mechanism"]
    return results


def figures_of_run(experiment):
    """Return the names of the figures that a run of an experiment gets."""
    results = set(results_of_run(experiment))
    if not experiment.has_steps:
        results.discard("progress")  # of one network, no line over steps
    without = set() if is_cyclic(experiment.group) else {"spectra"}
    if experiment.architecture.kind != "transformer":
        without.add("addition_attention")
    return [
        name
        for name, drawn_from in FIGURES_OF_RUN.items()
        if results.issuperset(drawn_from) and name not in without
    ]


def phases_of_run(experiment):
    """Return the name of the result that has the phases of a run; nothing where it has none."""
    with_steps = results_of_run(experiment) if experiment.has_steps else []
    return [name for name in ("measures", "progress") if name in with_steps][:1]


def of_seeds(names):
    """Return an input function: results of all runs of an experiment, named by a function."""
    return lambda wildcards: [
        f"results/composition/{wildcards.experiment}/seed{seed}/{name}.nc"
        for name in names(experiment_of(wildcards))
        for seed in experiment_of(wildcards).seeds
    ]


def figures_of_seeds(experiment):
    """Return the names of the figures that all runs of an experiment get together."""
    if not experiment.has_steps:
        return []
    with_measures = "measures" in results_of_run(experiment)
    return ["seeds", "addition_phases"] if with_measures else ["seeds"]


def runs_with_figures(experiment):
    """Return the seeds of the runs of an experiment that get figures of their own."""
    chosen = {"all": experiment.seeds, "first": experiment.seeds[:1], "none": ()}
    return chosen[sections["composition"].run_figures]


def style_of(figure):
    """Return the specification of a figure: its style."""
    return specification(getattr(sections["composition"].figures, figure))


def category_of(experiment):
    """Return the category of the report in which the figure of its seeds stands."""
    return "Progress measures" if is_modular(experiment) else "Group composition"


def in_report(figure):
    """Return how the figure of a run stands in the report."""
    modular = figure.startswith("addition_")
    return {
        "caption": f"../../report/composition/{figure}.rst",
        "category": "Progress measures" if modular else "Group composition",
        "subcategory": "{experiment}",
        "labels": {"figure": figure.removeprefix("addition_"), "seed": "{seed}"},
    }


SWEEPS = sections["composition"].sweeps
SWEEP_OF = {name: sweep for sweep, members in SWEEPS.items() for name in members}
ADDING_RUNS = [
    (name, seed)
    for name, experiment in sorted(EXPERIMENTS.items())
    if is_sum(experiment)
    for seed in sorted(experiment.seeds)
]
ALL_RUNS = [
    (name, seed)
    for name, experiment in sorted(EXPERIMENTS.items())
    if is_read(experiment)
    for seed in sorted(experiment.seeds)
]
ADDITION_FIGURES = ["addition_efficiency"] * any(
    EXPERIMENTS[name].data.labels == "random" for name, _ in ADDING_RUNS
)
CLAIMS_OF_COMPOSITION = [
    name
    for name, runs in (
        ("composition/claims", ALL_RUNS),
        ("composition/addition_claims", ADDING_RUNS),
    )
    if runs
]


def runs_of_sweep(sweep):
    """Return the experiments and seeds of a sweep."""
    return [
        (name, seed)
        for name in SWEEPS[sweep]
        for seed in sorted(EXPERIMENTS[name].seeds)
    ]


def schedules_of_sweep(sweep):
    """Return the schedules of the weight decay, as JSON, by experiment, if nothing else is swept."""
    return {
        name: json.dumps(values["optimiser.weight_decay_schedule"])
        for name, values in SWEEPS[sweep].items()
        if set(values) == {"optimiser.weight_decay_schedule"}
        and "measures" in results_of_run(EXPERIMENTS[name])
    }


def of_adding_runs(file):
    """Return a file of every run on residues."""
    return [
        f"results/composition/{name}/seed{seed}/{file}.nc" for name, seed in ADDING_RUNS
    ]


def adding_run(name, seed):
    """Return what the configuration says of a run on residues and its history does not."""
    experiment = EXPERIMENTS[name]
    return {
        "experiment": name,
        "sweep": SWEEP_OF.get(name, name),
        "seed": seed,
        "modulus": parse_group(experiment.group)[0].order,
    }


TABLES = ["runs", "averages", "intervals", "irreps", "widths"]
UNIVERSALITY_FIGURES = overview_figures(
    [experiment for experiment in EXPERIMENTS.values() if is_read(experiment)],
    sections["groups"],
)
GROUPS_OF_RUNS = sorted({experiment.group for experiment in EXPERIMENTS.values()})


def described_run(name, seed):
    """Return what the configuration says of a run and its results do not."""
    experiment = EXPERIMENTS[name]
    return {
        "experiment": name,
        "seed": seed,
        "group": experiment.group,
        "architecture": experiment.architecture.kind,
        "width": width_of(experiment),
        "fraction": experiment.data.fraction,
    }


def of_all_runs(file):
    """Return a file of every run."""
    return [
        f"results/composition/{name}/seed{seed}/{file}.nc" for name, seed in ALL_RUNS
    ]


def in_overview(what):
    """Return how a figure or table of all runs stands in the report."""
    return {
        "caption": f"../../report/composition/{what}.rst",
        "category": "Universality",
        "labels": {"figure": what.removeprefix("universality_").replace("_", " ")},
    }


def table_files(suffix):
    """Return the files of all tables with a suffix."""
    return [f"results/composition/tables/{table}.{suffix}" for table in TABLES]
