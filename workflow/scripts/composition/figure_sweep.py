from ontogeny.joblog import start
from ontogeny.plotting import save
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.figures.sweep import sweep

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
style = Style.model_validate(spec)
numbers = sweep.numbers(read(snakemake.input.sweep))

save(
    sweep.draw(numbers, style),
    svg=snakemake.output.svg,
    png=snakemake.output.png,
    resolution=style.resolution,
)
write(numbers, snakemake.output.numbers, attributes("figure_sweep", spec, code))
