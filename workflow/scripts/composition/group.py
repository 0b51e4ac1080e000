from ontogeny.job import Job
from ontogeny.studies.composition.catalogue.given import specified_group
from ontogeny.studies.composition.catalogue.tables import table_dataset

job = Job(snakemake)
table = next(iter(job.path("table")), None)
job.write(table_dataset(specified_group(job.spec, table)), "table", beside="provenance")
