from ontogeny.claims import joined, page
from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write, write_text

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
judged = joined([read(path) for path in snakemake.input.claims])
write(judged, snakemake.output.claims, attributes("claims", spec, code))
write_text(page(judged), snakemake.output.page)
