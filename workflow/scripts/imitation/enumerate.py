from ontogeny.job import Job
from ontogeny.studies.imitation.config import Learning
from ontogeny.studies.imitation.records import about_run
from ontogeny.studies.imitation.stages.exact import enumerated

job = Job(snakemake)
policy_class, steps = job.read("policy_class"), job.spec["steps"]
learning = Learning.model_validate(job.spec["learning"])
about = about_run(learning, policy_class, steps=steps)
job.write(enumerated(policy_class, learning, steps), "exact", about=about)
