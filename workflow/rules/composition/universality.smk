rule universality:
    """Join the final checkpoints of all runs, and how they came to be."""
    input:
        irreps=[f"results/groups/{group}/irreps.nc" for group in GROUPS_OF_RUNS],
        progress=of_all_runs("progress"),
        representation=of_all_runs("representation"),
    output:
        universality="results/composition/universality.nc",
    log:
        "logs/composition/universality.log",
    benchmark:
        "logs/benchmarks/composition/universality.tsv"
    conda:
        "../../../environment.yml"
    resources:
        mem_mb=2000,
    params:
        spec=canonical(
            {
                "groups": GROUPS_OF_RUNS,
                "runs": [described_run(name, seed) for name, seed in ALL_RUNS],
            }
        ),
        code=script_digest("composition/universality"),
    message:
        "universality of all runs"
    script:
        "../../scripts/composition/universality.py"


rule tables:
    """Write the tables over all runs as CSV, Markdown and LaTeX."""
    input:
        universality="results/composition/universality.nc",
    output:
        csv=[
            report(
                name,
                caption="../../report/composition/tables.rst",
                category="Universality",
                labels={"figure": f"table: {table}"},
            )
            for name, table in zip(table_files("csv"), TABLES)
        ],
        md=table_files("md"),
        tex=table_files("tex"),
        provenance=table_files("json"),
    log:
        "logs/composition/tables.log",
    conda:
        "../../../environment.yml"
    params:
        spec={"tables": TABLES},
        code=script_digest("composition/tables"),
    message:
        "tables of all runs"
    script:
        "../../scripts/composition/tables.py"


rule composition_claims:
    """Hold the claims about group composition against all runs."""
    input:
        universality="results/composition/universality.nc",
    output:
        claims="results/composition/claims.nc",
    log:
        "logs/composition/claims.log",
    conda:
        "../../../environment.yml"
    params:
        spec={},
        code=script_digest("composition/claims"),
    message:
        "claims of composition"
    script:
        "../../scripts/composition/claims.py"


rule figure_universality_grokking:
    """Draw losses and accuracies of all runs."""
    input:
        universality="results/composition/universality.nc",
    output:
        **figure_files(
            "results/composition/figures/universality_grokking",
            **in_overview("universality_grokking"),
        ),
    log:
        "logs/composition/figure_universality_grokking.log",
    conda:
        "../../../environment.yml"
    params:
        spec=style_of("universality_grokking"),
        code=script_digest("composition/figure_universality_grokking"),
    message:
        "figure universality_grokking of all runs"
    script:
        "../../scripts/composition/figure_universality_grokking.py"


rule figure_universality_similarity:
    """Draw how the similarities of irreps come up, over the seeds of each experiment."""
    input:
        universality="results/composition/universality.nc",
    output:
        **figure_files(
            "results/composition/figures/universality_similarity",
            **in_overview("universality_similarity"),
        ),
    log:
        "logs/composition/figure_universality_similarity.log",
    conda:
        "../../../environment.yml"
    params:
        spec=style_of("universality_similarity"),
        code=script_digest("composition/figure_universality_similarity"),
    message:
        "figure universality_similarity of all runs"
    script:
        "../../scripts/composition/figure_universality_similarity.py"


rule figure_universality_irreps:
    """Draw how often each irrep is learned."""
    input:
        universality="results/composition/universality.nc",
    output:
        **figure_files(
            "results/composition/figures/universality_irreps",
            **in_overview("universality_irreps"),
        ),
    log:
        "logs/composition/figure_universality_irreps.log",
    conda:
        "../../../environment.yml"
    params:
        spec=style_of("universality_irreps"),
        code=script_digest("composition/figure_universality_irreps"),
    message:
        "figure universality_irreps of all runs"
    script:
        "../../scripts/composition/figure_universality_irreps.py"


rule figure_universality_order:
    """Draw when irreps are learned against degree and smallest orbit."""
    input:
        universality="results/composition/universality.nc",
    output:
        **figure_files(
            "results/composition/figures/universality_order",
            **in_overview("universality_order"),
        ),
    log:
        "logs/composition/figure_universality_order.log",
    conda:
        "../../../environment.yml"
    params:
        spec=style_of("universality_order"),
        code=script_digest("composition/figure_universality_order"),
    message:
        "figure universality_order of all runs"
    script:
        "../../scripts/composition/figure_universality_order.py"


rule figure_universality_width:
    """Draw the final accuracy against the number of hidden neurons."""
    input:
        universality="results/composition/universality.nc",
    output:
        **figure_files(
            "results/composition/figures/universality_width",
            **in_overview("universality_width"),
        ),
    log:
        "logs/composition/figure_universality_width.log",
    conda:
        "../../../environment.yml"
    params:
        spec=style_of("universality_width"),
        code=script_digest("composition/figure_universality_width"),
    message:
        "figure universality_width of all runs"
    script:
        "../../scripts/composition/figure_universality_width.py"


rule figure_universality_claims:
    """Draw all claims of the study beside what was measured."""
    input:
        claims="results/composition/claims.nc",
    output:
        **figure_files(
            "results/composition/figures/universality_claims",
            **in_overview("universality_claims"),
        ),
    log:
        "logs/composition/figure_universality_claims.log",
    conda:
        "../../../environment.yml"
    params:
        spec=style_of("universality_claims"),
        code=script_digest("composition/figure_universality_claims"),
    message:
        "figure universality_claims of all runs"
    script:
        "../../scripts/composition/figure_universality_claims.py"
