import os

from pydantic import TypeAdapter

from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read_texts, write
from ontogeny.studies.induction.config import Corpus
from ontogeny.studies.induction.corpora import standard_library
from ontogeny.studies.induction.sources import corpus_dataset

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # one job, one thread
logger = start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
corpus = TypeAdapter(Corpus).validate_python(spec["corpus"])
files = list(snakemake.input) or (standard_library() if corpus.kind == "text" else [])
dataset = corpus_dataset(corpus, read_texts(files))
write(dataset, snakemake.output.corpus, attributes("induction_corpus", spec, code))
logger.info("%s sequences of %s", dataset.sizes["sequence"], corpus.kind)
