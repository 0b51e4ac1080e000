from ontogeny.job import Job
from ontogeny.resume import train_in_job
from ontogeny.storage import file_digest
from ontogeny.studies.rlhf.about import about_run
from ontogeny.studies.rlhf.config import PolicyTraining
from ontogeny.studies.rlhf.networks.runs import SHOWN_OF_POLICY
from ontogeny.studies.rlhf.run_datasets import of_policy
from ontogeny.studies.rlhf.stages.read import network_of
from ontogeny.studies.rlhf.stages.train import policy_checkpoints, policy_course, train_policy_run

job = Job(snakemake)
job.use_threads()
spec = PolicyTraining.model_validate(job.spec["training"])
world, start = job.read("world"), job.read("start")
reward = tuple(job.read("reward")) or None
inputs = [job.path("world"), job.path("start"), *job.path("reward")]
train_in_job(
    job,
    policy_course(spec),
    train_policy_run(spec, world, start, reward),
    data=[file_digest(path) for path in inputs],
    shown=SHOWN_OF_POLICY,
    datasets=of_policy,
    about=about_run(spec, network_of(start), "policy", world),
    checkpoints=policy_checkpoints(spec),
)
