import torch

from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.induction.config import Network
from ontogeny.studies.induction.stages import evaluation

start(snakemake.log[0])
torch.set_num_threads(snakemake.threads)
spec, code = snakemake.params.spec, snakemake.params.code
dataset = evaluation(
    read(snakemake.input.corpus),
    read(snakemake.input.checkpoints),
    Network.model_validate(spec["network"]),
)
write(dataset, snakemake.output.evaluation, attributes("induction_evaluate", spec, code))
