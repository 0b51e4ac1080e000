from ontogeny.job import Job
from ontogeny.studies.rlhf.about import about_of
from ontogeny.studies.rlhf.stages.measure_preference import measures_of_preference

job = Job(snakemake)
checkpoints = job.read("checkpoints")
measures = measures_of_preference(
    checkpoints,
    job.read("calibration"),
    job.read("probes"),
    dict(zip(job.spec["tested_on"], job.read("tranches"), strict=True)),
    bins=job.spec["bins"],
    pairs=int(checkpoints.attrs["pairs"]),
)
job.write(measures, "measures", about=about_of(checkpoints))
