from ontogeny.job import Job
from ontogeny.storage import write_text
from ontogeny.studies.composition.irreps import tables

job = Job(snakemake)
comparison = job.read("comparison")
for number, name in enumerate(job.spec["tables"]):
    for suffix, text in tables.formats(getattr(tables, name)(comparison)).items():
        write_text(text, job.output(suffix)[number])
    job.write_provenance([], job.output("provenance")[number])
