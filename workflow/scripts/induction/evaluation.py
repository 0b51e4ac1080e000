from ontogeny.job import Job
from ontogeny.studies.induction.config import Network
from ontogeny.studies.induction.stages import evaluation

job = Job(snakemake)
job.use_threads()
network = Network.model_validate(job.spec["network"])
job.write(evaluation(job.read("corpus"), job.read("checkpoints"), network), "evaluation")
