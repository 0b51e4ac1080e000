from ontogeny.claims import joined
from ontogeny.job import Job

job = Job(snakemake)
job.write(joined(job.read("claims")), "claims")
