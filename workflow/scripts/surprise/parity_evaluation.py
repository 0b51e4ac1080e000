from ontogeny.studies.surprise.stages.parity_evaluation import parity_evaluation

from ontogeny.job import Job

job = Job(snakemake)
job.write(parity_evaluation(**job.inputs()), "evaluation")
