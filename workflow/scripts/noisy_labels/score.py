from ontogeny.job import Job
from ontogeny.studies.noisy_labels.stages.score import scores

job = Job(snakemake)
job.write(scores(**job.inputs()), "scores")
