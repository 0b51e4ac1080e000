from ontogeny.job import Job
from ontogeny.studies.rlhf.stages.calibrate import calibrate

job = Job(snakemake)
job.write(calibrate(job.read("checkpoints"), job.read("probes")), "calibration")
