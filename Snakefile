"""Ontogeny: watch circuits form in small neural networks."""

from snakemake.utils import min_version

min_version("9.27")


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"


require_plain_folders()

if not workflow.overwrite_configfiles:
    require_configuration("config/config.yaml")

    configfile: "config/config.yaml"


PLACES, PLANS = read_plans()
GIVEN = given_files()


wildcard_constraints:
    **constraints(PLANS.values()),


for study in PLANS:

    include: f"workflow/rules/{study}.smk"


include: "workflow/rules/figures.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/page.smk"
include: "workflow/rules/given.smk"


for study, plan in PLANS.items():

    rule:
        name:
            study
        input:
            plan.targets(),
            [plan.result(claims.name) for claims in plan.claims()],
            figure_targets(plan),
        message:
            f"all results of {study}"


rule all:
    default_target: True
    input:
        [getattr(rules, study).input for study in PLANS],
        rules.page.output.page,
    message:
        "all results"


rule first:
    """What is made first: a file that is the same as before stops what follows from it."""
    input:
        [file for plan in PLANS.values() for file in plan.first()],
    message:
        "what is made first"


include: "workflow/rules/hooks.smk"
