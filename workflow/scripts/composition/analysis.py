from ontogeny.job import Job
from ontogeny.studies.composition.irreps.stages import analysis

job = Job(snakemake)
job.write(analysis(**job.inputs(), **job.spec), "analysis")
