include: "common.smk"
include: "train.smk"
include: "analysis.smk"
include: "figures.smk"
include: "universality.smk"
include: "sweeps.smk"


CLAIMS += CLAIMS_OF_COMPOSITION


rule composition_groups:
    """The groups of all experiments, with their irreps."""
    input:
        [
            f"results/groups/{experiment.group}/{file}.nc"
            for experiment in EXPERIMENTS.values()
            for file in ("table", "irreps")
        ],
    message:
        "all groups"


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
        ["results/composition/universality.nc", *rules.tables.output]
        if ALL_RUNS
        else [],
        [f"results/{claims}.nc" for claims in CLAIMS_OF_COMPOSITION],
        [f"results/composition/sweeps/{sweep}.nc" for sweep in SWEEPS],
        [f"results/composition/figures/sweeps/{sweep}.svg" for sweep in SWEEPS],
        [
            f"results/composition/figures/sweeps/{sweep}/addition_schedule.svg"
            for sweep in SWEEPS
            if schedules_of_sweep(sweep)
        ],
        [f"results/composition/figures/{name}.svg" for name in UNIVERSALITY_FIGURES],
        [f"results/composition/figures/{name}.svg" for name in ADDITION_FIGURES],
    message:
        "all results of composition"
