"""Ontogeny: watch circuits form in small neural networks."""

from snakemake.utils import min_version

from ontogeny.studies.composition.config import resolve as composition

min_version("9.27")

if not workflow.overwrite_configfiles:

    configfile: "config/config.yaml"


include: "workflow/rules/common.smk"

sections = read_configuration(composition=composition)

include: "workflow/rules/groups.smk"
include: "workflow/rules/composition/study.smk"


rule all:
    default_target: True
    input:
        rules.composition.input,
