from pydantic import TypeAdapter

from ontogeny.job import Job
from ontogeny.storage import read_texts
from ontogeny.studies.noisy_labels.about import about_corpus
from ontogeny.studies.noisy_labels.config import Civil, Votes
from ontogeny.studies.noisy_labels.corpora.files import from_files
from ontogeny.studies.noisy_labels.files import files_of, with_paths
from ontogeny.studies.noisy_labels.stages.corpus import corpus_dataset

job = Job(snakemake)
corpus = TypeAdapter(Votes | Civil).validate_python(job.spec["corpus"])
texts = iter(read_texts(job.path("comments")))
named = with_paths(corpus, job.path("comments"))
found = from_files(
    named, {key: [next(texts) for _ in files] for key, files in files_of(named).items()}
)
job.logger.info(
    "%d comments; left out: %d without a word, %d repeated",
    len(found.comments.label),
    found.empty,
    found.repeated,
)
dataset = corpus_dataset(
    found.comments,
    found.probes,
    identities=found.identities,
    words=found.words,
    features=corpus.features,
)
job.write(dataset, "corpus", about=about_corpus(corpus))
