from ontogeny.job import Job
from ontogeny.studies.noisy_labels.about import about_corpus
from ontogeny.studies.noisy_labels.config import Generated
from ontogeny.studies.noisy_labels.stages.corpus import generated_corpus

job = Job(snakemake)
corpus = Generated.model_validate(job.spec["corpus"])
job.write(generated_corpus(corpus), "corpus", about=about_corpus(corpus))
