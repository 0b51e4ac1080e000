from functools import partial

from ontogeny.job import Job
from ontogeny.resume import train_in_job
from ontogeny.storage import file_digest
from ontogeny.studies.surprise.about import about_run
from ontogeny.studies.surprise.config import Mixture, Training
from ontogeny.studies.surprise.networks.on_mixture import train_on_mixture
from ontogeny.studies.surprise.networks.runs import SHOWN
from ontogeny.studies.surprise.run_datasets import datasets
from ontogeny.studies.surprise.worlds.mixture import source_of

job = Job(snakemake)
job.use_threads()
training = Training.model_validate(job.spec["training"])
world = job.read("world")
source = source_of(Mixture.model_validate(job.spec["world"]), world["stream"].values)
windows = world["text_tokens"].values.astype("int64")
train_in_job(
    job,
    training,
    partial(train_on_mixture, source, windows, training, logger=job.logger),
    data=file_digest(job.path("world")),
    shown=SHOWN,
    datasets=datasets,
    about=about_run(training, world),
)
