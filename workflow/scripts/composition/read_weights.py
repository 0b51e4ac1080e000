from ontogeny.job import Job
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.networks.foreign import read_run, steps_of_weights
from ontogeny.studies.composition.networks.pairs import training_rows
from ontogeny.studies.composition.networks.records import datasets, description

job = Job(snakemake)
training = Training.model_validate(job.spec)
table = job.read("table")
product = table["product"].values
files = dict(zip(steps_of_weights(training), job.path("weights"), strict=True))
record = read_run(product, training, files)
about = description(training, group=table.attrs["group"]) | {"steps": int(record.step[-1])}
rows = training_rows(training, len(product))
for name, dataset in datasets(record, training.architecture.kind, rows).items():
    job.write(dataset, name, about=about)
