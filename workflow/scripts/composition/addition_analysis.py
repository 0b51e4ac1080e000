from ontogeny.job import Job
from ontogeny.studies.composition.addition.stages import analysis

job = Job(snakemake)
job.use_threads()
dataset = analysis(**job.inputs(), **job.spec)
rules = dataset["key_by_rule"]
for rule, key in zip(rules["key_rule"].values, rules.values, strict=True):
    frequencies = ", ".join(map(str, rules["frequency"].values[key])) or "none"
    other = int(dataset["key_disagreement"].sel(key_rule=rule))
    used = ", used" if rule == job.spec["key_rule"] else ""
    job.logger.info(
        "key frequencies by rule %s%s: %s (%d judged otherwise)", rule, used, frequencies, other
    )
job.write(dataset, "analysis")
