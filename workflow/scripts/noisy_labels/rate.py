from ontogeny.job import Job
from ontogeny.studies.noisy_labels.config import NetworkRating
from ontogeny.studies.noisy_labels.stages.rate import network_rating

job = Job(snakemake)
job.use_threads()
rater = NetworkRating.model_validate(job.spec["rater"])
job.write(network_rating(rater, job.read("corpus"), logger=job.logger), "rating")
