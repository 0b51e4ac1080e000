from ontogeny.job import Job
from ontogeny.own_measures import along_steps, own_function
from ontogeny.studies.composition.networks.snapshots import snapshots

job = Job(snakemake)
job.use_threads()
job.write(along_steps(own_function(job.spec["file"]), snapshots(**job.inputs())), "measures")
