from ontogeny.job import Job
from ontogeny.studies.rlhf.about import about_of
from ontogeny.studies.rlhf.stages.calibrate import rescored
from ontogeny.studies.rlhf.stages.evaluate import evaluation
from ontogeny.studies.rlhf.stages.read import with_calibration

job = Job(snakemake)
spec, run, probes = job.spec, job.read("checkpoints"), job.read("probes")
judges = with_calibration(spec["judges"], job.read("judges"))
found = evaluation(
    job.read("world"),
    job.read("start"),
    probes,
    run,
    rescored(judges, spec["elsewhere"], probes),
    reward=spec["reward"],
    kl_penalty=float(spec["kl_penalty"]),
    samples=spec["samples"],
    updates_per_iteration=spec["updates"],
    samples_per_iteration=spec["responses"],
    seed=spec["seed"],
)
job.write(found, "evaluation", about=about_of(run))
