from importlib import import_module

from ontogeny.job import Job
from ontogeny.own_files import imported
from ontogeny.own_measures import along_steps

job = Job(snakemake)
job.use_threads()
snapshots = import_module(job.spec["snapshots"]).snapshots
file = job.spec["file"]
measured = along_steps(imported(file).measures, snapshots(**job.inputs()), file=file)
job.write(measured, "measures")
