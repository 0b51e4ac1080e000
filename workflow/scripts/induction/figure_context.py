from ontogeny.joblog import start
from ontogeny.plotting import save
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.induction.config import Style
from ontogeny.studies.induction.figures.corpus import context

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
style = Style.model_validate(spec)
corpus = snakemake.wildcards.corpus
numbers = context.numbers(read(snakemake.input.comparison), read(snakemake.input.corpus), corpus)

save(
    context.draw(numbers, style, corpus),
    svg=snakemake.output.svg,
    png=snakemake.output.png,
    resolution=style.resolution,
)
write(numbers, snakemake.output.numbers, attributes("figure_induction_context", spec, code))
