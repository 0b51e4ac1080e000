from functools import partial
from pathlib import Path

import torch

from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write, write_arrays
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.datasets import checkpoints_dataset, history_dataset
from ontogeny.studies.composition.networks import train_network
from ontogeny.studies.composition.pairs import train_pairs
from ontogeny.studies.composition.resume import finish, saved_state, state_folder
from ontogeny.training import Divergence, ProgressLog, Saver

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
results = Path(snakemake.output.history).parent
folder = state_folder(results, training, code, product)
saver = Saver(partial(write_arrays, path=folder / "running.npz"))
progress = ProgressLog(logger, steps=training.schedule.steps)

try:
    record = train_network(
        product,
        rows,
        training,
        state=saved_state(folder, training, logger),
        observe=[progress, saver],
    )
except Divergence as error:
    kept = results / "diverged.nc"
    write(history_dataset(error.record, rows), kept, about)
    logger.info("the history up to there is in %s", kept)
    raise
checkpoints = checkpoints_dataset(record, training.architecture.kind)
write(checkpoints, snakemake.output.checkpoints, about)
write(history_dataset(record, rows), snakemake.output.history, about)
finish(folder, results, saver.last)
