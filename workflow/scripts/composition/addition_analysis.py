from ontogeny.job import Job
from ontogeny.studies.composition.addition.stages import analysis, evaluation

job = Job(snakemake)
job.use_threads()
run = job.inputs()
found = analysis(**run, **job.spec)
rules = found["key_by_rule"]
for rule, key in zip(rules["key_rule"].values, rules.values, strict=True):
    frequencies = ", ".join(map(str, rules["frequency"].values[key])) or "none"
    other = int(found["key_disagreement"].sel(key_rule=rule))
    used = ", used" if rule == job.spec["key_rule"] else ""
    job.logger.info(
        "key frequencies by rule %s%s: %s (%d judged otherwise)", rule, used, frequencies, other
    )
job.write(found, "analysis")
job.write(evaluation(**run, analysis=found), "evaluation")
