from ontogeny.job import Job
from ontogeny.storage import read_texts
from ontogeny.studies.surprise.about import about_world
from ontogeny.studies.surprise.config import Mixture
from ontogeny.studies.surprise.stages.mixture_world import mixture_world
from ontogeny.texts.library import source_texts

job = Job(snakemake)
world = Mixture.model_validate(job.spec["world"])
texts = source_texts() if "python" in job.spec else read_texts(job.path("texts"))
job.write(mixture_world(world, texts), "world", about=about_world(world))
