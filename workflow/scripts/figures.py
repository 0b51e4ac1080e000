from importlib import import_module

from ontogeny.figures import called, load
from ontogeny.job import Job
from ontogeny.plotting import save

job = Job(snakemake)
Style = import_module(f"ontogeny.studies.{job.spec['study']}.config").Style
given = job.inputs() | job.spec["values"] | {"title": job.spec["title"]}
files = zip(*(job.output(name) for name in ("svg", "png", "numbers")), strict=True)
for figure, (svg, png, stored) in zip(job.spec["figures"], files, strict=True):
    module, style = load(figure["module"]), Style.model_validate(figure["style"])
    numbers = called(module.numbers, given | {"style": style})
    drawn = called(module.draw, given | {"style": style, "numbers": numbers})
    save(drawn, svg=svg, png=png, resolution=style.resolution)
    job.write_to(numbers, stored)
