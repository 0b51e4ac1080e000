import os

from pydantic import TypeAdapter

from ontogeny.job import Job
from ontogeny.storage import read_texts
from ontogeny.studies.induction.config import Corpus
from ontogeny.studies.induction.sources import corpus_dataset
from ontogeny.texts.library import source_texts

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # one job, one thread
job = Job(snakemake)
corpus = TypeAdapter(Corpus).validate_python(job.spec["corpus"])
texts = source_texts() if "python" in job.spec else read_texts(job.path("texts"))
if corpus.kind == "text":
    corpus = corpus.model_copy(update={"files": tuple(job.path("texts"))})  # for messages
dataset = corpus_dataset(corpus, texts)
job.write(dataset, "corpus")
job.logger.info("%s sequences of %s", dataset.sizes["sequence"], corpus.kind)
if corpus.kind == "text" and dataset.sizes["word"] < corpus.vocabulary:
    job.logger.warning(
        "the text has no more pairs to merge: its vocabulary has %d tokens, not %d",
        dataset.sizes["word"],
        corpus.vocabulary,
    )
