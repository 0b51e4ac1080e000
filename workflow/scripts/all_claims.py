from ontogeny.claims import joined, page
from ontogeny.job import Job
from ontogeny.storage import write_text

job = Job(snakemake)
judged = joined(job.read("claims"))
job.write(judged, "claims")
write_text(page(judged), job.output("page"))
