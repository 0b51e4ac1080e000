COMPOSITION = PLANS["composition"]


rule composition_group:
    """Construct a group by its name or its generators, or verify one that is given by its table."""
    input:
        table=given(COMPOSITION.given_tables),
        generators=given(COMPOSITION.given_generators),
    output:
        table=COMPOSITION.group_file("{group}", "table"),
        provenance=COMPOSITION.group_file("{group}", "table", suffix=".json"),
    log:
        PLACES.log("groups", "{group}", "group"),
    benchmark:
        PLACES.benchmark("groups", "{group}", "composition_group")
    group:
        "composition_groups"
    conda:
        "../../environment.yml"
    resources:
        **needs(600, 10),
    params:
        spec=COMPOSITION.group_specification,
        code=code_of("composition/group", COMPOSITION.study),
    message:
        "group {wildcards.group}"
    script:
        "../scripts/composition/group.py"


rule composition_irreps:
    """Construct the irreducible representations and measure every law."""
    input:
        table=COMPOSITION.group_file("{group}", "table"),
    output:
        irreps=COMPOSITION.group_file("{group}", "irreps"),
        provenance=COMPOSITION.group_file("{group}", "irreps", suffix=".json"),
    log:
        PLACES.log("groups", "{group}", "irreps"),
    benchmark:
        PLACES.benchmark("groups", "{group}", "composition_irreps")
    group:
        "composition_groups"
    conda:
        "../../environment.yml"
    resources:
        **needs(600, 10),
    params:
        spec=lambda wildcards: {"group": wildcards.group},
        code=code_of("composition/irreps", COMPOSITION.study),
    message:
        "irreps of {wildcards.group}"
    script:
        "../scripts/composition/irreps.py"


rule composition_train:
    """Train one network; checkpoints and history are two files, so that each reader needs one."""
    input:
        table=COMPOSITION.of_group("table"),
        pairs=given(COMPOSITION.pairs_files),
    output:
        checkpoints=COMPOSITION.run_file("checkpoints"),
        history=COMPOSITION.run_file("history"),
    log:
        COMPOSITION.run_log("train"),
    benchmark:
        COMPOSITION.run_benchmark("composition_train")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(COMPOSITION.training_memory, 240),
    params:
        spec=COMPOSITION.training,
        code=code_of("composition/train", COMPOSITION.study, COMPOSITION.modules),
    message:
        "train {wildcards.experiment}, seed {wildcards.seed} (progress in {log})"
    script:
        "../scripts/composition/train.py"


if COMPOSITION.foreign:

    ruleorder: composition_read_weights > composition_train

    rule composition_read_weights:
        """Read a network that was trained elsewhere, in place of training one."""
        input:
            table=COMPOSITION.of_group("table"),
            weights=given(COMPOSITION.weights_files),
            pairs=given(COMPOSITION.pairs_files),
        output:
            checkpoints=COMPOSITION.run_file("checkpoints"),
            history=COMPOSITION.run_file("history"),
        log:
            COMPOSITION.run_log("read_weights"),
        benchmark:
            COMPOSITION.run_benchmark("composition_read_weights")
        wildcard_constraints:
            experiment="|".join(COMPOSITION.foreign),
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            **needs(COMPOSITION.training_memory, 30),
        params:
            spec=COMPOSITION.foreign_training,
            code=code_of(
                "composition/read_weights", COMPOSITION.study, COMPOSITION.modules
            ),
        message:
            "read the weights of {wildcards.experiment}, seed {wildcards.seed}"
        script:
            "../scripts/composition/read_weights.py"


rule composition_analysis:
    """Say what each irrep explains at the end of a run, and follow it along the checkpoints."""
    input:
        table=COMPOSITION.of_group("table"),
        irreps=COMPOSITION.of_group("irreps"),
        checkpoints=COMPOSITION.run_file("checkpoints"),
        history=COMPOSITION.run_file("history"),
    output:
        analysis=COMPOSITION.run_file("analysis"),
        evaluation=COMPOSITION.run_file("evaluation"),
    log:
        COMPOSITION.run_log("analysis"),
    benchmark:
        COMPOSITION.run_benchmark("composition_analysis")
    group:
        "composition_run"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(COMPOSITION.reading_memory, 60),
    params:
        spec={"key_similarity": COMPOSITION.section.analysis.key_similarity},
        code=code_of("composition/analysis", COMPOSITION.study, COMPOSITION.modules),
    message:
        "analysis of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../scripts/composition/analysis.py"


rule composition_prediction:
    """Say how early it is known which irreps a run will learn, and which each neuron."""
    input:
        table=COMPOSITION.of_group("table"),
        irreps=COMPOSITION.of_group("irreps"),
        checkpoints=COMPOSITION.run_file("checkpoints"),
        history=COMPOSITION.run_file("history"),
        analysis=COMPOSITION.run_file("analysis"),
        evaluation=COMPOSITION.run_file("evaluation"),
    output:
        prediction=COMPOSITION.run_file("prediction"),
    log:
        COMPOSITION.run_log("prediction"),
    benchmark:
        COMPOSITION.run_benchmark("composition_prediction")
    group:
        "composition_run"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(COMPOSITION.reading_memory, 30),
    params:
        spec={"flow_steps": COMPOSITION.section.analysis.prediction.flow_steps},
        code=code_of("composition/prediction", COMPOSITION.study, COMPOSITION.modules),
    message:
        "prediction of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../scripts/composition/prediction.py"


rule composition_addition_analysis:
    """Say how a run adds modulo an odd number in the end, and follow it along the checkpoints."""
    input:
        table=COMPOSITION.of_group("table"),
        checkpoints=COMPOSITION.run_file("checkpoints"),
        history=COMPOSITION.run_file("history"),
    output:
        analysis=COMPOSITION.run_file("addition_analysis"),
        evaluation=COMPOSITION.run_file("addition_evaluation"),
    log:
        COMPOSITION.run_log("addition_analysis"),
    benchmark:
        COMPOSITION.run_benchmark("composition_addition_analysis")
    group:
        "composition_run"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(3000, 60),
    params:
        spec={"key_rule": COMPOSITION.section.analysis.key_rule},
        code=code_of(
            "composition/addition_analysis", COMPOSITION.study, COMPOSITION.modules
        ),
    message:
        "addition analysis of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../scripts/composition/addition_analysis.py"


rule composition_sweep:
    """Join the runs of a sweep: swept fields and seeds become dimensions."""
    input:
        history=lambda wildcards: COMPOSITION.files(
            COMPOSITION.runs_of_sweep(wildcards.sweep), "history"
        ),
    output:
        sweep=COMPOSITION.result("sweeps", "{sweep}"),
    log:
        COMPOSITION.log("sweeps", "{sweep}"),
    group:
        "composition_joined"
    conda:
        "../../environment.yml"
    resources:
        **needs(600, 10),
    params:
        spec=COMPOSITION.sweep_specification,
        code=code_of("composition/sweep", COMPOSITION.study),
    message:
        "sweep {wildcards.sweep}"
    script:
        "../scripts/composition/sweep.py"


rule composition_comparison:
    """Join the final checkpoints of all runs, and how they came to be."""
    input:
        irreps=[
            COMPOSITION.group_file(group, "irreps")
            for group in COMPOSITION.groups_of_runs()
        ],
        evaluation=COMPOSITION.files(COMPOSITION.multiplying(), "evaluation"),
        analysis=COMPOSITION.files(COMPOSITION.multiplying(), "analysis"),
    output:
        comparison=COMPOSITION.result("comparison"),
    log:
        COMPOSITION.log("comparison"),
    benchmark:
        COMPOSITION.benchmark("composition_comparison")
    conda:
        "../../environment.yml"
    resources:
        **needs(2000, 30),
    params:
        spec=COMPOSITION.comparison_specification(),
        code=code_of("composition/comparison", COMPOSITION.study),
    message:
        "comparison of all runs of composition"
    script:
        "../scripts/composition/comparison.py"


rule composition_predictions:
    """Join what all runs say early, and hold it against what they learn."""
    input:
        irreps=[
            COMPOSITION.group_file(group, "irreps")
            for group in COMPOSITION.groups_of_predictions()
        ],
        prediction=COMPOSITION.files(COMPOSITION.predicting(), "prediction"),
    output:
        predictions=COMPOSITION.result("predictions"),
    log:
        COMPOSITION.log("predictions"),
    benchmark:
        COMPOSITION.benchmark("composition_predictions")
    group:
        "composition_joined"
    conda:
        "../../environment.yml"
    resources:
        **needs(2000, 30),
    params:
        spec=COMPOSITION.predictions_specification(),
        code=code_of("composition/predictions", COMPOSITION.study),
    message:
        "predictions of all runs"
    script:
        "../scripts/composition/predictions.py"


rule composition_addition_comparison:
    """Join all runs on residues of an odd modulus."""
    input:
        history=COMPOSITION.files(COMPOSITION.adding(), "history"),
        addition_analysis=COMPOSITION.files(COMPOSITION.adding(), "addition_analysis"),
        addition_evaluation=COMPOSITION.files(
            COMPOSITION.adding(), "addition_evaluation"
        ),
    output:
        comparison=COMPOSITION.result("addition_comparison"),
    log:
        COMPOSITION.log("addition_comparison"),
    benchmark:
        COMPOSITION.benchmark("composition_addition_comparison")
    group:
        "composition_joined"
    conda:
        "../../environment.yml"
    resources:
        **needs(2000, 30),
    params:
        spec=COMPOSITION.addition_specification(),
        code=code_of("composition/addition_comparison", COMPOSITION.study),
    message:
        "comparison of all runs that add"
    script:
        "../scripts/composition/addition_comparison.py"


rule composition_tables:
    """Write the tables over all runs as CSV, Markdown and LaTeX."""
    input:
        comparison=COMPOSITION.result("comparison"),
    output:
        csv=[
            report(
                file,
                caption="../report/tables.rst",
                category="Group composition",
                subcategory="all runs",
                labels={"figure": f"table: {Path(file).stem}", "seed": "all"},
            )
            for file in COMPOSITION.tables(".csv")
        ],
        md=COMPOSITION.tables(".md"),
        tex=COMPOSITION.tables(".tex"),
        provenance=COMPOSITION.tables(".json"),
    log:
        COMPOSITION.log("tables"),
    conda:
        "../../environment.yml"
    resources:
        **needs(600, 10),
    params:
        spec=COMPOSITION.tables_specification(),
        code=code_of("composition/tables", COMPOSITION.study),
    message:
        "tables of all runs"
    script:
        "../scripts/composition/tables.py"


rule composition_own_measures:
    """Follow measures of the user's own along the checkpoints of a run."""
    input:
        table=COMPOSITION.of_group("table"),
        checkpoints=COMPOSITION.run_file("checkpoints"),
        history=COMPOSITION.run_file("history"),
    output:
        measures=COMPOSITION.own_file(),
    log:
        COMPOSITION.run_log("own_{measures}"),
    benchmark:
        COMPOSITION.run_benchmark("composition_own_measures_{measures}")
    group:
        "composition_run"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **needs(3000, 60),
    params:
        spec=COMPOSITION.own_specification,
        code=own_digest(
            code_of("own_measures", COMPOSITION.study, COMPOSITION.own_modules),
            COMPOSITION,
        ),
    message:
        "measures {wildcards.measures} of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../scripts/own_measures.py"
