for figure, drawn_from in INDUCTION_FIGURES_OF_RUN.items():

    rule:
        name:
            f"figure_induction_{figure}"
        input:
            **{result: induction_result(result) for result in drawn_from},
        output:
            **figure_files(
                "results/induction/figures/{experiment}/seed{seed}/{figure}",
                **in_induction_report(figure, "{experiment}", seed="{seed}"),
            ),
        log:
            "logs/induction/{experiment}/seed{seed}/figure_{figure}.log",
        wildcard_constraints:
            figure=figure,
        conda:
            "../../../environment.yml"
        params:
            spec=induction_style(figure),
            code=script_digest(f"induction/figure_{figure}"),
        message:
            "figure {wildcards.figure} of {wildcards.experiment}, seed {wildcards.seed}"
        script:
            "../../scripts/induction/figure_{wildcards.figure}.py"


rule figure_induction_model:
    """Draw the model-analysis table of an experiment, one column a run."""
    input:
        evaluations=lambda wildcards: [
            f"results/induction/{wildcards.experiment}/seed{seed}/evaluation.nc"
            for seed in induction_experiment(wildcards).seeds
        ],
        measures=lambda wildcards: [
            f"results/induction/{wildcards.experiment}/seed{seed}/measures.nc"
            for seed in induction_experiment(wildcards).seeds
        ],
        comparison="results/induction/comparison.nc",
    output:
        **figure_files(
            "results/induction/figures/{experiment}/model",
            **in_induction_report("model", "{experiment}", seed="all"),
        ),
    log:
        "logs/induction/{experiment}/figure_model.log",
    conda:
        "../../../environment.yml"
    params:
        spec=lambda wildcards: canonical(
            {
                "seeds": induction_experiment(wildcards).seeds,
                "style": induction_style("model"),
            }
        ),
        code=script_digest("induction/figure_model"),
    message:
        "figure model of {wildcards.experiment}"
    script:
        "../../scripts/induction/figure_model.py"


for figure, drawn_from in INDUCTION_FIGURES_OF_CORPUS.items():

    rule:
        name:
            f"figure_induction_{figure}"
        input:
            comparison="results/induction/comparison.nc",
            corpus=(
                "results/induction/corpora/{corpus}.nc"
                if "corpus" in drawn_from
                else []
            ),
        output:
            **figure_files(
                "results/induction/figures/corpora/{corpus}/{figure}",
                **in_induction_report(figure, "all runs", corpus="{corpus}"),
            ),
        log:
            "logs/induction/corpora/{corpus}/figure_{figure}.log",
        wildcard_constraints:
            figure=figure,
            corpus=r"[a-z0-9-]+",
        conda:
            "../../../environment.yml"
        params:
            spec=induction_style(figure),
            code=script_digest(f"induction/figure_{figure}"),
        message:
            "figure {wildcards.figure} of {wildcards.corpus}"
        script:
            "../../scripts/induction/figure_{wildcards.figure}.py"


for figure, drawn_from in INDUCTION_FIGURES.items():

    rule:
        name:
            f"figure_induction_{figure}"
        input:
            **{drawn_from: f"results/induction/{drawn_from}.nc"},
        output:
            **figure_files(
                "results/induction/figures/{figure}",
                **in_induction_report(figure, "all runs", corpus="all"),
            ),
        log:
            "logs/induction/figure_{figure}.log",
        wildcard_constraints:
            figure=figure,
        conda:
            "../../../environment.yml"
        params:
            spec=induction_style(figure),
            code=script_digest(f"induction/figure_{figure}"),
        message:
            "figure {wildcards.figure} of induction"
        script:
            "../../scripts/induction/figure_{wildcards.figure}.py"
