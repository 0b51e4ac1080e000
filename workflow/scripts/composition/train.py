from functools import partial
from pathlib import Path

import torch

from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write, write_arrays
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.networks.records import checkpoints_dataset, history_dataset
from ontogeny.studies.composition.networks.runs import train_network, training_rows
from ontogeny.studies.composition.resume import finish, saved_state, state_folder
from ontogeny.training import Divergence, ProgressLog, Saver, device_name

logger = start(snakemake.log[0])
torch.set_num_threads(snakemake.threads)
spec, code = snakemake.params.spec, snakemake.params.code
about = attributes("train", spec, code)
training = Training.model_validate(spec)
device = device_name(training.optimiser.device)
if device != "cpu":
    about["device"] = device
product = read(snakemake.input.table)["product"].values
rows = training_rows(training, len(product))
results = Path(snakemake.output.history).parent
folder = state_folder(results, training, code, product)
state = saved_state(folder, training, logger)
saver = Saver(partial(write_arrays, path=folder / "running.npz"))
observers = [ProgressLog(logger, steps=training.schedule.steps), saver]

try:
    record = train_network(product, training, state=state, observe=observers)
except Divergence as error:
    write(history_dataset(error.record, rows), results / "diverged.nc", about)
    logger.info("the history up to there is in %s", results / "diverged.nc")
    raise
checkpoints = checkpoints_dataset(record, training.architecture.kind)
write(checkpoints, snakemake.output.checkpoints, about)
write(history_dataset(record, rows), snakemake.output.history, about)
finish(folder, results, saver.last)
