"""The page of the configuration, which shows all its results."""

import os

from ontogeny.page.outline import modules_of_words, outline, results_read

ATLAS = sorted(
    os.path.relpath(path) for path in Path(workflow.basedir, "atlas").glob("*.nc")
)
"""Outcomes of long runs, which are part of the project."""


def code_of_page(wildcards):
    """Return the digest of what makes the page, and of what studies say of their runs."""
    studies = [plan.study for plan in PLANS.values()]
    return code_digest(
        Path(workflow.basedir, "workflow", "scripts", "page.py"),
        outside=frozenset().union(*(study.outside_code() for study in studies)),
        also=[module for study in studies for module in modules_of_words(study)],
    )


rule page:
    """Show what was found, the figures, the runs and the claims on a page that stands alone."""
    input:
        results=[file for plan in PLANS.values() for file in results_read(plan)],
        figures=[
            file for plan in PLANS.values() for file in figure_targets(plan, ".png")
        ],
        claims=[PLACES.result("claims")] if ALL_CLAIMS else [],
        atlas=ATLAS,
    output:
        page=report(
            PLACES.result("index", suffix=".html"),
            caption="../report/page.rst",
            category="All results",
            labels={"page": "all results on one page"},
        ),
        provenance=PLACES.result("index", suffix=".json"),
    log:
        PLACES.log("page"),
    conda:
        "../../environment.yml"
    resources:
        **needs(2000, 20),
    params:
        spec=lambda wildcards: outline(PLANS, TOGETHER, ATLAS),
        code=code_of_page,
    message:
        "page of all results"
    script:
        "../scripts/page.py"
