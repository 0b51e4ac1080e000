from ontogeny.joblog import start
from ontogeny.plotting import save
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.induction.config import Style
from ontogeny.studies.induction.figures.experiment import model

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
style = Style.model_validate(spec["style"])
numbers = model.numbers(
    [read(path) for path in snakemake.input.evaluations],
    [read(path) for path in snakemake.input.measures],
    read(snakemake.input.comparison),
    snakemake.wildcards.experiment,
    spec["seeds"],
)

save(
    model.draw(numbers, style, snakemake.wildcards.experiment),
    svg=snakemake.output.svg,
    png=snakemake.output.png,
    resolution=style.resolution,
)
write(numbers, snakemake.output.numbers, attributes("figure_induction_model", spec, code))
