NOISY = PLANS["noisy_labels"]


rule noisy_labels_generated_corpus:
    """Generate the comments of a corpus."""
    output:
        corpus=NOISY.corpus_file(),
    log:
        NOISY.log("corpora", "{corpus}"),
    benchmark:
        NOISY.benchmark("corpora", "{corpus}", "noisy_labels_generated_corpus")
    wildcard_constraints:
        corpus=NOISY.corpora_of(generated=True),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(NOISY.corpus_memory, 5),
    params:
        spec=NOISY.corpus_specification,
        code=code_of("noisy_labels/generated_corpus", NOISY.study),
    message:
        "corpus {NOISY.stored_corpora:{wildcards.corpus}}"
    script:
        "../scripts/noisy_labels/generated_corpus.py"


rule noisy_labels_corpus:
    """Read the comments of a corpus."""
    input:
        comments=given(NOISY.given_files),
    output:
        corpus=NOISY.corpus_file(),
    log:
        NOISY.log("corpora", "{corpus}"),
    benchmark:
        NOISY.benchmark("corpora", "{corpus}", "noisy_labels_corpus")
    wildcard_constraints:
        corpus=NOISY.corpora_of(generated=False),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(NOISY.corpus_memory, 10),
    params:
        spec=NOISY.corpus_specification,
        code=code_of("noisy_labels/corpus", NOISY.study),
    message:
        "corpus {NOISY.stored_corpora:{wildcards.corpus}}"
    script:
        "../scripts/noisy_labels/corpus.py"


rule noisy_labels_rate:
    """Train a network that labels the comments of a corpus."""
    input:
        corpus=NOISY.corpus_of_rater,
    output:
        rating=NOISY.rater_file(),
    log:
        NOISY.log("raters", "{rater}"),
    benchmark:
        NOISY.benchmark("raters", "{rater}", "noisy_labels_rate")
    wildcard_constraints:
        rater=NOISY.raters_of(networks=True),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(NOISY.rater_memory, 20),
    params:
        spec=NOISY.rater_specification,
        code=code_of("noisy_labels/rate", NOISY.study),
    message:
        "labels of rater {NOISY.stored_raters:{wildcards.rater}}"
    script:
        "../scripts/noisy_labels/rate.py"


rule noisy_labels_vote:
    """Draw one vote of each comment of a corpus."""
    input:
        corpus=NOISY.corpus_of_rater,
    output:
        rating=NOISY.rater_file(),
    log:
        NOISY.log("raters", "{rater}"),
    benchmark:
        NOISY.benchmark("raters", "{rater}", "noisy_labels_vote")
    wildcard_constraints:
        rater=NOISY.raters_of(networks=False),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(NOISY.rater_memory, 5),
    params:
        spec=NOISY.rater_specification,
        code=code_of("noisy_labels/vote", NOISY.study),
    message:
        "votes of rater {NOISY.stored_raters:{wildcards.rater}}"
    script:
        "../scripts/noisy_labels/vote.py"


rule noisy_labels_train:
    """Train one network on the comments of a corpus with clean and noisy labels."""
    input:
        corpus=NOISY.corpus_of_run,
        ratings=NOISY.raters_of_run,
        parents=[],
    output:
        checkpoints=NOISY.run_file("checkpoints"),
        history=NOISY.run_file("history"),
    log:
        NOISY.run_log("train"),
    benchmark:
        NOISY.run_benchmark("noisy_labels_train")
    wildcard_constraints:
        experiment=NOISY.experiments_with_parent(parent=False),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(NOISY.run_memory, 30),
    params:
        spec=NOISY.training,
        code=code_of("noisy_labels/train", NOISY.study),
    message:
        "train {wildcards.experiment}, seed {wildcards.seed} (progress in {log})"
    script:
        "../scripts/noisy_labels/train.py"


rule noisy_labels_tune:
    """Train one network that builds on the final checkpoint of another one."""
    input:
        corpus=NOISY.corpus_of_run,
        ratings=NOISY.raters_of_run,
        parents=NOISY.parents_of_run,
    output:
        checkpoints=NOISY.run_file("checkpoints"),
        history=NOISY.run_file("history"),
    log:
        NOISY.run_log("tune"),
    benchmark:
        NOISY.run_benchmark("noisy_labels_tune")
    wildcard_constraints:
        experiment=NOISY.experiments_with_parent(parent=True),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(NOISY.run_memory, 30),
    params:
        spec=NOISY.training,
        code=code_of("noisy_labels/train", NOISY.study),
    message:
        "tune {wildcards.experiment}, seed {wildcards.seed} (progress in {log})"
    script:
        "../scripts/noisy_labels/train.py"


rule noisy_labels_score:
    """Score the test comments and the probes with the best checkpoint of a run."""
    input:
        corpus=NOISY.corpus_of_run,
        checkpoints=NOISY.run_file("checkpoints"),
        history=NOISY.run_file("history"),
    output:
        scores=NOISY.run_file("scores"),
    log:
        NOISY.run_log("score"),
    benchmark:
        NOISY.run_benchmark("noisy_labels_score")
    group:
        "noisy_labels_run"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(NOISY.run_memory, 5),
    params:
        spec={},
        code=code_of("noisy_labels/score", NOISY.study),
    message:
        "scores of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../scripts/noisy_labels/score.py"


rule noisy_labels_comparison:
    """Measure how good and how biased all networks and raters are."""
    input:
        scores=NOISY.files(NOISY.runs(), "scores"),
        history=NOISY.files(NOISY.runs(), "history"),
        corpora=[NOISY.corpus_file(name) for name in NOISY.names_of_corpora()],
        ratings=[NOISY.rater_file(name) for name in sorted(NOISY.section.raters)],
    output:
        comparison=NOISY.result("comparison"),
    log:
        NOISY.log("comparison"),
    benchmark:
        NOISY.benchmark("noisy_labels_comparison")
    conda:
        "../../environment.yml"
    resources:
        **needs(1500, 10),
    params:
        spec=NOISY.comparison_specification(),
        code=code_of("noisy_labels/comparison", NOISY.study),
    message:
        "comparison of all networks and raters of noisy labels"
    script:
        "../scripts/noisy_labels/comparison.py"
