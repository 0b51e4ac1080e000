IMITATION = PLANS["imitation"]


rule imitation_class:
    """Draw a class of policies and their environment."""
    input:
        texts=given(IMITATION.text_files),
    output:
        policy_class=IMITATION.class_file(),
    log:
        IMITATION.log("classes", "{class}", "seed{seed}"),
    benchmark:
        IMITATION.benchmark("classes", "{class}", "seed{seed}", "imitation_class")
    wildcard_constraints:
        **{"class": IMITATION.stored_classes.any_of()},
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(IMITATION.class_memory, 5),
    params:
        spec=IMITATION.class_specification,
        code=code_of("imitation/class", IMITATION.study),
    message:
        "class {IMITATION.stored_classes:{wildcards.class}}, seed {wildcards.seed}"
    script:
        "../scripts/imitation/class.py"


rule imitation_enumerate:
    """Check each law on every possible history of a run."""
    input:
        policy_class=IMITATION.class_of_run,
    output:
        exact=IMITATION.run_file("exact"),
    log:
        IMITATION.run_log("enumerate"),
    benchmark:
        IMITATION.run_benchmark("imitation_enumerate")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(IMITATION.run_memory, 5),
    params:
        spec=IMITATION.learning,
        code=code_of("imitation/enumerate", IMITATION.study),
    message:
        "enumerate {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../scripts/imitation/enumerate.py"


rule imitation_simulate:
    """Simulate many histories of a run."""
    input:
        policy_class=IMITATION.class_of_run,
    output:
        simulation=IMITATION.run_file("simulation"),
    log:
        IMITATION.run_log("simulate"),
    benchmark:
        IMITATION.run_benchmark("imitation_simulate")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(IMITATION.run_memory, 5),
    params:
        spec=IMITATION.learning,
        code=code_of("imitation/simulate", IMITATION.study),
    message:
        "simulate {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../scripts/imitation/simulate.py"


rule imitation_comparison:
    """Join all runs of the study."""
    input:
        results=IMITATION.results_of_runs(),
    output:
        comparison=IMITATION.result("comparison"),
    log:
        IMITATION.log("comparison"),
    benchmark:
        IMITATION.benchmark("imitation_comparison")
    conda:
        "../../environment.yml"
    resources:
        **needs(500, 5),
    params:
        spec=IMITATION.comparison_specification(),
        code=code_of("imitation/comparison", IMITATION.study),
    message:
        "comparison of all runs of imitation"
    script:
        "../scripts/imitation/comparison.py"
