"""The page of the configuration, which shows all its results."""

import os

from ontogeny.page.outline import outline, results_read

ATLAS = sorted(
    os.path.relpath(path) for path in Path(workflow.basedir, "atlas").glob("*.nc")
)
"""Outcomes of long runs, which are part of the project."""


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
        code=lambda wildcards: digest_of_page(PLANS.values()),
    message:
        "page of all results"
    script:
        "../scripts/page.py"
