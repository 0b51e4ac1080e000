from ontogeny.job import Job
from ontogeny.studies.surprise.stages.mixture_evaluation import mixture_evaluation

job = Job(snakemake)
job.use_threads()
job.write(mixture_evaluation(**job.inputs()), "evaluation")
