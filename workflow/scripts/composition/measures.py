import torch

from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.addition.stages import measures

start(snakemake.log[0])
torch.set_num_threads(snakemake.threads)
spec, code = snakemake.params.spec, snakemake.params.code
dataset = measures(
    read(snakemake.input.table),
    read(snakemake.input.checkpoints),
    read(snakemake.input.history),
    read(snakemake.input.mechanism),
)
write(dataset, snakemake.output.measures, attributes("measures", spec, code))
