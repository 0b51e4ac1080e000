from ontogeny.job import Job
from ontogeny.studies.imitation.comparison import comparison

job = Job(snakemake)
job.write(comparison(job.runs("results")), "comparison")
