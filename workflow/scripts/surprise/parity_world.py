from ontogeny.job import Job
from ontogeny.studies.surprise.about import about_world
from ontogeny.studies.surprise.config import Parity
from ontogeny.studies.surprise.stages.parity_world import parity_world

job = Job(snakemake)
world = Parity.model_validate(job.spec["world"])
job.write(parity_world(world), "world", about=about_world(world))
