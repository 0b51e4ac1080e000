import os

from pydantic import TypeAdapter

from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.storage import read_texts, write
from ontogeny.studies.induction.config import Corpus
from ontogeny.studies.induction.corpora import source_texts
from ontogeny.studies.induction.sources import corpus_dataset

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # one job, one thread
logger = start(snakemake.log[0])
spec, code = snakemake.params.spec, snakemake.params.code
corpus = TypeAdapter(Corpus).validate_python(spec["corpus"])
texts = read_texts(snakemake.input)
if corpus.kind == "text" and not corpus.files:
    texts = source_texts()
dataset = corpus_dataset(corpus, texts)
write(dataset, snakemake.output.corpus, attributes("induction_corpus", spec, code))
logger.info("%s sequences of %s", dataset.sizes["sequence"], corpus.kind)
if corpus.kind == "text" and dataset.sizes["word"] < corpus.vocabulary:
    logger.warning(
        "the text has no more pairs to merge: its vocabulary has %d tokens, not %d",
        dataset.sizes["word"],
        corpus.vocabulary,
    )
