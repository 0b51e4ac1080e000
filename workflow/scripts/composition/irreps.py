from ontogeny.job import Job
from ontogeny.representations import irreps, real_irreps
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset, require_laws
from ontogeny.studies.composition.catalogue.tables import group_of

job = Job(snakemake)
found = group_of(job.read("table"))
dataset = irreps_dataset(found, irreps(found), real_irreps(found))
require_laws(dataset)
job.write(dataset, "irreps", beside="provenance")
