"""Figures: all of one subject (a run, an experiment, all runs) are drawn in one process."""

from ontogeny.figures import caption_file, drawn_together, specification_of

TOGETHER = {study: drawn_together(plan) for study, plan in PLANS.items()}
IS_REPORT = any(argument.startswith("--report") for argument in sys.argv)


def figure_targets(plan, suffix=".svg"):
    """Return all figures of a plan."""
    return [
        file
        for together in TOGETHER[plan.study.name]
        for file in together.files(plan, suffix)
    ]


def code_of_figures(together, study):
    """Return a function: the digest of what draws, of some figures, and of what they import."""

    @lru_cache(maxsize=None)
    def digest():
        digests = [script_digest("figures")]
        outside = study.outside_code()
        digests += [
            code_digest(figure.path, outside=outside) for figure in together.figures
        ]
        return spec_digest(digests)

    return lambda wildcards: digest()


def group_of_figures(plan, together):
    """Return which jobs of a cluster the figures share theirs with; None for no others."""
    groups = {"run": "run", "sweep": "joined"}
    name = groups.get(together.level)
    return f"{plan.study.name}_{name}" if name else None


def in_report(file, figure, together):
    """Return the file of a figure as the report shows it."""
    first, *others = [f"{{{name}}}" for name in together.wildcards] or ["all runs"]
    return report(
        file,
        caption=caption_file(figure) if IS_REPORT else None,
        category=figure.category,
        subcategory=first,
        labels={
            "figure": figure.heading,
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
            benchmark:
                plan.benchmark(
                    together.folder, f"{plan.study.name}_figures_{together.level}"
                )
            wildcard_constraints:
                **together.constraints(),
            group:
                group_of_figures(plan, together)
            conda:
                "../../environment.yml"
            resources:
                **needs(1500, 20),
            params:
                spec=specification_of(plan, together),
                code=code_of_figures(together, plan.study),
            message:
                together.message(plan)
            script:
                "../scripts/figures.py"
