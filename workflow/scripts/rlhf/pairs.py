from ontogeny.job import Job
from ontogeny.studies.rlhf.stages.real_pairs import real_pairs

job = Job(snakemake)
worlds = dict(zip(job.spec["worlds"], job.read("worlds"), strict=True))
job.write(real_pairs(worlds), "pairs")
