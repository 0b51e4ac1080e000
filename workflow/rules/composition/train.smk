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


FOREIGN = [name for name, experiment in EXPERIMENTS.items() if experiment.weights]

if FOREIGN:

    ruleorder: read_weights > train

    rule read_weights:
        """Read a network that was trained elsewhere, in place of training one."""
        input:
            table=group_file("table"),
            weights=weights_file,
        output:
            checkpoints="results/composition/{experiment}/seed{seed}/checkpoints.nc",
            history="results/composition/{experiment}/seed{seed}/history.nc",
        log:
            "logs/composition/{experiment}/seed{seed}/read_weights.log",
        wildcard_constraints:
            experiment="|".join(FOREIGN),
        conda:
            "../../../environment.yml"
        threads: 1
        resources:
            mem_mb=2000,
        params:
            spec=lambda wildcards: specification(
                experiment_of(wildcards).training(
                    int(wildcards.seed),
                    weights=given_weights_digest(wildcards),
                )
            ),
            code=network_digest("composition/read_weights"),
        message:
            "read the weights of {wildcards.experiment}, seed {wildcards.seed}"
        script:
            "../../scripts/composition/read_weights.py"
