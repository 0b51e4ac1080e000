from ontogeny.joblog import start
from ontogeny.plotting import save
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.addition.figures.sweep import (
    addition_schedule,
)
from ontogeny.studies.composition.config import Style

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
style = Style.model_validate({key: value for key, value in spec.items() if key != "runs"})
measures = [read(path) for path in snakemake.input.measures]
numbers = addition_schedule.numbers(measures, spec["runs"])

save(
    addition_schedule.draw(numbers, style, snakemake.wildcards.sweep),
    svg=snakemake.output.svg,
    png=snakemake.output.png,
    resolution=style.resolution,
)
write(numbers, snakemake.output.numbers, attributes("figure_addition_schedule", spec, code))
