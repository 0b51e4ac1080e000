import torch

from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.irreps.stages import progress

start(snakemake.log[0])
torch.set_num_threads(snakemake.threads)
spec, code = snakemake.params.spec, snakemake.params.code
dataset = progress(
    read(snakemake.input.table),
    read(snakemake.input.irreps),
    read(snakemake.input.checkpoints),
    read(snakemake.input.history),
    read(snakemake.input.representation),
)
write(dataset, snakemake.output.progress, attributes("progress", spec, code))
