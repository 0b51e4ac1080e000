from ontogeny.job import Job
from ontogeny.resume import train_in_job
from ontogeny.storage import file_digest
from ontogeny.studies.rlhf.about import about_run
from ontogeny.studies.rlhf.config import PreferenceRun
from ontogeny.studies.rlhf.networks.runs import SHOWN_OF_PREFERENCE
from ontogeny.studies.rlhf.run_datasets import of_preference
from ontogeny.studies.rlhf.stages.train import pairs_of, preference_course, train_preference_run

job = Job(snakemake)
job.use_threads()
spec = PreferenceRun.model_validate(job.spec["training"])
world, tranches = job.read("world"), job.read("tranches")
pairs = pairs_of(spec, tranches)
course = preference_course(spec, len(pairs))
train_in_job(
    job,
    course,
    train_preference_run(spec, course, pairs, world, tranches),
    data=[file_digest(path) for path in [job.path("world"), *job.path("tranches")]],
    shown=SHOWN_OF_PREFERENCE,
    datasets=of_preference,
    about=about_run(spec, spec.network, "preference model", world) | {"pairs": len(pairs)},
)
