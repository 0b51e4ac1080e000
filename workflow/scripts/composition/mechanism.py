import torch

from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read, write
from ontogeny.studies.composition.addition.stages import mechanism

logger = start(snakemake.log[0])
torch.set_num_threads(snakemake.threads)
spec, code = snakemake.params.spec, snakemake.params.code
dataset = mechanism(
    read(snakemake.input.table),
    read(snakemake.input.checkpoints),
    read(snakemake.input.history),
    key_rule=spec["key_rule"],
)
rules = dataset["key_by_rule"]
for rule, key in zip(rules["key_rule"].values, rules.values, strict=True):
    frequencies = ", ".join(map(str, rules["frequency"].values[key])) or "none"
    other = int(dataset["key_disagreement"].sel(key_rule=rule))
    used = ", used" if rule == spec["key_rule"] else ""
    logger.info(
        "key frequencies by rule %s%s: %s (%d judged otherwise)", rule, used, frequencies, other
    )
write(dataset, snakemake.output.mechanism, attributes("mechanism", spec, code))
