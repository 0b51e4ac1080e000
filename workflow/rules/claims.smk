rule claims:
    """Join the verdicts of all studies, and write the page that shows them."""
    input:
        claims=[f"results/{claims}.nc" for claims in CLAIMS],
    output:
        claims="results/claims.nc",
        page=report(
            "results/claims.html",
            caption="../report/claims.rst",
            category="Claims",
            labels={"page": "all claims"},
        ),
    log:
        "logs/claims.log",
    conda:
        "../../environment.yml"
    params:
        spec={},
        code=script_digest("claims"),
    message:
        "claims of all studies"
    script:
        "../scripts/claims.py"
