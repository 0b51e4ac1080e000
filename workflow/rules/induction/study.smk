include: "common.smk"
include: "train.smk"


rule induction:
    """All results and figures of induction heads."""
    input:
        [
            f"results/induction/{name}/seed{seed}/{file}.nc"
            for name, seed in INDUCTION_RUNS
            for file in ("checkpoints", "history")
        ],
