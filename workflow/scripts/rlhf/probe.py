from ontogeny.job import Job
from ontogeny.studies.rlhf.config import Probes
from ontogeny.studies.rlhf.stages.probe import probes

job = Job(snakemake)
spec = Probes.model_validate(job.spec["probes"])
found = probes(spec, int(job.wildcard("seed")), job.read("world"), job.read("start"))
job.write(found, "probes")
