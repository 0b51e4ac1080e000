from ontogeny.job import Job
from ontogeny.studies.composition.irreps.stages import evaluation

job = Job(snakemake)
job.write(evaluation(**job.inputs()), "evaluation")
