from ontogeny.joblog import start
from ontogeny.plotting import save
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.addition.figures.experiment import (
    addition_phases,
)
from ontogeny.studies.composition.config import Style

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
style = Style.model_validate({key: value for key, value in spec.items() if key != "seeds"})
measures = [read(path) for path in snakemake.input.measures]
numbers = addition_phases.numbers(measures, spec["seeds"], style)

save(
    addition_phases.draw(numbers, style, snakemake.wildcards.experiment),
    svg=snakemake.output.svg,
    png=snakemake.output.png,
    resolution=style.resolution,
)
write(numbers, snakemake.output.numbers, attributes("figure_addition_phases", spec, code))
