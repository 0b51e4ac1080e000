from ontogeny.joblog import start
from ontogeny.plotting import save
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.induction.config import Style
from ontogeny.studies.induction.figures.corpus import models

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
style = Style.model_validate(spec)
numbers = models.numbers(read(snakemake.input.comparison), snakemake.wildcards.corpus)

save(
    models.draw(numbers, style, snakemake.wildcards.corpus),
    svg=snakemake.output.svg,
    png=snakemake.output.png,
    resolution=style.resolution,
)
write(numbers, snakemake.output.numbers, attributes("figure_induction_models", spec, code))
