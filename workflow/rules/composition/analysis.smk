rule representation:
    """Say what each irrep explains in the final checkpoint of a run."""
    input:
        table=group_file("table"),
        irreps=group_file("irreps"),
        checkpoints="results/composition/{experiment}/seed{seed}/checkpoints.nc",
        history="results/composition/{experiment}/seed{seed}/history.nc",
    output:
        representation="results/composition/{experiment}/seed{seed}/representation.nc",
    log:
        "logs/composition/{experiment}/seed{seed}/representation.log",
    benchmark:
        "logs/benchmarks/composition/{experiment}/seed{seed}/representation.tsv"
    conda:
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
    params:
        spec={"key_similarity": sections["composition"].analysis.key_similarity},
        code=network_digest("composition/representation"),
    message:
        "representation of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/representation.py"


rule progress:
    """Follow every progress measure along the checkpoints of a run."""
    input:
        table=group_file("table"),
        irreps=group_file("irreps"),
        checkpoints="results/composition/{experiment}/seed{seed}/checkpoints.nc",
        history="results/composition/{experiment}/seed{seed}/history.nc",
        representation="results/composition/{experiment}/seed{seed}/representation.nc",
    output:
        progress="results/composition/{experiment}/seed{seed}/progress.nc",
    log:
        "logs/composition/{experiment}/seed{seed}/progress.log",
    benchmark:
        "logs/benchmarks/composition/{experiment}/seed{seed}/progress.tsv"
    conda:
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
    params:
        spec={},
        code=network_digest("composition/progress"),
    message:
        "progress of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/progress.py"


rule mechanism:
    """Say how the final checkpoint of a run adds modulo an odd number."""
    input:
        table=group_file("table"),
        checkpoints="results/composition/{experiment}/seed{seed}/checkpoints.nc",
        history="results/composition/{experiment}/seed{seed}/history.nc",
    output:
        mechanism="results/composition/{experiment}/seed{seed}/mechanism.nc",
    log:
        "logs/composition/{experiment}/seed{seed}/mechanism.log",
    benchmark:
        "logs/benchmarks/composition/{experiment}/seed{seed}/mechanism.tsv"
    conda:
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
    params:
        spec={"key_rule": sections["composition"].analysis.key_rule},
        code=network_digest("composition/mechanism"),
    message:
        "mechanism of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/mechanism.py"


rule measures:
    """Follow every measure of addition along the checkpoints of a run."""
    input:
        table=group_file("table"),
        checkpoints="results/composition/{experiment}/seed{seed}/checkpoints.nc",
        history="results/composition/{experiment}/seed{seed}/history.nc",
        mechanism="results/composition/{experiment}/seed{seed}/mechanism.nc",
    output:
        measures="results/composition/{experiment}/seed{seed}/measures.nc",
    log:
        "logs/composition/{experiment}/seed{seed}/measures.log",
    benchmark:
        "logs/benchmarks/composition/{experiment}/seed{seed}/measures.tsv"
    conda:
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
    params:
        spec={},
        code=network_digest("composition/measures"),
    message:
        "measures of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/measures.py"
