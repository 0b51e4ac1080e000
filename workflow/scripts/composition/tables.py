from ontogeny.job import Job
from ontogeny.storage import write_text
from ontogeny.studies.composition.irreps import tables

job = Job(snakemake)
comparison = job.read("comparison")
for number, name in enumerate(job.spec["tables"]):
    texts = tables.formats(getattr(tables, name)(comparison))
    files = {suffix: job.output(suffix)[number] for suffix in texts}
    for suffix, path in files.items():
        write_text(texts[suffix], path)
    job.write_provenance(files.values(), job.output("provenance")[number])
