from pathlib import Path

import torch

from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.foreign import read_network
from ontogeny.studies.composition.records import checkpoints_dataset, history_dataset
from ontogeny.studies.composition.runs import training_rows
from ontogeny.weights import WeightsError, read_weights

start(snakemake.log[0])
torch.set_num_threads(snakemake.threads)
spec, code = snakemake.params.spec, snakemake.params.code
about = attributes("read_weights", spec, code)
training = Training.model_validate(spec)
product = read(snakemake.input.table)["product"].values
path = Path(snakemake.input.weights)
tensors = read_weights(path)
try:
    record = read_network(product, training, tensors)
except ValueError as error:
    msg = f"{path}: {error}"
    raise WeightsError(msg) from None
checkpoints = checkpoints_dataset(record, training.architecture.kind)
write(checkpoints, snakemake.output.checkpoints, about)
write(
    history_dataset(record, training_rows(training, len(product))), snakemake.output.history, about
)
