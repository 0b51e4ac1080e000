from ontogeny.catalogue import table_dataset
from ontogeny.groups import from_table, group
from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read_cayley_table, write, write_provenance

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
name = spec["group"]
if snakemake.input.table:
    table, labels = read_cayley_table(snakemake.input.table)
    found = from_table(name, table, labels=labels)
else:
    found = group(name)
write(table_dataset(found), snakemake.output.table)
write_provenance(attributes("group", spec, code), snakemake.output.provenance)
