from functools import partial

from ontogeny.job import Job
from ontogeny.resume import train_in_job
from ontogeny.storage import file_digest
from ontogeny.studies.surprise.about import about_run
from ontogeny.studies.surprise.config import Training
from ontogeny.studies.surprise.networks.on_parity import train_on_parity
from ontogeny.studies.surprise.networks.runs import SHOWN
from ontogeny.studies.surprise.run_datasets import datasets
from ontogeny.studies.surprise.stages.parity_world import tasks_of_world

job = Job(snakemake)
job.use_threads()
training = Training.model_validate(job.spec["training"])
world = job.read("world")
train_in_job(
    job,
    training,
    partial(train_on_parity, tasks_of_world(world), training, logger=job.logger),
    data=file_digest(job.path("world")),
    shown=SHOWN,
    datasets=datasets,
    about=about_run(training, world),
)
