from ontogeny.job import Job
from ontogeny.resume import train_in_job
from ontogeny.storage import file_digest
from ontogeny.studies.noisy_labels.about import about_run
from ontogeny.studies.noisy_labels.config import Training
from ontogeny.studies.noisy_labels.networks.runs import SHOWN
from ontogeny.studies.noisy_labels.run_datasets import datasets
from ontogeny.studies.noisy_labels.stages.train import course_of, examples_of_run, train_run

job = Job(snakemake)
job.use_threads()
training = Training.model_validate(job.spec["training"])
corpus = job.read("corpus")
rating, parent = (next(iter(job.read(name)), None) for name in ("ratings", "parents"))
examples = examples_of_run(training, corpus, rating, parent)
course = course_of(training, len(examples.comment))
inputs = [job.path("corpus"), *job.path("ratings"), *job.path("parents")]
train_in_job(
    job,
    course,
    train_run(course, examples, corpus, parent),
    data=[file_digest(path) for path in inputs],
    shown=SHOWN,
    datasets=datasets,
    about=about_run(training, corpus),
)
