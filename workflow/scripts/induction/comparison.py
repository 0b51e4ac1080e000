from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.induction.comparison import Run, comparison

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
corpora = dict(zip(spec["corpora"], map(read, snakemake.input.corpora), strict=True))
files = zip(snakemake.input.evaluations, snakemake.input.measures, strict=True)
runs = [
    Run(
        **about,
        corpora=corpora[about["corpus"]],
        evaluation=read(evaluation),
        measures=read(measures),
    )
    for about, (evaluation, measures) in zip(spec["runs"], files, strict=True)
]
dataset = comparison(runs)
write(dataset, snakemake.output.comparison, attributes("induction_comparison", spec, code))
