from ontogeny.job import Job
from ontogeny.studies.surprise.config import Analysis
from ontogeny.studies.surprise.stages.parity_scaling import parity_scaling

job = Job(snakemake)
analysis = Analysis.model_validate(job.spec["analysis"])
scaling = parity_scaling(
    job.runs("evaluation"), learned=analysis.learned, least_sizes=analysis.least_sizes
)
job.write(scaling, "scaling")
