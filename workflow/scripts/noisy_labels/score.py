from ontogeny.studies.noisy_labels.stages.score import scores

from ontogeny.job import Job

job = Job(snakemake)
job.write(scores(**job.inputs()), "scores")
