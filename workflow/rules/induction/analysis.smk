rule induction_evaluate:
    """Measure every checkpoint of a run."""
    input:
        corpus=corpus_file,
        checkpoints="results/induction/{experiment}/seed{seed}/checkpoints.nc",
    output:
        evaluation="results/induction/{experiment}/seed{seed}/evaluation.nc",
    log:
        "logs/induction/{experiment}/seed{seed}/evaluate.log",
    benchmark:
        "logs/benchmarks/induction/{experiment}/seed{seed}/induction_evaluate.tsv"
    conda:
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=induction_memory(memory.analysis_memory),
    params:
        spec=lambda wildcards: {
            "network": specification(induction_experiment(wildcards).network)
        },
        code=script_digest("induction/evaluate"),
    message:
        "evaluate {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/induction/evaluate.py"


rule induction_measures:
    """Find the phase change of a run, the kinds of its heads, and what it is without them."""
    input:
        corpus=corpus_file,
        checkpoints="results/induction/{experiment}/seed{seed}/checkpoints.nc",
        evaluation="results/induction/{experiment}/seed{seed}/evaluation.nc",
    output:
        measures="results/induction/{experiment}/seed{seed}/measures.nc",
    log:
        "logs/induction/{experiment}/seed{seed}/measures.log",
    benchmark:
        "logs/benchmarks/induction/{experiment}/seed{seed}/induction_measures.tsv"
    conda:
        "../../../environment.yml"
    threads: 1
    resources:
        mem_mb=induction_memory(memory.analysis_memory),
    params:
        spec=lambda wildcards: canonical(
            {
                "network": specification(induction_experiment(wildcards).network),
                "analysis": specification(INDUCTION.analysis),
                "warm_up": induction_experiment(wildcards).optimiser.warm_up,
            }
        ),
        code=script_digest("induction/measures"),
    message:
        "measures of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../../scripts/induction/measures.py"


rule induction_comparison:
    """Join all runs of the study."""
    input:
        corpora=[f"results/induction/corpora/{name}.nc" for name in CORPORA_OF_RUNS],
        evaluations=of_induction_runs("evaluation"),
        measures=of_induction_runs("measures"),
    output:
        comparison="results/induction/comparison.nc",
    log:
        "logs/induction/comparison.log",
    benchmark:
        "logs/benchmarks/induction/induction_comparison.tsv"
    conda:
        "../../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        spec=canonical(
            {
                "corpora": CORPORA_OF_RUNS,
                "runs": [described_network(*run) for run in INDUCTION_RUNS],
            }
        ),
        code=script_digest("induction/comparison"),
    message:
        "comparison of all runs"
    script:
        "../../scripts/induction/comparison.py"


rule induction_claims:
    """Hold the claims about induction heads against all runs."""
    input:
        comparison="results/induction/comparison.nc",
    output:
        claims="results/induction/claims.nc",
    log:
        "logs/induction/claims.log",
    conda:
        "../../../environment.yml"
    params:
        spec={},
        code=script_digest("induction/claims"),
    message:
        "claims of induction"
    script:
        "../../scripts/induction/claims.py"
