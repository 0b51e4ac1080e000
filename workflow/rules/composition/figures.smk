for figure, drawn_from in FIGURES_OF_RUN.items():

    rule:
        name:
            f"figure_{figure}"
        input:
            **{
                result: f"results/composition/{{experiment}}/seed{{seed}}/{result}.nc"
                for result in drawn_from
            },
        output:
            **figure_files(
                "results/composition/figures/{experiment}/seed{seed}/{figure}",
                **in_report(figure),
            ),
        log:
            "logs/composition/{experiment}/seed{seed}/figure_{figure}.log",
        wildcard_constraints:
            figure=figure,
        conda:
            "../../../environment.yml"
        params:
            spec=style_of(figure),
            code=script_digest(f"composition/figure_{figure}"),
        message:
            "figure {wildcards.figure} of {wildcards.experiment}, seed {wildcards.seed}"
        script:
            "../../scripts/composition/figure_{wildcards.figure}.py"


rule figure_seeds:
    """Draw all runs of an experiment together."""
    input:
        histories=of_seeds(lambda experiment: ["history"]),
        phases=of_seeds(phases_of_run),
    output:
        **figure_files(
            "results/composition/figures/{experiment}/seeds",
            **in_report("seeds")
            | {
                "category": lambda wildcards: category_of(experiment_of(wildcards)),
                "labels": {"figure": "seeds", "seed": "all"},
            },
        ),
    log:
        "logs/composition/{experiment}/figure_seeds.log",
    conda:
        "../../../environment.yml"
    params:
        spec=lambda wildcards: style_of("seeds")
        | {"seeds": list(experiment_of(wildcards).seeds)},
        code=script_digest("composition/figure_seeds"),
    message:
        "figure seeds of {wildcards.experiment}"
    script:
        "../../scripts/composition/figure_seeds.py"


rule figure_addition_phases:
    """Draw all runs of a modular-addition experiment, each in steps of its own phases."""
    input:
        measures=of_seeds(lambda experiment: ["measures"]),
    output:
        **figure_files(
            "results/composition/figures/{experiment}/addition_phases",
            **in_report("addition_phases")
            | {"labels": {"figure": "phases", "seed": "all"}},
        ),
    log:
        "logs/composition/{experiment}/figure_addition_phases.log",
    conda:
        "../../../environment.yml"
    params:
        spec=lambda wildcards: style_of("addition_phases")
        | {"seeds": list(experiment_of(wildcards).seeds)},
        code=script_digest("composition/figure_addition_phases"),
    message:
        "figure addition_phases of {wildcards.experiment}"
    script:
        "../../scripts/composition/figure_addition_phases.py"
