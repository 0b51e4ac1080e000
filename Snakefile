"""Ontogeny: watch circuits form in small neural networks."""

from snakemake.utils import min_version

from ontogeny.studies.composition.config import resolve as composition
from ontogeny.studies.induction.config import resolve as induction

min_version("9.27")


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"


require_plain_folders()

if not workflow.overwrite_configfiles:
    require_configuration("config/config.yaml")

    configfile: "config/config.yaml"


sections = read_configuration(composition=composition, induction=induction)
STUDIES = [name for name in sections if name != "groups"]


wildcard_constraints:
    experiment="|".join(
        sorted({name for study in STUDIES for name in sections[study].experiments})
    ),


if "composition" in sections:

    include: "workflow/rules/groups.smk"
    include: "workflow/rules/composition/study.smk"


if "induction" in sections:

    include: "workflow/rules/induction/study.smk"


include: "workflow/rules/given.smk"
include: "workflow/rules/claims.smk"


rule all:
    default_target: True
    input:
        [getattr(rules, study).input for study in STUDIES],
        rules.claims.output if CLAIMS else [],
    message:
        "all results"


rule groups:
    """All groups and irreps: made first, a table that is the same as before stops what follows."""
    input:
        rules.composition_groups.input if "composition" in sections else [],
    message:
        "all groups"


include: "workflow/rules/hooks.smk"
