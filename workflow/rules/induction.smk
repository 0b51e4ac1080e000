INDUCTION = PLANS["induction"]


rule induction_corpus:
    """Draw the evaluation set of a corpus, and what its fresh sequences are drawn from."""
    input:
        texts=given(INDUCTION.text_files),
    output:
        corpus=INDUCTION.corpus_file(),
    log:
        INDUCTION.log("corpora", "{corpus}"),
    benchmark:
        INDUCTION.benchmark("corpora", "{corpus}", "induction_corpus")
    wildcard_constraints:
        corpus=INDUCTION.stored_corpora.any_of(),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(INDUCTION.corpus_memory, 10),
    params:
        spec=INDUCTION.corpus_specification,
        code=code_of("induction/corpus", INDUCTION.study),
    message:
        "corpus {INDUCTION.stored_corpora:{wildcards.corpus}}"
    script:
        "../scripts/induction/corpus.py"


rule induction_train:
    """Train one network on fresh sequences of its corpus."""
    input:
        corpus=INDUCTION.corpus_of_run,
    output:
        checkpoints=INDUCTION.run_file("checkpoints"),
        history=INDUCTION.run_file("history"),
    log:
        INDUCTION.run_log("train"),
    benchmark:
        INDUCTION.run_benchmark("induction_train")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(INDUCTION.training_memory, 120),
    params:
        spec=INDUCTION.training,
        code=code_of("induction/train", INDUCTION.study),
    message:
        "train {wildcards.experiment}, seed {wildcards.seed} (progress in {log})"
    script:
        "../scripts/induction/train.py"


if INDUCTION.foreign():

    ruleorder: induction_read_weights > induction_train

    rule induction_read_weights:
        """Read a network that was trained elsewhere, in place of training one."""
        input:
            corpus=INDUCTION.corpus_of_run,
            weights=given(INDUCTION.weights_files),
        output:
            checkpoints=INDUCTION.run_file("checkpoints"),
            history=INDUCTION.run_file("history"),
        log:
            INDUCTION.run_log("read_weights"),
        benchmark:
            INDUCTION.run_benchmark("induction_read_weights")
        wildcard_constraints:
            experiment="|".join(INDUCTION.foreign()),
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            **needs(INDUCTION.training_memory, 30),
        params:
            spec=INDUCTION.foreign_training,
            code=code_of("induction/read_weights", INDUCTION.study),
        message:
            "read the weights of {wildcards.experiment}, seed {wildcards.seed}"
        script:
            "../scripts/induction/read_weights.py"


rule induction_evaluation:
    """Measure every checkpoint of a run."""
    input:
        corpus=INDUCTION.corpus_of_run,
        checkpoints=INDUCTION.run_file("checkpoints"),
    output:
        evaluation=INDUCTION.run_file("evaluation"),
    log:
        INDUCTION.run_log("evaluation"),
    benchmark:
        INDUCTION.run_benchmark("induction_evaluation")
    group:
        "induction_run"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(INDUCTION.analysis_memory, 60),
    params:
        spec={},
        code=code_of("induction/evaluation", INDUCTION.study),
    message:
        "evaluation of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../scripts/induction/evaluation.py"


rule induction_analysis:
    """Find the phase change of a run, the kinds of its heads, and what it is without them."""
    input:
        corpus=INDUCTION.corpus_of_run,
        checkpoints=INDUCTION.run_file("checkpoints"),
        evaluation=INDUCTION.run_file("evaluation"),
    output:
        analysis=INDUCTION.run_file("analysis"),
    log:
        INDUCTION.run_log("analysis"),
    benchmark:
        INDUCTION.run_benchmark("induction_analysis")
    group:
        "induction_run"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(INDUCTION.analysis_memory, 20),
    params:
        spec=specification(INDUCTION.section.analysis),
        code=code_of("induction/analysis", INDUCTION.study),
    message:
        "analysis of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../scripts/induction/analysis.py"


rule induction_comparison:
    """Join all runs of the study."""
    input:
        corpora=[INDUCTION.corpus_file(name) for name in INDUCTION.corpora_of_runs()],
        evaluation=INDUCTION.files(INDUCTION.runs(), "evaluation"),
        analysis=INDUCTION.files(INDUCTION.runs(), "analysis"),
    output:
        comparison=INDUCTION.result("comparison"),
    log:
        INDUCTION.log("comparison"),
    benchmark:
        INDUCTION.benchmark("induction_comparison")
    conda:
        "../../environment.yml"
    resources:
        **needs(1000, 10),
    params:
        spec=INDUCTION.comparison_specification(),
        code=code_of("induction/comparison", INDUCTION.study),
    message:
        "comparison of all runs of induction"
    script:
        "../scripts/induction/comparison.py"


rule induction_own_measures:
    """Follow measures of the user's own along the checkpoints of a run."""
    input:
        corpus=INDUCTION.corpus_of_run,
        checkpoints=INDUCTION.run_file("checkpoints"),
    output:
        measures=INDUCTION.own_file(),
    log:
        INDUCTION.run_log("own_{measures}"),
    benchmark:
        INDUCTION.run_benchmark("induction_own_measures_{measures}")
    group:
        "induction_run"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(3000, 60),
    params:
        spec=INDUCTION.own_specification,
        code=own_digest(
            code_of("own_measures", INDUCTION.study, INDUCTION.own_modules), INDUCTION
        ),
    message:
        "measures {wildcards.measures} of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../scripts/own_measures.py"
