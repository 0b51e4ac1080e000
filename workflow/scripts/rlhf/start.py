from ontogeny.job import Job
from ontogeny.resume import train_in_job
from ontogeny.storage import file_digest
from ontogeny.studies.rlhf.about import about_run
from ontogeny.studies.rlhf.config import StartRun
from ontogeny.studies.rlhf.networks.runs import SHOWN_OF_START
from ontogeny.studies.rlhf.run_datasets import of_start
from ontogeny.studies.rlhf.stages.train import start_course, train_start_run

job = Job(snakemake)
job.use_threads()
spec = StartRun.model_validate(job.spec["training"])
world = job.read("world")
course = start_course(spec, world)
train_in_job(
    job,
    course,
    train_start_run(spec, course, world),
    data=file_digest(job.path("world")),
    shown=SHOWN_OF_START,
    datasets=of_start,
    about=about_run(spec, spec.network, "start policy", world),
)
