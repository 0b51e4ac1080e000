from ontogeny.job import Job
from ontogeny.studies.noisy_labels.config import VoteRating
from ontogeny.studies.noisy_labels.stages.vote import vote_rating

job = Job(snakemake)
rater = VoteRating.model_validate(job.spec["rater"])
job.write(vote_rating(rater, job.read("corpus")), "rating")
