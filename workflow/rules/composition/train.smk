rule train:
    """Train one network; checkpoints and history are two files, so that each reader needs one."""
    input:
        table=group_file("table"),
    output:
        checkpoints="results/composition/{experiment}/seed{seed}/checkpoints.nc",
        history="results/composition/{experiment}/seed{seed}/history.nc",
    log:
        "logs/composition/{experiment}/seed{seed}/train.log",
    benchmark:
        "logs/benchmarks/composition/{experiment}/seed{seed}/train.tsv"
    conda:
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=1500,
    params:
        spec=lambda wildcards: specification(
            experiment_of(wildcards).training(int(wildcards.seed))
        ),
        code=network_digest("composition/train"),
    message:
        "train {wildcards.experiment}, seed {wildcards.seed} (progress in {log})"
    script:
        "../../scripts/composition/train.py"
