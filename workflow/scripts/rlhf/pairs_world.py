from ontogeny.job import Job
from ontogeny.storage import read_texts
from ontogeny.studies.rlhf.about import about_world
from ontogeny.studies.rlhf.config import Pairs
from ontogeny.studies.rlhf.pairs.reading import comparisons_of
from ontogeny.studies.rlhf.stages.pairs_world import pairs_world

job = Job(snakemake)
world = Pairs.model_validate(job.spec["world"])
(path,) = job.path("comparisons")
(text,) = read_texts([path])
found = comparisons_of(text, path, world.layout)
job.logger.info("%d comparisons; left out: %s", len(found.chosen), dict(found.dropped))
job.write(pairs_world(found), "world", about=about_world(world))
