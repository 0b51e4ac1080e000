"""Time all progress measures over 200 checkpoints of an S5 network, in one process, one thread."""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import resource
import time

import torch

from ontogeny.groups import group
from ontogeny.provenance import attributes
from ontogeny.representations import irreps, real_irreps
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.config import (
    Checkpoints,
    Data,
    MLPSettings,
    Schedule,
    Training,
)
from ontogeny.studies.composition.irreps.stages import analysis, evaluation
from ontogeny.studies.composition.networks.pairs import training_rows
from ontogeny.studies.composition.networks.records import checkpoints_dataset, history_dataset
from ontogeny.studies.composition.networks.runs import train_network

CHECKPOINTS = 200


def main() -> None:
    """Train for one step a checkpoint, then time the analyses of what was stored."""
    torch.set_num_threads(1)
    s5 = group("S5")
    table = table_dataset(s5)
    entries = irreps_dataset(s5, irreps(s5), real_irreps(s5))
    spec = Training(
        architecture=MLPSettings(),
        data=Data(fraction=0.4),
        schedule=Schedule(steps=CHECKPOINTS - 1, checkpoints=Checkpoints(per_decade=0, every=1)),
        seed=2,
    )
    record = train_network(s5.table, spec)
    about = attributes("train", spec, "")
    checkpoints = checkpoints_dataset(record, "mlp").assign_attrs(about)
    history = history_dataset(record, training_rows(spec, s5.order))

    start = time.perf_counter()
    last = analysis(table, entries, checkpoints, history, key_similarity=0.005)
    middle = time.perf_counter()
    along = evaluation(table, entries, checkpoints, history, last)
    end = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"representation of one S5 network        {middle - start:8.2f} s")
    print(f"progress over {along.sizes['step']} checkpoints of S5     {end - middle:8.2f} s")
    print(f"peak memory                             {peak:8.0f} MB")


if __name__ == "__main__":
    main()
