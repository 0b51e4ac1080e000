from ontogeny.job import Job
from ontogeny.studies.rlhf.config import TrancheOptions
from ontogeny.studies.rlhf.stages.compare import tranche

job = Job(snakemake)
(world,), (start,) = job.read("world"), job.read("start")
found = tranche(
    TrancheOptions.model_validate(job.spec["tranche"]),
    job.spec["seed"],
    world,
    start,
    judge=tuple(job.read("judge")) or None,
    runs=list(zip(job.read("runs"), job.spec["updates"], strict=True)),
)
job.write(found, "tranche")
