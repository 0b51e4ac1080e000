from importlib import import_module

from ontogeny.claims import judge
from ontogeny.job import Job

job = Job(snakemake)
claims = import_module(job.spec["module"]).CLAIMS
job.write(judge(claims, job.read("joined"), study=job.spec["study"]), "claims")
