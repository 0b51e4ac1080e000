"""Figures: all of one subject (a run, an experiment, all runs) are drawn in one process."""

from ontogeny.figures import caption_file, specification_of


def figures_together(plan):
    """Return the figures of a plan, or refuse a file of the user that is not one."""
    try:
        return drawn_together(plan)
    except FigureError as error:
        sys.exit(f"A figure is refused:\n{error}")


TOGETHER = {study: figures_together(plan) for study, plan in PLANS.items()}
IS_REPORT = any(argument.startswith("--report") for argument in sys.argv)


def figure_targets(plan):
    """Return all figures of a plan."""
    return [
        file for together in TOGETHER[plan.study.name] for file in together.files(plan)
    ]


def figure_digest(figures, study):
    """Return the digest of the script that draws, of some figures, and of what they import."""
    digests = [script_digest("figures")]
    digests += [
        code_digest(figure.path, outside=study.outside_code()) for figure in figures
    ]
    return spec_digest(digests)


def in_report(file, figure, together):
    """Return the file of a figure as it stands in the report."""
    first, *others = [f"{{{name}}}" for name in together.wildcards] or ["all runs"]
    return report(
        file,
        caption=caption_file(figure) if IS_REPORT else None,
        category=figure.category,
        subcategory=first,
        labels={
            "figure": figure.name.replace("_", " "),
            "seed": "".join(others) or "all",
        },
    )


for plan in PLANS.values():
    for together in TOGETHER[plan.study.name]:

        rule:
            name:
                f"{plan.study.name}_figures_{together.name}"
            input:
                **together.input_functions(),
            output:
                svg=[
                    in_report(file, figure, together)
                    for figure, file in together.outputs(plan, ".svg")
                ],
                png=[file for _, file in together.outputs(plan, ".png")],
                numbers=[file for _, file in together.outputs(plan, ".nc")],
            log:
                plan.log(together.folder),
            wildcard_constraints:
                **together.constraints(),
            conda:
                "../../environment.yml"
            resources:
                mem_mb=lambda wildcards, attempt: 1500 * attempt,
                runtime=lambda wildcards, attempt: 20 * attempt,
            params:
                spec=specification_of(plan, together),
                code=figure_digest(together.figures, plan.study),
            message:
                together.message()
            script:
                "../scripts/figures.py"
