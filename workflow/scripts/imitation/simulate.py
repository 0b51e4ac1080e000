from ontogeny.job import Job
from ontogeny.studies.imitation.config import Learning
from ontogeny.studies.imitation.records import about_run
from ontogeny.studies.imitation.stages.simulations import simulated

job = Job(snakemake)
policy_class = job.read("policy_class")
learning = Learning.model_validate(job.spec["learning"])
about = about_run(learning, policy_class, steps=learning.schedule.steps)
job.write(simulated(policy_class, learning), "simulation", about=about)
