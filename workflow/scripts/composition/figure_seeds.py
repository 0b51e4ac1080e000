from ontogeny.joblog import start
from ontogeny.plotting import save
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.figures.experiment import seeds

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
style = Style.model_validate({key: value for key, value in spec.items() if key != "seeds"})
numbers = seeds.numbers(
    [read(path) for path in snakemake.input.histories],
    [read(path) for path in snakemake.input.phases],
    spec["seeds"],
)

save(
    seeds.draw(numbers, style, snakemake.wildcards.experiment),
    svg=snakemake.output.svg,
    png=snakemake.output.png,
    resolution=style.resolution,
)
write(numbers, snakemake.output.numbers, attributes("figure_seeds", spec, code))
