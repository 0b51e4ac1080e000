import torch

from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.modular.stages import mechanism

start(snakemake.log[0])
torch.set_num_threads(snakemake.threads)
spec, code = snakemake.params.spec, snakemake.params.code
dataset = mechanism(
    read(snakemake.input.table), read(snakemake.input.checkpoints), read(snakemake.input.history)
)
write(dataset, snakemake.output.mechanism, attributes("mechanism", spec, code))
