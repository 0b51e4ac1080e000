from ontogeny.job import Job
from ontogeny.studies.rlhf.stages.detect import detection

job = Job(snakemake)
job.write(detection(job.read("world"), job.read("start"), seed=job.spec["seed"]), "detection")
