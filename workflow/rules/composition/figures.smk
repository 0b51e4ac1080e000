def style_of(figure):
    """Return the specification of a figure: its style."""
    return canonical(getattr(sections["composition"].figures, figure))


def in_report(figure):
    """Return how the figure of a run stands in the report."""
    return {
        "caption": f"../../report/composition/{figure}.rst",
        "category": "Group composition",
        "subcategory": "{experiment}",
        "labels": {"figure": figure, "seed": "{seed}"},
    }


rule figure_learning:
    """Draw losses and accuracies of a run, with its phases."""
    input:
        history=RUN + "/history.nc",
        progress=RUN + "/progress.nc",
    output:
        **figure_files(FIGURES + "/learning", **in_report("learning")),
    params:
        spec=style_of("learning"),
        code=script_digest("composition/figure_learning"),
    log:
        "logs/composition/{experiment}/seed{seed}/figure_learning.log",
    conda:
        "../../../environment.yml"
    message:
        "figure learning of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/figure_learning.py"


rule figure_progress:
    """Draw the four progress measures of a run."""
    input:
        progress=RUN + "/progress.nc",
    output:
        **figure_files(FIGURES + "/progress", **in_report("progress")),
    params:
        spec=style_of("progress"),
        code=script_digest("composition/figure_progress"),
    log:
        "logs/composition/{experiment}/seed{seed}/figure_progress.log",
    conda:
        "../../../environment.yml"
    message:
        "figure progress of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/figure_progress.py"


rule figure_irreps:
    """Draw how the irreps of a run come up over training."""
    input:
        progress=RUN + "/progress.nc",
    output:
        **figure_files(FIGURES + "/irreps", **in_report("irreps")),
    params:
        spec=style_of("irreps"),
        code=script_digest("composition/figure_irreps"),
    log:
        "logs/composition/{experiment}/seed{seed}/figure_irreps.log",
    conda:
        "../../../environment.yml"
    message:
        "figure irreps of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/figure_irreps.py"


rule figure_matrices:
    """Draw what each irrep explains in each matrix."""
    input:
        representation=RUN + "/representation.nc",
    output:
        **figure_files(FIGURES + "/matrices", **in_report("matrices")),
    params:
        spec=style_of("matrices"),
        code=script_digest("composition/figure_matrices"),
    log:
        "logs/composition/{experiment}/seed{seed}/figure_matrices.log",
    conda:
        "../../../environment.yml"
    message:
        "figure matrices of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/figure_matrices.py"


rule figure_neurons:
    """Draw the neuron clusters of a run."""
    input:
        representation=RUN + "/representation.nc",
    output:
        **figure_files(FIGURES + "/neurons", **in_report("neurons")),
    params:
        spec=style_of("neurons"),
        code=script_digest("composition/figure_neurons"),
    log:
        "logs/composition/{experiment}/seed{seed}/figure_neurons.log",
    conda:
        "../../../environment.yml"
    message:
        "figure neurons of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/figure_neurons.py"


rule figure_logits:
    """Draw a slice of the logits beside the characters that explain it."""
    input:
        representation=RUN + "/representation.nc",
    output:
        **figure_files(FIGURES + "/logits", **in_report("logits")),
    params:
        spec=style_of("logits"),
        code=script_digest("composition/figure_logits"),
    log:
        "logs/composition/{experiment}/seed{seed}/figure_logits.log",
    conda:
        "../../../environment.yml"
    message:
        "figure logits of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/figure_logits.py"


rule figure_spectra:
    """Draw the Fourier spectra of a run on a cyclic group."""
    input:
        representation=RUN + "/representation.nc",
    output:
        **figure_files(FIGURES + "/spectra", **in_report("spectra")),
    params:
        spec=style_of("spectra"),
        code=script_digest("composition/figure_spectra"),
    log:
        "logs/composition/{experiment}/seed{seed}/figure_spectra.log",
    conda:
        "../../../environment.yml"
    message:
        "figure spectra of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/figure_spectra.py"


rule figure_seeds:
    """Draw all runs of an experiment together."""
    input:
        histories=lambda wildcards: [
            f"results/composition/{wildcards.experiment}/seed{seed}/history.nc"
            for seed in experiment_of(wildcards).seeds
        ],
    output:
        **figure_files(
            "results/composition/figures/{experiment}/seeds",
            **in_report("seeds") | {"labels": {"figure": "seeds", "seed": "all"}},
        ),
    params:
        spec=lambda wildcards: style_of("seeds")
        | {"seeds": list(experiment_of(wildcards).seeds)},
        code=script_digest("composition/figure_seeds"),
    log:
        "logs/composition/{experiment}/figure_seeds.log",
    conda:
        "../../../environment.yml"
    message:
        "figure seeds of {wildcards.experiment}"
    script:
        "../../scripts/composition/figure_seeds.py"
