from ontogeny.job import Job
from ontogeny.studies.surprise.stages.parity_evaluation import parity_evaluation

job = Job(snakemake)
job.write(parity_evaluation(**job.inputs()), "evaluation")
