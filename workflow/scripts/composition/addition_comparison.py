from ontogeny.studies.composition.addition.comparison import comparison

from ontogeny.job import Job

job = Job(snakemake)
job.write(comparison(job.runs()), "comparison")
