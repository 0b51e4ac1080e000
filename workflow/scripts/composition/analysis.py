from ontogeny.job import Job
from ontogeny.studies.composition.irreps.stages import analysis, evaluation

job = Job(snakemake)
run = job.inputs()
found = analysis(**run, **job.spec)
job.write(found, "analysis")
job.write(evaluation(**run, analysis=found), "evaluation")
