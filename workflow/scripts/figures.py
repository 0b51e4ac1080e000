from pkgutil import resolve_name

from ontogeny.figures import drawn, load
from ontogeny.job import Job
from ontogeny.plotting import save

job = Job(snakemake)
job.stage = job.spec["stage"]  # the rule has a number that depends on what else is drawn
Style = resolve_name(job.spec["style"])
given = job.inputs() | job.spec["values"] | {"title": job.spec["title"]}
files = zip(*(job.output(name) for name in ("svg", "png", "numbers")), strict=True)
for each, (svg, png, stored) in zip(job.spec["figures"], files, strict=True):
    style = Style.model_validate(each["style"])
    numbers, figure = drawn(load(each["module"]), given | {"style": style})
    save(figure, svg=svg, png=png, resolution=style.resolution)
    job.write_to(numbers, stored)
