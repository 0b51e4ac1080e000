SURPRISE = PLANS["surprise"]


rule surprise_parity_world:
    """Draw the tasks of a world of parity."""
    output:
        world=SURPRISE.world_file(),
    wildcard_constraints:
        world=SURPRISE.worlds_of("parity"),
    log:
        SURPRISE.log("worlds", "{world}"),
    benchmark:
        SURPRISE.benchmark("worlds", "{world}", "surprise_parity_world")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(SURPRISE.world_memory, 5),
    params:
        spec=SURPRISE.world_specification,
        code=code_of("surprise/parity_world", SURPRISE.study),
    message:
        "world {wildcards.world}"
    script:
        "../scripts/surprise/parity_world.py"


rule surprise_mixture_world:
    """Read the text of a mixture, and draw its evaluation set."""
    input:
        texts=given(SURPRISE.text_files),
    output:
        world=SURPRISE.world_file(),
    wildcard_constraints:
        world=SURPRISE.worlds_of("mixture"),
    log:
        SURPRISE.log("worlds", "{world}"),
    benchmark:
        SURPRISE.benchmark("worlds", "{world}", "surprise_mixture_world")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(SURPRISE.world_memory, 5),
    params:
        spec=SURPRISE.world_specification,
        code=code_of("surprise/mixture_world", SURPRISE.study),
    message:
        "world {wildcards.world}"
    script:
        "../scripts/surprise/mixture_world.py"


rule surprise_parity_train:
    """Train one network on fresh examples of its world of parity."""
    input:
        world=SURPRISE.world_of_run,
    output:
        checkpoints=SURPRISE.run_file("checkpoints"),
        history=SURPRISE.run_file("history"),
    wildcard_constraints:
        experiment=SURPRISE.experiments_on("parity"),
    log:
        SURPRISE.run_log("train"),
    benchmark:
        SURPRISE.run_benchmark("surprise_parity_train")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(SURPRISE.run_memory, 30),
    params:
        spec=SURPRISE.training,
        code=code_of("surprise/parity_train", SURPRISE.study),
    message:
        "train {wildcards.experiment}, seed {wildcards.seed} (progress in {log})"
    script:
        "../scripts/surprise/parity_train.py"


rule surprise_mixture_train:
    """Train one transformer on fresh sequences of its mixture."""
    input:
        world=SURPRISE.world_of_run,
    output:
        checkpoints=SURPRISE.run_file("checkpoints"),
        history=SURPRISE.run_file("history"),
    wildcard_constraints:
        experiment=SURPRISE.experiments_on("mixture"),
    log:
        SURPRISE.run_log("train"),
    benchmark:
        SURPRISE.run_benchmark("surprise_mixture_train")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(SURPRISE.run_memory, 120),
    params:
        spec=SURPRISE.training,
        code=code_of("surprise/mixture_train", SURPRISE.study),
    message:
        "train {wildcards.experiment}, seed {wildcards.seed} (progress in {log})"
    script:
        "../scripts/surprise/mixture_train.py"
