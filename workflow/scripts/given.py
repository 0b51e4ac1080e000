import shutil

from ontogeny.joblog import start

start(snakemake.log[0])
shutil.copyfile(snakemake.params.original, snakemake.output.file)
