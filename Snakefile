"""Ontogeny: watch circuits form in small neural networks."""

from snakemake.utils import min_version

from ontogeny.studies.composition.config import resolve as composition

min_version("9.27")


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"


if not workflow.overwrite_configfiles:
    require_yaml("config/config.yaml")

    configfile: "config/config.yaml"


sections = read_configuration(composition=composition)


include: "workflow/rules/groups.smk"
include: "workflow/rules/composition/study.smk"
include: "workflow/rules/claims.smk"


rule all:
    default_target: True
    input:
        rules.composition.input,
        rules.claims.output,


rule groups:
    """All groups and irreps: made first, a table that is the same as before stops what follows."""
    input:
        rules.composition_groups.input,


include: "workflow/rules/adopt.smk"
