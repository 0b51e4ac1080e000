from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.representations import irreps, real_irreps
from ontogeny.storage import read, write, write_provenance
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset, require_laws
from ontogeny.studies.composition.catalogue.tables import group_of

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
found = group_of(read(snakemake.input.table))
dataset = irreps_dataset(found, irreps(found), real_irreps(found))
require_laws(dataset)
write(dataset, snakemake.output.irreps)
write_provenance(attributes("irreps", spec, code), snakemake.output.provenance)
