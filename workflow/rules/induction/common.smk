from platform import python_version

INDUCTION = sections["induction"]


def induction_experiment(wildcards):
    """Return the configuration of the experiment that a job belongs to."""
    return INDUCTION.experiments[wildcards.experiment]


def corpus_file(wildcards):
    """Return the corpus of the experiment that a job belongs to."""
    return f"results/induction/corpora/{induction_experiment(wildcards).corpus}.nc"


def corpus_of(name):
    """Return the specification of a corpus; the standard library goes with the Python."""
    corpus = INDUCTION.corpora[name]
    python = {}
    if corpus.kind == "text" and not corpus.files:
        python = {"python": python_version()}
    return {"corpus": specification(corpus)} | python


def induction_training(wildcards):
    """Return the specification of a training run, with that of its corpus."""
    experiment = induction_experiment(wildcards)
    return {
        "training": specification(experiment.training(int(wildcards.seed))),
        "corpus": specification(INDUCTION.corpora[experiment.corpus]),
    }


def induction_seeds(experiment):
    """Return the seeds of the runs of an experiment that get figures of their own."""
    chosen = {"all": experiment.seeds, "first": experiment.seeds[:1], "none": ()}
    return chosen[INDUCTION.run_figures]


INDUCTION_RUNS = [
    (name, seed)
    for name, experiment in sorted(INDUCTION.experiments.items())
    for seed in sorted(experiment.seeds)
]
