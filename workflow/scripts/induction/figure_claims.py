from ontogeny.joblog import start
from ontogeny.plotting import save
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.induction.config import Style
from ontogeny.studies.induction.figures.study import claims

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
style = Style.model_validate(spec)
numbers = claims.numbers(read(snakemake.input.claims))

save(
    claims.draw(numbers, style),
    svg=snakemake.output.svg,
    png=snakemake.output.png,
    resolution=style.resolution,
)
write(numbers, snakemake.output.numbers, attributes("figure_induction_claims", spec, code))
