from ontogeny.job import Job
from ontogeny.studies.noisy_labels.comparison import compare
from ontogeny.studies.noisy_labels.comparison.left_out import left_out
from ontogeny.studies.noisy_labels.config import Analysis

job = Job(snakemake)
corpora = dict(zip(job.spec["corpora"], job.read("corpora"), strict=True))
ratings = dict(zip(sorted(job.spec["raters"]), job.read("ratings"), strict=True))
comparison = compare(
    job.runs("scores", "history"),
    corpora,
    ratings,
    raters=job.spec["raters"],
    analysis=Analysis.model_validate(job.spec["analysis"]),
)
for sentence in left_out(comparison):
    job.logger.info(sentence)
job.write(comparison, "comparison")
