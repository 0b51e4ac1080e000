include: "common.smk"
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


rule composition_groups:
    """The groups of all experiments, with their irreps."""
    input:
        [
            f"results/groups/{group}/irreps.nc"
            for group in sorted(
                {experiment.group for experiment in EXPERIMENTS.values()}
            )
        ],
