GIVEN_PATHS += [
    group.file for group in sections["groups"].values() if group.file is not None
]
ORIGINALS = {given_file(path): path for path in GIVEN_PATHS}


rule given:
    """Copy a given file to a path that Snakemake and netCDF read as it is written."""
    output:
        file="results/given/{digest}/{name}",
    log:
        "logs/given/{digest}/{name}.log",
    wildcard_constraints:
        digest=r"[0-9a-f]{16}",
        name=r"[^/]+",
    conda:
        "../../environment.yml"
    params:
        spec={},
        code=script_digest("given"),
        original=lambda wildcards, output: ORIGINALS[output.file],
    message:
        "copy of {wildcards.name}"
    script:
        "../scripts/given.py"
