from ontogeny.job import Job
from ontogeny.studies.induction.config import Analysis
from ontogeny.studies.induction.stages import analysis

job = Job(snakemake)
job.use_threads()
thresholds = Analysis.model_validate(job.spec)
job.write(analysis(**job.inputs(), thresholds=thresholds), "analysis")
