"""The results of a small run, stored as the workflow stores them."""

import json

from composition_trained import trained
from ontogeny.storage import write
from ontogeny.studies.composition.networks.records import description

RUN = "results/atlas/composition/s5-mlp/seed0"


def stored(folder, run=RUN, name="S3, mlp"):
    """Store the results of a run below a folder, and return the folder of the run."""
    found = trained(name)
    path = folder / run
    about = {
        "experiment": path.parent.name,
        "seed": int(path.name.removeprefix("seed")),
        "group": "S3",
        "network": "mlp",
        "data": "all pairs of S3",
        "configuration": description(found.spec, group="S3")["configuration"],
        "spec": json.dumps(found.spec.model_dump(mode="json")),
    }
    for result in ("checkpoints", "history", "analysis", "evaluation"):
        write(getattr(found, result).assign_attrs(about), path / f"{result}.nc")
    for data in ("table", "irreps"):
        write(getattr(found, data), path.parents[2] / "groups" / "S3" / f"{data}.nc")
    return path
