from ontogeny.joblog import start
from ontogeny.plotting import save
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.addition.figures.study import (
    addition_efficiency,
)
from ontogeny.studies.composition.config import Style

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
style = Style.model_validate(spec)
numbers = addition_efficiency.numbers(read(snakemake.input.addition))

save(
    addition_efficiency.draw(numbers, style),
    svg=snakemake.output.svg,
    png=snakemake.output.png,
    resolution=style.resolution,
)
write(numbers, snakemake.output.numbers, attributes("figure_addition_efficiency", spec, code))
