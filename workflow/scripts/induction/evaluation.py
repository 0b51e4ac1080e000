from ontogeny.job import Job
from ontogeny.studies.induction.stages import evaluation

job = Job(snakemake)
job.use_threads()
job.write(evaluation(**job.inputs()), "evaluation")
