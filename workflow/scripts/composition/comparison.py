from ontogeny.job import Job
from ontogeny.studies.composition.irreps.comparison import comparison

job = Job(snakemake)
irreps = dict(zip(job.spec["groups"], job.read("irreps"), strict=True))
job.write(comparison(job.runs("evaluation", "analysis"), irreps), "comparison")
