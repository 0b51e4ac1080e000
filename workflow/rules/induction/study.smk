include: "common.smk"
include: "train.smk"
include: "analysis.smk"
include: "figures.smk"


CLAIMS += ["induction/claims"]


rule induction:
    """All results and figures of induction heads."""
    input:
        of_induction_runs("checkpoints"),
        of_induction_runs("measures"),
        "results/induction/claims.nc",
        [
            f"results/induction/figures/{name}/seed{seed}/{figure}.svg"
            for name, experiment in INDUCTION.experiments.items()
            for seed in induction_seeds(experiment)
            for figure in planned_figures.figures_of_run(experiment.network)
        ],
        [
            f"results/induction/figures/{name}/model.svg"
            for name in INDUCTION.experiments
        ],
        [
            f"results/induction/figures/corpora/{corpus}/{figure}.svg"
            for corpus in CORPORA_OF_RUNS
            for figure in INDUCTION_FIGURES_OF_CORPUS
        ],
        [
            f"results/induction/figures/{figure}.svg"
            for figure in planned_figures.overview_figures(INDUCTION)
        ],
    message:
        "all results of induction"
