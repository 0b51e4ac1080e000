from ontogeny.joblog import start
from ontogeny.joins.sweep import SweptRun, sweep
from ontogeny.provenance import attributes
from ontogeny.storage import read, write

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
runs = [
    SweptRun(**about, history=read(history))
    for about, history in zip(spec, snakemake.input.histories, strict=True)
]
write(sweep(runs), snakemake.output.sweep, attributes("sweep", spec, code))
