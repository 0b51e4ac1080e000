rule representation:
    """Say what each irrep explains in the last network of a run."""
    input:
        table=group_file("table"),
        irreps=group_file("irreps"),
        checkpoints=RUN + "/checkpoints.nc",
        history=RUN + "/history.nc",
    output:
        representation=RUN + "/representation.nc",
    params:
        spec=canonical(sections["composition"].analysis),
        code=script_digest("composition/representation"),
    log:
        "logs/composition/{experiment}/seed{seed}/representation.log",
    benchmark:
        "logs/benchmarks/composition/{experiment}/seed{seed}/representation.tsv"
    threads: 1
    resources:
        mem_mb=2000,
    conda:
        "../../../environment.yml"
    message:
        "representation of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/representation.py"


rule progress:
    """Follow every progress measure along the checkpoints of a run."""
    input:
        table=group_file("table"),
        irreps=group_file("irreps"),
        checkpoints=RUN + "/checkpoints.nc",
        history=RUN + "/history.nc",
        representation=RUN + "/representation.nc",
    output:
        progress=RUN + "/progress.nc",
    params:
        spec=canonical({}),
        code=script_digest("composition/progress"),
    log:
        "logs/composition/{experiment}/seed{seed}/progress.log",
    benchmark:
        "logs/benchmarks/composition/{experiment}/seed{seed}/progress.tsv"
    threads: 1
    resources:
        mem_mb=2000,
    conda:
        "../../../environment.yml"
    message:
        "progress of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/composition/progress.py"
