from ontogeny.job import Job
from ontogeny.studies.surprise.stages.open_ended import open_ended

job = Job(snakemake)
job.use_threads()
job.write(open_ended(**job.inputs()), "open_ended")
