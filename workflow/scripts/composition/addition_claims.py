from ontogeny.claims import judge
from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.addition.claims import CLAIMS

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
judged = judge(CLAIMS, read(snakemake.input.addition), study="addition")
write(judged, snakemake.output.claims, attributes("addition_claims", spec, code))
