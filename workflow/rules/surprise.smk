SURPRISE = PLANS["surprise"]


rule surprise_parity_world:
    """Draw the tasks of a world of parity."""
    output:
        world=SURPRISE.world_file(),
    log:
        SURPRISE.log("worlds", "{world}"),
    benchmark:
        SURPRISE.benchmark("worlds", "{world}", "surprise_parity_world")
    wildcard_constraints:
        world=SURPRISE.worlds_of("parity"),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(SURPRISE.world_memory, 5),
    params:
        spec=SURPRISE.world_specification,
        code=code_of("surprise/parity_world", SURPRISE.study),
    message:
        "world {SURPRISE.stored_worlds:{wildcards.world}}"
    script:
        "../scripts/surprise/parity_world.py"


rule surprise_mixture_world:
    """Read the text of a mixture, and draw its evaluation set."""
    input:
        texts=given(SURPRISE.given_files),
    output:
        world=SURPRISE.world_file(),
    log:
        SURPRISE.log("worlds", "{world}"),
    benchmark:
        SURPRISE.benchmark("worlds", "{world}", "surprise_mixture_world")
    wildcard_constraints:
        world=SURPRISE.worlds_of("mixture"),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(SURPRISE.world_memory, 5),
    params:
        spec=SURPRISE.world_specification,
        code=code_of("surprise/mixture_world", SURPRISE.study),
    message:
        "world {SURPRISE.stored_worlds:{wildcards.world}}"
    script:
        "../scripts/surprise/mixture_world.py"


rule surprise_parity_train:
    """Train one network on fresh examples of its world of parity."""
    input:
        world=SURPRISE.world_of_run,
    output:
        checkpoints=SURPRISE.run_file("checkpoints"),
        history=SURPRISE.run_file("history"),
    log:
        SURPRISE.run_log("train"),
    benchmark:
        SURPRISE.run_benchmark("surprise_parity_train")
    wildcard_constraints:
        experiment=SURPRISE.experiments_on("parity"),
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
    log:
        SURPRISE.run_log("train"),
    benchmark:
        SURPRISE.run_benchmark("surprise_mixture_train")
    wildcard_constraints:
        experiment=SURPRISE.experiments_on("mixture"),
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


rule surprise_parity_evaluation:
    """Measure how well every checkpoint of a run solves each task."""
    input:
        world=SURPRISE.world_of_run,
        checkpoints=SURPRISE.run_file("checkpoints"),
    output:
        evaluation=SURPRISE.run_file("evaluation"),
    log:
        SURPRISE.run_log("evaluation"),
    benchmark:
        SURPRISE.run_benchmark("surprise_parity_evaluation")
    wildcard_constraints:
        experiment=SURPRISE.experiments_on("parity"),
    group:
        "surprise_parity_run"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(SURPRISE.run_memory, 5),
    params:
        spec={},
        code=code_of("surprise/parity_evaluation", SURPRISE.study),
    message:
        "evaluation of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../scripts/surprise/parity_evaluation.py"


rule surprise_mixture_evaluation:
    """Measure the loss of text and the answers of every checkpoint of a run."""
    input:
        world=SURPRISE.world_of_run,
        checkpoints=SURPRISE.run_file("checkpoints"),
    output:
        evaluation=SURPRISE.run_file("evaluation"),
    log:
        SURPRISE.run_log("evaluation"),
    benchmark:
        SURPRISE.run_benchmark("surprise_mixture_evaluation")
    wildcard_constraints:
        experiment=SURPRISE.experiments_on("mixture"),
    group:
        "surprise_mixture_run"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(SURPRISE.run_memory, 20),
    params:
        spec={},
        code=code_of("surprise/mixture_evaluation", SURPRISE.study),
    message:
        "evaluation of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../scripts/surprise/mixture_evaluation.py"


rule surprise_open_ended:
    """Try the final checkpoint of a run on what it was never asked, and let it write."""
    input:
        world=SURPRISE.world_of_run,
        checkpoints=SURPRISE.run_file("checkpoints"),
    output:
        open_ended=SURPRISE.run_file("open_ended"),
    log:
        SURPRISE.run_log("open_ended"),
    benchmark:
        SURPRISE.run_benchmark("surprise_open_ended")
    wildcard_constraints:
        experiment=SURPRISE.experiments_on("mixture"),
    group:
        "surprise_mixture_run"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(SURPRISE.run_memory, 20),
    params:
        spec={},
        code=code_of("surprise/open_ended", SURPRISE.study),
    message:
        "open-ended probes of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../scripts/surprise/open_ended.py"


rule surprise_parity_scaling:
    """Fit laws to the networks of parity, and foresee the larger from the smaller."""
    input:
        evaluation=SURPRISE.files(SURPRISE.runs_on("parity"), "evaluation"),
    output:
        scaling=SURPRISE.result("parity_scaling"),
    log:
        SURPRISE.log("parity_scaling"),
    benchmark:
        SURPRISE.benchmark("surprise_parity_scaling")
    conda:
        "../../environment.yml"
    resources:
        **needs(1500, 10),
    params:
        spec=SURPRISE.scaling_specification("parity"),
        code=code_of("surprise/parity_scaling", SURPRISE.study),
    message:
        "scaling of the networks of parity"
    script:
        "../scripts/surprise/parity_scaling.py"


rule surprise_mixture_scaling:
    """Fit laws to the transformers, and foresee the larger from the smaller."""
    input:
        evaluation=SURPRISE.files(SURPRISE.runs_on("mixture"), "evaluation"),
        open_ended=SURPRISE.files(SURPRISE.runs_on("mixture"), "open_ended"),
    output:
        scaling=SURPRISE.result("mixture_scaling"),
    log:
        SURPRISE.log("mixture_scaling"),
    benchmark:
        SURPRISE.benchmark("surprise_mixture_scaling")
    conda:
        "../../environment.yml"
    resources:
        **needs(1500, 10),
    params:
        spec=SURPRISE.scaling_specification("mixture"),
        code=code_of("surprise/mixture_scaling", SURPRISE.study),
    message:
        "scaling of the transformers"
    script:
        "../scripts/surprise/mixture_scaling.py"


rule surprise_published_world:
    """Read published evaluations of other people's models."""
    input:
        tables=given(SURPRISE.given_files),
    output:
        world=SURPRISE.world_file(),
    log:
        SURPRISE.log("worlds", "{world}"),
    benchmark:
        SURPRISE.benchmark("worlds", "{world}", "surprise_published_world")
    wildcard_constraints:
        world=SURPRISE.worlds_of("published"),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(SURPRISE.world_memory, 5),
    params:
        spec=SURPRISE.world_specification,
        code=code_of("surprise/published_world", SURPRISE.study),
    message:
        "world {SURPRISE.stored_worlds:{wildcards.world}}"
    script:
        "../scripts/surprise/published_world.py"


rule surprise_published_scaling:
    """Foresee larger published models from smaller ones."""
    input:
        worlds=[SURPRISE.world_file(name) for name in SURPRISE.published()],
    output:
        scaling=SURPRISE.result("published_scaling"),
    log:
        SURPRISE.log("published_scaling"),
    benchmark:
        SURPRISE.benchmark("surprise_published_scaling")
    conda:
        "../../environment.yml"
    resources:
        **needs(1000, 10),
    params:
        spec=SURPRISE.published_specification(),
        code=code_of("surprise/published_scaling", SURPRISE.study),
    message:
        "scaling of published models"
    script:
        "../scripts/surprise/published_scaling.py"
