from ontogeny.job import Job
from ontogeny.studies.composition.addition.comparison import comparison

job = Job(snakemake)
job.write(comparison(job.runs()), "comparison")
