rule figure_learning:
    """Draw losses and accuracies of a run, with its phases."""
    input:
        history="results/composition/{experiment}/seed{seed}/history.nc",
        progress="results/composition/{experiment}/seed{seed}/progress.nc",
    output:
        **figure_files(
            "results/composition/figures/{experiment}/seed{seed}/learning",
            **in_report("learning"),
        ),
    log:
        "logs/composition/{experiment}/seed{seed}/figure_learning.log",
    conda:
        "../../../environment.yml"
    params:
        spec=style_of("learning"),
        code=script_digest("composition/figure_learning"),
    message:
        "figure learning of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/figure_learning.py"


rule figure_progress:
    """Draw the four progress measures of a run."""
    input:
        progress="results/composition/{experiment}/seed{seed}/progress.nc",
    output:
        **figure_files(
            "results/composition/figures/{experiment}/seed{seed}/progress",
            **in_report("progress"),
        ),
    log:
        "logs/composition/{experiment}/seed{seed}/figure_progress.log",
    conda:
        "../../../environment.yml"
    params:
        spec=style_of("progress"),
        code=script_digest("composition/figure_progress"),
    message:
        "figure progress of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/figure_progress.py"


rule figure_irreps:
    """Draw how the irreps of a run come up over training."""
    input:
        progress="results/composition/{experiment}/seed{seed}/progress.nc",
    output:
        **figure_files(
            "results/composition/figures/{experiment}/seed{seed}/irreps",
            **in_report("irreps"),
        ),
    log:
        "logs/composition/{experiment}/seed{seed}/figure_irreps.log",
    conda:
        "../../../environment.yml"
    params:
        spec=style_of("irreps"),
        code=script_digest("composition/figure_irreps"),
    message:
        "figure irreps of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/figure_irreps.py"


rule figure_matrices:
    """Draw what each irrep explains in each matrix."""
    input:
        representation="results/composition/{experiment}/seed{seed}/representation.nc",
    output:
        **figure_files(
            "results/composition/figures/{experiment}/seed{seed}/matrices",
            **in_report("matrices"),
        ),
    log:
        "logs/composition/{experiment}/seed{seed}/figure_matrices.log",
    conda:
        "../../../environment.yml"
    params:
        spec=style_of("matrices"),
        code=script_digest("composition/figure_matrices"),
    message:
        "figure matrices of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/figure_matrices.py"


rule figure_neurons:
    """Draw the neuron clusters of a run."""
    input:
        representation="results/composition/{experiment}/seed{seed}/representation.nc",
    output:
        **figure_files(
            "results/composition/figures/{experiment}/seed{seed}/neurons",
            **in_report("neurons"),
        ),
    log:
        "logs/composition/{experiment}/seed{seed}/figure_neurons.log",
    conda:
        "../../../environment.yml"
    params:
        spec=style_of("neurons"),
        code=script_digest("composition/figure_neurons"),
    message:
        "figure neurons of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/figure_neurons.py"


rule figure_logits:
    """Draw a slice of the logits beside the characters that explain it."""
    input:
        representation="results/composition/{experiment}/seed{seed}/representation.nc",
    output:
        **figure_files(
            "results/composition/figures/{experiment}/seed{seed}/logits",
            **in_report("logits"),
        ),
    log:
        "logs/composition/{experiment}/seed{seed}/figure_logits.log",
    conda:
        "../../../environment.yml"
    params:
        spec=style_of("logits"),
        code=script_digest("composition/figure_logits"),
    message:
        "figure logits of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/figure_logits.py"


rule figure_spectra:
    """Draw the Fourier spectra of a run on a cyclic group."""
    input:
        representation="results/composition/{experiment}/seed{seed}/representation.nc",
    output:
        **figure_files(
            "results/composition/figures/{experiment}/seed{seed}/spectra",
            **in_report("spectra"),
        ),
    log:
        "logs/composition/{experiment}/seed{seed}/figure_spectra.log",
    conda:
        "../../../environment.yml"
    params:
        spec=style_of("spectra"),
        code=script_digest("composition/figure_spectra"),
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
