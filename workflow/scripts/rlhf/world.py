from pydantic import TypeAdapter

from ontogeny.job import Job
from ontogeny.studies.rlhf.about import about_world
from ontogeny.studies.rlhf.config import Enumerated, Sequences
from ontogeny.studies.rlhf.stages.world import world_dataset

job = Job(snakemake)
world = TypeAdapter(Enumerated | Sequences).validate_python(job.spec["world"])
job.write(world_dataset(world), "world", about=about_world(world))
