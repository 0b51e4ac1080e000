rule sweep:
    """Join the runs of a sweep: swept fields and seeds become dimensions."""
    input:
        histories=lambda wildcards: [
            f"results/composition/{name}/seed{seed}/history.nc"
            for name, seed in runs_of_sweep(wildcards.sweep)
        ],
    output:
        sweep="results/composition/sweeps/{sweep}.nc",
    log:
        "logs/composition/sweeps/{sweep}.log",
    wildcard_constraints:
        sweep=r"[a-z0-9-]+",
    conda:
        "../../../environment.yml"
    params:
        spec=lambda wildcards: canonical(
            [
                {"values": SWEEPS[wildcards.sweep][name], "seed": seed}
                for name, seed in runs_of_sweep(wildcards.sweep)
            ]
        ),
        code=script_digest("composition/sweep"),
    message:
        "sweep {wildcards.sweep}"
    script:
        "../../scripts/composition/sweep.py"


rule figure_sweep:
    """Draw the losses of a sweep, and how its outcome depends on what is swept."""
    input:
        sweep="results/composition/sweeps/{sweep}.nc",
    output:
        **figure_files(
            "results/composition/figures/sweeps/{sweep}",
            caption="../../report/composition/sweep.rst",
            category="Sweeps",
            labels={"figure": "{sweep}"},
        ),
    log:
        "logs/composition/sweeps/figure_{sweep}.log",
    wildcard_constraints:
        sweep=r"[a-z0-9-]+",
    conda:
        "../../../environment.yml"
    params:
        spec=style_of("sweep"),
        code=script_digest("composition/figure_sweep"),
    message:
        "figure of the sweep {wildcards.sweep}"
    script:
        "../../scripts/composition/figure_sweep.py"


rule figure_addition_schedule:
    """Draw the runs of a sweep over the schedule of the weight decay, which add."""
    input:
        measures=lambda wildcards: [
            f"results/composition/{name}/seed{seed}/measures.nc"
            for name, seed in runs_of_sweep(wildcards.sweep)
        ],
    output:
        **figure_files(
            "results/composition/figures/sweeps/{sweep}/addition_schedule",
            **in_report("addition_schedule")
            | {
                "subcategory": "{sweep}",
                "labels": {"figure": "schedule", "seed": "all"},
            },
        ),
    log:
        "logs/composition/sweeps/figure_addition_schedule_{sweep}.log",
    wildcard_constraints:
        sweep=r"[a-z0-9-]+",
    conda:
        "../../../environment.yml"
    params:
        spec=lambda wildcards: style_of("addition_schedule")
        | {
            "runs": canonical(
                [
                    {
                        "schedule": schedules_of_sweep(wildcards.sweep)[name],
                        "seed": seed,
                    }
                    for name, seed in runs_of_sweep(wildcards.sweep)
                ]
            )
        },
        code=script_digest("composition/figure_addition_schedule"),
    message:
        "figure addition_schedule of {wildcards.sweep}"
    script:
        "../../scripts/composition/figure_addition_schedule.py"


rule addition:
    """Join all runs on residues of an odd modulus."""
    input:
        history=of_adding_runs("history"),
        mechanism=of_adding_runs("mechanism"),
        measures=of_adding_runs("measures"),
    output:
        addition="results/composition/addition.nc",
    log:
        "logs/composition/addition.log",
    conda:
        "../../../environment.yml"
    resources:
        mem_mb=2000,
    params:
        spec=canonical([adding_run(name, seed) for name, seed in ADDING_RUNS]),
        code=script_digest("composition/addition"),
    message:
        "addition in all runs"
    script:
        "../../scripts/composition/addition.py"


rule figure_addition_efficiency:
    """Draw what memorising and adding cost in weights."""
    input:
        addition="results/composition/addition.nc",
    output:
        **figure_files(
            "results/composition/figures/addition_efficiency",
            caption="../../report/composition/addition_efficiency.rst",
            category="Progress measures",
            labels={"figure": "efficiency"},
        ),
    log:
        "logs/composition/figure_addition_efficiency.log",
    conda:
        "../../../environment.yml"
    params:
        spec=style_of("addition_efficiency"),
        code=script_digest("composition/figure_addition_efficiency"),
    message:
        "figure addition_efficiency of all runs"
    script:
        "../../scripts/composition/figure_addition_efficiency.py"


rule addition_claims:
    """Hold the claims about addition against all runs."""
    input:
        addition="results/composition/addition.nc",
    output:
        claims="results/composition/addition_claims.nc",
    log:
        "logs/composition/addition_claims.log",
    conda:
        "../../../environment.yml"
    params:
        spec={},
        code=script_digest("composition/addition_claims"),
    message:
        "claims of addition"
    script:
        "../../scripts/composition/addition_claims.py"
