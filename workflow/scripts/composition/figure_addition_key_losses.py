from ontogeny.joblog import start
from ontogeny.plotting import save
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.addition.figures.run import (
    addition_key_losses,
)
from ontogeny.studies.composition.config import Style

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
style = Style.model_validate(spec)
numbers = addition_key_losses.numbers(read(snakemake.input.measures))
title = f"{snakemake.wildcards.experiment}, seed {snakemake.wildcards.seed}"

save(
    addition_key_losses.draw(numbers, style, title),
    svg=snakemake.output.svg,
    png=snakemake.output.png,
    resolution=style.resolution,
)
write(numbers, snakemake.output.numbers, attributes("figure_addition_key_losses", spec, code))
