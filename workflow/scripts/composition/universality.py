from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.irreps.universality import Run, universality

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
files = zip(snakemake.input.progress, snakemake.input.representation, strict=True)
runs = [
    Run(**about, progress=read(progress), representation=read(representation))
    for about, (progress, representation) in zip(spec["runs"], files, strict=True)
]
irreps = dict(zip(spec["groups"], map(read, snakemake.input.irreps), strict=True))
dataset = universality(runs, irreps)
write(dataset, snakemake.output.universality, attributes("universality", spec, code))
