from ontogeny.groups import parse as parse_group

EXPERIMENTS = sections["composition"].experiments
RUN = "results/composition/{experiment}/seed{seed}"
FIGURES = "results/composition/figures/{experiment}/seed{seed}"


def experiment_of(wildcards):
    """Return the configuration of the experiment that a job belongs to."""
    return EXPERIMENTS[wildcards.experiment]


def group_file(name):
    """Return an input function: a file of the experiment's group."""
    return lambda wildcards: f"results/groups/{experiment_of(wildcards).group}/{name}.nc"


def is_cyclic(group):
    """Return whether a group is cyclic by its name."""
    return group not in sections["groups"] and [f.family for f in parse_group(group)] == ["C"]


def figures_of_run(experiment):
    """Return the names of the figures that each run of an experiment gets."""
    names = ["learning", "progress", "irreps", "matrices", "neurons", "logits"]
    return names + ["spectra"] * is_cyclic(experiment.group)


include: "train.smk"
include: "analysis.smk"
include: "figures.smk"


rule composition:
    """All figures of group composition."""
    input:
        [
            f"results/composition/figures/{name}/seed{seed}/{figure}.svg"
            for name, experiment in EXPERIMENTS.items()
            for seed in experiment.seeds
            for figure in figures_of_run(experiment)
        ],
        [f"results/composition/figures/{name}/seeds.svg" for name in EXPERIMENTS],
