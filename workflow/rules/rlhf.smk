RLHF = PLANS["rlhf"]


rule rlhf_world:
    """Make the chain, the true score and the sequences of a world."""
    output:
        world=RLHF.world_file(),
    log:
        RLHF.log("worlds", "{world}"),
    benchmark:
        RLHF.benchmark("worlds", "{world}", "rlhf_world")
    wildcard_constraints:
        world=RLHF.worlds_of(real=False),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(1000, 5),
    params:
        spec=RLHF.world_specification,
        code=code_of("rlhf/world", RLHF.study),
    message:
        "world {RLHF.stored_worlds:{wildcards.world}}"
    script:
        "../scripts/rlhf/world.py"


rule rlhf_pairs_world:
    """Read real comparisons."""
    input:
        comparisons=given(RLHF.given_of_world),
    output:
        world=RLHF.world_file(),
    log:
        RLHF.log("worlds", "{world}"),
    benchmark:
        RLHF.benchmark("worlds", "{world}", "rlhf_pairs_world")
    wildcard_constraints:
        world=RLHF.worlds_of(real=True),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(1500, 5),
    params:
        spec=RLHF.world_specification,
        code=code_of("rlhf/pairs_world", RLHF.study),
    message:
        "comparisons of {RLHF.stored_worlds:{wildcards.world}}"
    script:
        "../scripts/rlhf/pairs_world.py"


rule rlhf_start:
    """Train a start policy on the sequences of a world."""
    input:
        world=RLHF.world_of_policy,
    output:
        checkpoints=RLHF.policy_file("checkpoints"),
        history=RLHF.policy_file("history"),
    log:
        RLHF.log("policies", "{policy}", "seed{seed}", "start"),
    benchmark:
        RLHF.benchmark("policies", "{policy}", "seed{seed}", "rlhf_start")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(RLHF.policy_memory, 20),
    params:
        spec=RLHF.start_training,
        code=code_of("rlhf/start", RLHF.study),
    message:
        "start policy {wildcards.policy}, seed {wildcards.seed} (progress in {log})"
    script:
        "../scripts/rlhf/start.py"


rule rlhf_probe:
    """Sample pairs on which all that belongs to a start policy is measured."""
    input:
        world=RLHF.world_of_policy,
        start=RLHF.policy_file("checkpoints"),
    output:
        probes=RLHF.policy_file("probes"),
    log:
        RLHF.log("policies", "{policy}", "seed{seed}", "probe"),
    benchmark:
        RLHF.benchmark("policies", "{policy}", "seed{seed}", "rlhf_probe")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(RLHF.policy_memory, 5),
    params:
        spec=RLHF.probes,
        code=code_of("rlhf/probe", RLHF.study),
    message:
        "probes of {wildcards.policy}, seed {wildcards.seed}"
    script:
        "../scripts/rlhf/probe.py"


rule rlhf_compare:
    """Sample pairs of responses, and choose one of each by the true score."""
    input:
        world=RLHF.tranche_inputs("world"),
        start=RLHF.tranche_inputs("start"),
        judge=RLHF.tranche_inputs("judge"),
        runs=RLHF.tranche_inputs("runs"),
    output:
        tranche=RLHF.tranche_file(),
    log:
        RLHF.log("tranches", "{tranche}", "seed{seed}"),
    benchmark:
        RLHF.benchmark("tranches", "{tranche}", "seed{seed}", "rlhf_compare")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(RLHF.tranche_memory, 5),
    params:
        spec=RLHF.tranche_specification,
        code=code_of("rlhf/compare", RLHF.study),
    message:
        "comparisons {wildcards.tranche}, seed {wildcards.seed}"
    script:
        "../scripts/rlhf/compare.py"


rule rlhf_prefer:
    """Fit a preference model to comparisons."""
    input:
        world=RLHF.world_of_preference,
        tranches=RLHF.tranches_of_preference(tested=False),
    output:
        checkpoints=RLHF.preference_file("checkpoints"),
        history=RLHF.preference_file("history"),
    log:
        RLHF.log("preferences", "{preference}", "seed{seed}", "prefer"),
    benchmark:
        RLHF.benchmark("preferences", "{preference}", "seed{seed}", "rlhf_prefer")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(RLHF.preference_memory, 30),
    params:
        spec=RLHF.preference_training,
        code=code_of("rlhf/prefer", RLHF.study),
    message:
        "preference model {wildcards.preference}, seed {wildcards.seed} (progress in {log})"
    script:
        "../scripts/rlhf/prefer.py"


rule rlhf_calibrate:
    """Scale the scores of a preference model on the probes of its start policy."""
    input:
        checkpoints=RLHF.preference_file("checkpoints"),
        probes=RLHF.start_of_preference("probes"),
    output:
        calibration=RLHF.preference_file("calibration"),
    log:
        RLHF.log("preferences", "{preference}", "seed{seed}", "calibrate"),
    benchmark:
        RLHF.benchmark("preferences", "{preference}", "seed{seed}", "rlhf_calibrate")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(RLHF.preference_memory, 5),
    params:
        spec={},
        code=code_of("rlhf/calibrate", RLHF.study),
    message:
        "scale of {wildcards.preference}, seed {wildcards.seed}"
    script:
        "../scripts/rlhf/calibrate.py"


rule rlhf_measure_preference:
    """Measure how often a preference model is right, and how well it is calibrated."""
    input:
        checkpoints=RLHF.preference_file("checkpoints"),
        calibration=RLHF.preference_file("calibration"),
        probes=RLHF.start_of_preference("probes"),
        tranches=RLHF.tranches_of_preference(tested=True),
    output:
        measures=RLHF.preference_file("measures"),
    log:
        RLHF.log("preferences", "{preference}", "seed{seed}", "measure"),
    benchmark:
        RLHF.benchmark(
            "preferences", "{preference}", "seed{seed}", "rlhf_measure_preference"
        )
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(RLHF.preference_memory, 5),
    params:
        spec=RLHF.preference_measures,
        code=code_of("rlhf/measure_preference", RLHF.study),
    message:
        "measures of {wildcards.preference}, seed {wildcards.seed}"
    script:
        "../scripts/rlhf/measure_preference.py"


rule rlhf_train:
    """Train a policy against a score."""
    input:
        world=RLHF.world_of_run,
        start=RLHF.start_of_run("checkpoints"),
        reward=RLHF.reward_of_run,
    output:
        checkpoints=RLHF.run_file("checkpoints"),
        history=RLHF.run_file("history"),
    log:
        RLHF.run_log("train"),
    benchmark:
        RLHF.run_benchmark("rlhf_train")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(RLHF.run_memory, 60),
    params:
        spec=RLHF.training,
        code=code_of("rlhf/train", RLHF.study),
    message:
        "train {wildcards.experiment}, seed {wildcards.seed} (progress in {log})"
    script:
        "../scripts/rlhf/train.py"


rule rlhf_evaluate:
    """Score a policy at each checkpoint, with its KL to the start policy."""
    input:
        world=RLHF.world_of_run,
        start=RLHF.start_of_run("checkpoints"),
        probes=RLHF.start_of_run("probes"),
        checkpoints=RLHF.run_file("checkpoints"),
        judges=RLHF.judges_of_run,
    output:
        evaluation=RLHF.run_file("evaluation"),
    log:
        RLHF.run_log("evaluate"),
    benchmark:
        RLHF.run_benchmark("rlhf_evaluate")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(RLHF.run_memory, 15),
    params:
        spec=RLHF.evaluation_specification,
        code=code_of("rlhf/evaluate", RLHF.study),
    message:
        "evaluation of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../scripts/rlhf/evaluate.py"


rule rlhf_best_of:
    """Score the best of several samples of a start policy."""
    input:
        world=RLHF.world_of_policy,
        start=RLHF.policy_file("checkpoints"),
        probes=RLHF.policy_file("probes"),
        preferences=RLHF.files_of_preferences,
    output:
        best_of=RLHF.policy_file("best_of"),
    log:
        RLHF.log("policies", "{policy}", "seed{seed}", "best_of"),
    benchmark:
        RLHF.benchmark("policies", "{policy}", "seed{seed}", "rlhf_best_of")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(RLHF.policy_memory, 5),
    params:
        spec=RLHF.best_of_specification,
        code=code_of("rlhf/best_of", RLHF.study),
    message:
        "best of several samples of {wildcards.policy}, seed {wildcards.seed}"
    script:
        "../scripts/rlhf/best_of.py"


rule rlhf_detect:
    """Tell foreign sequences by the activations of a start policy."""
    input:
        world=RLHF.world_of_policy,
        start=RLHF.policy_file("checkpoints"),
    output:
        detection=RLHF.policy_file("detection"),
    log:
        RLHF.log("policies", "{policy}", "seed{seed}", "detect"),
    benchmark:
        RLHF.benchmark("policies", "{policy}", "seed{seed}", "rlhf_detect")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(RLHF.policy_memory, 5),
    params:
        spec=RLHF.detection_specification,
        code=code_of("rlhf/detect", RLHF.study),
    message:
        "detection by {wildcards.policy}, seed {wildcards.seed}"
    script:
        "../scripts/rlhf/detect.py"


rule rlhf_pairs:
    """Fit and test models of real comparisons."""
    input:
        worlds=[RLHF.world_file(name) for name in RLHF.pair_worlds()],
    output:
        pairs=RLHF.result("pairs"),
    log:
        RLHF.log("pairs"),
    benchmark:
        RLHF.benchmark("rlhf_pairs")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(2000, 15),
    params:
        spec={"worlds": RLHF.pairs_specification()},
        code=code_of("rlhf/pairs", RLHF.study),
    message:
        "models of real comparisons"
    script:
        "../scripts/rlhf/pairs.py"


rule rlhf_comparison:
    """Join and measure all policies, preference models and start policies."""
    input:
        evaluation=RLHF.files(RLHF.runs(), "evaluation"),
        measures=RLHF.files_of("measures"),
        calibration=RLHF.files_of("calibration"),
        best_of=RLHF.files_of("best_of"),
        detection=RLHF.files_of("detection"),
        pairs=RLHF.files_of("pairs"),
    output:
        comparison=RLHF.result("comparison"),
    log:
        RLHF.log("comparison"),
    benchmark:
        RLHF.benchmark("rlhf_comparison")
    conda:
        "../../environment.yml"
    resources:
        **needs(2000, 10),
    params:
        spec=RLHF.comparison_specification(),
        code=code_of("rlhf/comparison", RLHF.study),
    message:
        "comparison of all policies and preference models"
    script:
        "../scripts/rlhf/comparison.py"
