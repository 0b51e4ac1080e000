from ontogeny.job import Job
from ontogeny.studies.composition.prediction.stage import prediction

job = Job(snakemake)
job.write(prediction(**job.inputs(), **job.spec), "prediction")
