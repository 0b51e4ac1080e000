from ontogeny.job import Job
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.networks.foreign import read_run, steps_of_weights
from ontogeny.studies.composition.networks.pair_files import read_pairs
from ontogeny.studies.composition.networks.pairs import training_rows
from ontogeny.studies.composition.networks.records import datasets, description

job = Job(snakemake)
training = Training.model_validate(job.spec)
table = job.read("table")
product = table["product"].values
files = dict(zip(steps_of_weights(training), job.path("weights"), strict=True))
given = [read_pairs(path, table["label"].values) for path in job.path("pairs")]
rows = training_rows(training, len(product), *given)
record = read_run(product, training, files, rows)
about = description(training, group=table.attrs["group"]) | {"steps": int(record.step[-1])}
for name, dataset in datasets(record, training.architecture.kind, rows).items():
    job.write(dataset, name, about=about)
