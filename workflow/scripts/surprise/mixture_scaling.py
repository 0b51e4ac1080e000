from ontogeny.job import Job
from ontogeny.studies.surprise.config import Analysis
from ontogeny.studies.surprise.stages.mixture_scaling import mixture_scaling

job = Job(snakemake)
analysis = Analysis.model_validate(job.spec["analysis"])
runs = job.runs("evaluation", "open_ended")
scaling = mixture_scaling(runs, least_sizes=analysis.least_sizes, expected=job.spec["expected"])
job.write(scaling, "scaling")
