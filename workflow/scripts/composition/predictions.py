from ontogeny.job import Job
from ontogeny.studies.composition.prediction.predictions import predictions

job = Job(snakemake)
irreps = dict(zip(job.spec["groups"], job.read("irreps"), strict=True))
found = predictions(job.runs("prediction"), irreps, permutations=job.spec["permutations"])
job.write(found, "predictions")
