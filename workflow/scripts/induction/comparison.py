from ontogeny.job import Job
from ontogeny.studies.induction.comparison import comparison

job = Job(snakemake)
corpora = dict(zip(job.spec["corpora"], job.read("corpora"), strict=True))
job.write(comparison(job.runs("evaluation", "analysis"), corpora), "comparison")
