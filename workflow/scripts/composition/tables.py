from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write_provenance, write_text
from ontogeny.studies.composition.irreps import tables

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
universality = read(snakemake.input.universality)
for number, name in enumerate(spec["tables"]):
    written = tables.formats(getattr(tables, name)(universality))
    for suffix, text in written.items():
        write_text(text, snakemake.output[suffix][number])
    write_provenance(attributes("tables", spec, code), snakemake.output.provenance[number])
