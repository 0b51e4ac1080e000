from ontogeny.joblog import start
from ontogeny.plotting import save
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.addition.figures.run import addition_spectra
from ontogeny.studies.composition.config import Style

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
style = Style.model_validate(spec)
numbers = addition_spectra.numbers(read(snakemake.input.mechanism))
title = f"{snakemake.wildcards.experiment}, seed {snakemake.wildcards.seed}"

save(
    addition_spectra.draw(numbers, style, title),
    svg=snakemake.output.svg,
    png=snakemake.output.png,
    resolution=style.resolution,
)
write(numbers, snakemake.output.numbers, attributes("figure_addition_spectra", spec, code))
