from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.modular.joined import AddingRun, addition

start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
mechanism, measures = (map(read, snakemake.input[name]) for name in ("mechanism", "measures"))
runs = []
for described, history in zip(spec, snakemake.input.history, strict=True):
    about = {name: value for name, value in described.items() if name != "is_read"}
    runs.append(
        AddingRun(
            **about,
            history=read(history),
            mechanism=next(mechanism) if described["is_read"] else None,
            measures=next(measures) if described["is_read"] else None,
        )
    )
write(addition(runs), snakemake.output.addition, attributes("addition", spec, code))
