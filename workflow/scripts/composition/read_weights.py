import torch

from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.networks.foreign import read_run
from ontogeny.studies.composition.networks.records import checkpoints_dataset, history_dataset
from ontogeny.studies.composition.networks.runs import training_rows

start(snakemake.log[0])
torch.set_num_threads(snakemake.threads)
spec, code = snakemake.params.spec, snakemake.params.code
about = attributes("read_weights", spec, code)
training = Training.model_validate(spec)
product = read(snakemake.input.table)["product"].values
steps = training.steps_of_weights()
record = read_run(product, training, dict(zip(steps, snakemake.input.weights, strict=True)))
checkpoints = checkpoints_dataset(record, training.architecture.kind)
write(checkpoints, snakemake.output.checkpoints, about)
write(
    history_dataset(record, training_rows(training, len(product))), snakemake.output.history, about
)
