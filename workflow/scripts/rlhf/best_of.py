from ontogeny.job import Job
from ontogeny.studies.rlhf.about import about_of
from ontogeny.studies.rlhf.stages.best_of import best_of
from ontogeny.studies.rlhf.stages.calibrate import rescored
from ontogeny.studies.rlhf.stages.read import with_calibration

job = Job(snakemake)
start, probes = job.read("start"), job.read("probes")
preferences = with_calibration(job.spec["preferences"], job.read("preferences"))
preferences = rescored(preferences, job.spec["elsewhere"], probes)
found = best_of(job.read("world"), start, probes, preferences)
job.write(found, "best_of", about=about_of(start))
