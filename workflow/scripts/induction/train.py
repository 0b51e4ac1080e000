from functools import partial

from pydantic import TypeAdapter

from ontogeny.job import Job
from ontogeny.resume import train_in_job
from ontogeny.storage import file_digest
from ontogeny.studies.induction.config import Corpus, Training
from ontogeny.studies.induction.records import datasets, description
from ontogeny.studies.induction.runs import SHOWN, train_network
from ontogeny.studies.induction.sources import source_of

job = Job(snakemake)
job.use_threads()
training = Training.model_validate(job.spec["training"])
described = TypeAdapter(Corpus).validate_python(job.spec["corpus"])
corpus = job.read("corpus")
train_in_job(
    job,
    training,
    partial(
        train_network,
        source_of(corpus, described),
        corpus["tokens"].values.astype("int64"),
        training,
        vocabulary=corpus.sizes["word"],
    ),
    data=file_digest(job.path("corpus")),
    shown=SHOWN,
    datasets=datasets,
    about=description(training, described, corpus=corpus.attrs["corpus"]),
)
