from ontogeny.studies.composition.catalogue.given import group_specification


rule group:
    """Construct a group by its name or its generators, or verify one that is given by its table."""
    input:
        table=table_file,
        generators=generators_file,
    output:
        table="results/groups/{group}/table.nc",
        provenance="results/groups/{group}/table.json",
    log:
        "logs/groups/{group}/group.log",
    benchmark:
        "logs/benchmarks/groups/{group}/group.tsv"
    conda:
        "../../environment.yml"
    params:
        spec=lambda wildcards: group_specification(
            wildcards.group, sections["groups"].get(wildcards.group)
        ),
        code=script_digest("group"),
    message:
        "group {wildcards.group}"
    script:
        "../scripts/group.py"


rule irreps:
    """Construct the irreducible representations and measure every law."""
    input:
        table="results/groups/{group}/table.nc",
    output:
        irreps="results/groups/{group}/irreps.nc",
        provenance="results/groups/{group}/irreps.json",
    log:
        "logs/groups/{group}/irreps.log",
    benchmark:
        "logs/benchmarks/groups/{group}/irreps.tsv"
    conda:
        "../../environment.yml"
    params:
        spec=lambda wildcards: {"group": wildcards.group},
        code=script_digest("irreps"),
    message:
        "irreps of {wildcards.group}"
    script:
        "../scripts/irreps.py"
