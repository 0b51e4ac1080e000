import torch

from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.induction.config import Analysis, Network
from ontogeny.studies.induction.stages import measures

start(snakemake.log[0])
torch.set_num_threads(snakemake.threads)
spec, code = snakemake.params.spec, snakemake.params.code
dataset = measures(
    read(snakemake.input.corpus),
    read(snakemake.input.checkpoints),
    read(snakemake.input.evaluation),
    Network.model_validate(spec["network"]),
    Analysis.model_validate(spec["analysis"]),
    warm_up=spec["warm_up"],
)
write(dataset, snakemake.output.measures, attributes("induction_measures", spec, code))
