from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.addition.joined import AddingRun, addition

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
results = zip(
    *(snakemake.input[name] for name in ("history", "mechanism", "measures")), strict=True
)
runs = [
    AddingRun(**about, history=read(history), mechanism=read(mechanism), measures=read(measures))
    for about, (history, mechanism, measures) in zip(spec, results, strict=True)
]
write(addition(runs), snakemake.output.addition, attributes("addition", spec, code))
