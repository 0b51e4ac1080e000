import torch

from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.datasets import checkpoints_dataset, history_dataset
from ontogeny.studies.composition.networks import train_network
from ontogeny.studies.composition.pairs import train_pairs
from ontogeny.training import Divergence, ProgressLog

logger = start(snakemake.log[0])
torch.set_num_threads(snakemake.threads)
spec, code = snakemake.params.spec, snakemake.params.code
about = attributes("train", spec, code)
training = Training.model_validate(spec)
product = read(snakemake.input.table)["product"].values
rows = train_pairs(
    product.size,
    fraction=training.data.fraction,
    seed=training.seed,
    split=training.data.split,
)

try:
    observe = ProgressLog(logger, steps=training.schedule.steps)
    record = train_network(product, rows, training, observe=observe)
except Divergence as error:
    kept = snakemake.output.history.replace("history.nc", "diverged.nc")
    write(history_dataset(error.record, rows), kept, about)
    logger.info("the history up to there is in %s", kept)
    raise
checkpoints = checkpoints_dataset(record, training.architecture.kind)
write(checkpoints, snakemake.output.checkpoints, about)
write(history_dataset(record, rows), snakemake.output.history, about)
