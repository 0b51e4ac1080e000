from ontogeny.job import Job
from ontogeny.joins.sweep import sweep

job = Job(snakemake)
job.write(sweep(job.runs()), "sweep")
