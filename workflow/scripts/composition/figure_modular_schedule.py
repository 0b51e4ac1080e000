from ontogeny.joblog import start
from ontogeny.plotting import save
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.figures import modular_schedule

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
style = Style.model_validate({key: value for key, value in spec.items() if key != "runs"})
measures = [read(path) for path in snakemake.input.measures]
numbers = modular_schedule.numbers(measures, spec["runs"])

save(
    modular_schedule.draw(numbers, style, snakemake.wildcards.sweep),
    svg=snakemake.output.svg,
    png=snakemake.output.png,
    resolution=style.resolution,
)
write(numbers, snakemake.output.numbers, attributes("figure_modular_schedule", spec, code))
