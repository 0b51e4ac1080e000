from ontogeny.job import Job
from ontogeny.studies.surprise.config import Published
from ontogeny.studies.surprise.stages.published_scaling import published_scaling

job = Job(snakemake)
specs = {name: Published.model_validate(spec) for name, spec in job.spec["worlds"].items()}
worlds = dict(zip(specs, job.read("worlds"), strict=True))
job.write(published_scaling(specs, worlds), "scaling")
