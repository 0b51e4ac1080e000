from ontogeny.joblog import start
from ontogeny.plotting import save
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.figures.run import learning

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
style = Style.model_validate(spec)
numbers = learning.numbers(read(snakemake.input.history), read(snakemake.input.progress))
title = f"{snakemake.wildcards.experiment}, seed {snakemake.wildcards.seed}"

save(
    learning.draw(numbers, style, title),
    svg=snakemake.output.svg,
    png=snakemake.output.png,
    resolution=style.resolution,
)
write(numbers, snakemake.output.numbers, attributes("figure_learning", spec, code))
