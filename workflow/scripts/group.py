from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import write, write_provenance
from ontogeny.studies.composition.catalogue.given import specified_group
from ontogeny.studies.composition.catalogue.tables import table_dataset

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
found = specified_group(spec, snakemake.input.table or None)
write(table_dataset(found), snakemake.output.table)
write_provenance(attributes("group", spec, code), snakemake.output.provenance)
