include: "common.smk"
include: "train.smk"
include: "analysis.smk"
include: "figures.smk"
include: "universality.smk"


rule composition_groups:
    """The groups of all experiments, with their irreps."""
    input:
        [
            f"results/groups/{experiment.group}/{file}.nc"
            for experiment in EXPERIMENTS.values()
            for file in ("table", "irreps")
        ],


rule composition:
    """All results and figures of group composition."""
    input:
        rules.composition_groups.input,
        [
            f"results/composition/{name}/seed{seed}/{file}.nc"
            for name, experiment in EXPERIMENTS.items()
            for seed in experiment.seeds
            for file in results_of_run(experiment)
        ],
        [
            f"results/composition/figures/{name}/seed{seed}/{figure}.svg"
            for name, experiment in EXPERIMENTS.items()
            for seed in runs_with_figures(experiment)
            for figure in figures_of_run(experiment)
        ],
        [
            f"results/composition/figures/{name}/{figure}.svg"
            for name, experiment in EXPERIMENTS.items()
            for figure in figures_of_seeds(experiment)
        ],
        "results/composition/universality.nc",
        rules.tables.output,
        "results/composition/claims.nc",
        [f"results/composition/figures/{name}.svg" for name in UNIVERSALITY_FIGURES],
