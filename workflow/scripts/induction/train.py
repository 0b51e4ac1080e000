from functools import partial
from pathlib import Path

import torch
from pydantic import TypeAdapter

from ontogeny.joblog import start
from ontogeny.provenance import attributes
from ontogeny.resume import finish, saved_state, state_folder
from ontogeny.storage import file_digest, read, write, write_arrays
from ontogeny.studies.induction.config import Corpus, Training
from ontogeny.studies.induction.records import checkpoints_dataset, history_dataset
from ontogeny.studies.induction.runs import checkpoints_of, train_network
from ontogeny.studies.induction.sources import source_of
from ontogeny.training import Divergence, ProgressLog, Saver, device_name

logger = start(snakemake.log[0])
torch.set_num_threads(snakemake.threads)
spec, code = snakemake.params.spec, snakemake.params.code
about = attributes("induction_train", spec, code)
training = Training.model_validate(spec["training"])
device = device_name(training.optimiser.device)
if device != "cpu":
    about["device"] = device
described = TypeAdapter(Corpus).validate_python(spec["corpus"])
corpus = read(snakemake.input.corpus)
results = Path(snakemake.output.history).parent
course = training.model_dump(mode="json", exclude={"schedule"})
data = file_digest(snakemake.input.corpus)
folder = state_folder(results, {"course": course, "code": code, "corpus": data, "device": device})
state = saved_state(folder, checkpoints_of(training), logger)
saver = Saver(partial(write_arrays, path=folder / "running.npz"))

try:
    record = train_network(
        source_of(corpus, described),
        corpus["tokens"].values.astype("int64"),
        training,
        vocabulary=corpus.sizes["word"],
        state=state,
        observe=[ProgressLog(logger, steps=training.schedule.steps), saver],
    )
except Divergence as error:
    write(history_dataset(error.record), results / "diverged.nc", about)
    logger.info("the history up to there is in %s", results / "diverged.nc")
    raise
write(checkpoints_dataset(record), snakemake.output.checkpoints, about)
write(history_dataset(record), snakemake.output.history, about)
finish(folder, results, saver.last)
