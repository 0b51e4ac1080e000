from ontogeny.joblog import start
from ontogeny.plotting import save
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.induction.config import Style
from ontogeny.studies.induction.figures.run import ablations

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
style = Style.model_validate(spec)
numbers = ablations.numbers(read(snakemake.input.evaluation), read(snakemake.input.measures))
title = f"{snakemake.wildcards.experiment}, seed {snakemake.wildcards.seed}"

save(
    ablations.draw(numbers, style, title),
    svg=snakemake.output.svg,
    png=snakemake.output.png,
    resolution=style.resolution,
)
write(numbers, snakemake.output.numbers, attributes("figure_induction_ablations", spec, code))
