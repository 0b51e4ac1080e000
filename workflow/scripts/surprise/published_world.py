from ontogeny.job import Job
from ontogeny.storage import read_texts
from ontogeny.studies.surprise.config import Published
from ontogeny.studies.surprise.stages.published_world import published_world

job = Job(snakemake)
world = Published.model_validate(job.spec["world"])
job.write(published_world(world, read_texts(job.path("tables"))), "world")
