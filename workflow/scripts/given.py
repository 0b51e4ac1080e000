from ontogeny.joblog import start
from ontogeny.storage import copy

start(snakemake.log[0])
copy(snakemake.params.original, snakemake.output.file)
