from ontogeny.studies.surprise.stages.published_scaling import published_scaling

from ontogeny.job import Job
from ontogeny.studies.surprise.config import Published

job = Job(snakemake)
specs = map(Published.model_validate, job.spec["worlds"])
job.write(published_scaling([*zip(specs, job.read("worlds"), strict=True)]), "scaling")
