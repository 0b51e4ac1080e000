from pydantic import TypeAdapter

from ontogeny.job import Job
from ontogeny.storage import read_texts
from ontogeny.studies.imitation.config import Class
from ontogeny.studies.imitation.records import about_class
from ontogeny.studies.imitation.stages.classes import model_class
from ontogeny.studies.imitation.texts import standard_texts

job = Job(snakemake)
kind = TypeAdapter(Class).validate_python(job.spec["class"])
texts = standard_texts() if "python" in job.spec else read_texts(job.path("texts"))
policy_class = model_class(kind, job.spec["seed"], texts)
job.write(policy_class, "policy_class", about=about_class(kind))
