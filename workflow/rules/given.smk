rule given:
    """Copy a given file to a path that Snakemake and netCDF read as it is written."""
    output:
        file=PLACES.result("given", "{digest}", "{name}", suffix=""),
    log:
        PLACES.log("given", "{digest}", "{name}"),
    wildcard_constraints:
        digest=r"[0-9a-f]{16}",
        name=r"[^/]+",
    conda:
        "../../environment.yml"
    resources:
        **needs(600, 10),
    params:
        code=code_of("given"),
        original=lambda wildcards, output: GIVEN[output.file],
    message:
        "copy of {wildcards.name}"
    script:
        "../scripts/given.py"
