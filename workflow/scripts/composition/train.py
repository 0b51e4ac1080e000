from functools import partial

from ontogeny.job import Job
from ontogeny.resume import train_in_job
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.networks.pair_files import read_pairs
from ontogeny.studies.composition.networks.pairs import training_rows
from ontogeny.studies.composition.networks.records import datasets, description
from ontogeny.studies.composition.networks.runs import shown, train_network

job = Job(snakemake)
job.use_threads()
training = Training.model_validate(job.spec)
table = job.read("table")
product = table["product"].values
given = [read_pairs(path, table["label"].values) for path in job.path("pairs")]
rows = training_rows(training, len(product), *given)
train_in_job(
    job,
    training,
    partial(train_network, product, training, rows),
    data=product.tolist(),
    shown=shown(rows, len(product)),
    datasets=partial(datasets, kind=training.architecture.kind, train_pairs=rows),
    about=description(training, group=table.attrs["group"]),
)
