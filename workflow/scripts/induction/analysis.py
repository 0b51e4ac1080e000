from ontogeny.job import Job
from ontogeny.studies.induction.config import Analysis, Network
from ontogeny.studies.induction.stages import analysis

job = Job(snakemake)
job.use_threads()
dataset = analysis(
    **job.inputs(),
    network=Network.model_validate(job.spec["network"]),
    thresholds=Analysis.model_validate(job.spec["analysis"]),
    warm_up=job.spec["warm_up"],
)
job.write(dataset, "analysis")
