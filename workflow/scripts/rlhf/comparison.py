from ontogeny.job import Job
from ontogeny.joins import Run
from ontogeny.studies.rlhf.comparison import compare
from ontogeny.studies.rlhf.comparison.left_out import left_out

job = Job(snakemake)
results = zip(job.read("measures"), job.read("calibration"), strict=True)
preferences = [
    Run(about, {"measures": measures, "calibration": calibration})
    for about, (measures, calibration) in zip(job.spec["preferences"], results, strict=True)
]
best_of, detection = (
    dict(zip(map(tuple, job.spec[name]), job.read(name), strict=True))
    for name in ("best_of", "detection")
)
comparison = compare(
    job.runs("evaluation"),
    preferences,
    tranches=job.spec["tranches"],
    best_of=best_of,
    detection=detection,
    pairs=next(iter(job.read("pairs")), None),
)
for sentence in left_out(comparison):
    job.logger.info(sentence)
job.write(comparison, "comparison")
