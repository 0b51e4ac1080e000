from pydantic import TypeAdapter

from ontogeny.job import Job
from ontogeny.studies.induction.config import Corpus, Training
from ontogeny.studies.induction.foreign_runs import read_run
from ontogeny.studies.induction.records import datasets, description

job = Job(snakemake)
job.use_threads()
training = Training.model_validate(job.spec["training"])
described = TypeAdapter(Corpus).validate_python(job.spec["corpus"])
corpus = job.read("corpus")
steps = [checkpoint.step for checkpoint in training.weights]
record = read_run(
    corpus["tokens"].values.astype("int64"),
    training,
    dict(zip(steps, job.path("weights"), strict=True)),
    vocabulary=corpus.sizes["word"],
)
about = description(training, described, corpus=corpus.attrs["corpus"])
for name, dataset in datasets(record).items():
    job.write(dataset, name, about=about)
