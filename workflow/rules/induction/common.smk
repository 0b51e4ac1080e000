from platform import python_version

from ontogeny.studies.induction import memory

INDUCTION = sections["induction"]


def induction_experiment(wildcards):
    """Return the configuration of the experiment that a job belongs to."""
    return INDUCTION.experiments[wildcards.experiment]


def corpus_file(wildcards):
    """Return the corpus of the experiment that a job belongs to."""
    return f"results/induction/corpora/{induction_experiment(wildcards).corpus}.nc"


def induction_memory(of_step):
    """Return a resource function: the memory of a step on one run, more at each attempt."""

    def wanted(wildcards, attempt):
        experiment = induction_experiment(wildcards)
        return attempt * of_step(experiment, INDUCTION.corpora[experiment.corpus])

    return wanted


def corpus_of(name):
    """Return the specification of a corpus; the standard library goes with the Python."""
    corpus = INDUCTION.corpora[name]
    python = {}
    if corpus.kind == "text" and not corpus.files:
        python = {"python": python_version()}
    return canonical({"corpus": specification(corpus)} | python)


def induction_training(wildcards):
    """Return the specification of a training run, with that of its corpus."""
    experiment = induction_experiment(wildcards)
    return canonical(
        {
            "training": specification(experiment.training(int(wildcards.seed))),
            "corpus": specification(INDUCTION.corpora[experiment.corpus]),
        }
    )


def induction_seeds(experiment):
    """Return the seeds of the runs of an experiment that get figures of their own."""
    chosen = {"all": experiment.seeds, "first": experiment.seeds[:1], "none": ()}
    return chosen[INDUCTION.run_figures]


INDUCTION_RUNS = [
    (name, seed)
    for name, experiment in sorted(INDUCTION.experiments.items())
    for seed in sorted(experiment.seeds)
]
CORPORA_OF_RUNS = sorted({each.corpus for each in INDUCTION.experiments.values()})


def of_induction_runs(file):
    """Return a file of every run."""
    return [
        f"results/induction/{name}/seed{seed}/{file}.nc"
        for name, seed in INDUCTION_RUNS
    ]


def described_network(name, seed):
    """Return what the configuration says of a run and its results do not."""
    experiment = INDUCTION.experiments[name]
    return {
        "experiment": name,
        "seed": seed,
        "corpus": experiment.corpus,
        "layers": experiment.network.layers,
        "steps": experiment.schedule.steps,
        "mlp": experiment.network.d_mlp > 0,
        "smeared": experiment.network.smeared_keys,
    }


INDUCTION_FIGURES_OF_RUN = {
    "patterns": ["measures"],
    "ablations": ["evaluation", "measures"],
    "attribution": ["corpus", "measures"],
    "evaluators": ["evaluation", "measures"],
}
"""The figures of one run, and the results that each is drawn from."""

INDUCTION_FIGURES_OF_CORPUS = {
    "models": ["comparison"],
    "paths": ["comparison"],
    "context": ["comparison", "corpus"],
}
"""The figures of all runs of a corpus, and the results that each is drawn from."""

INDUCTION_FIGURES = {"repeats": "comparison", "claims": "claims"}
"""The figures of the whole study, and the result that each is drawn from."""


def induction_style(figure):
    """Return the specification of a figure: its style."""
    return specification(getattr(INDUCTION.figures, figure))


def in_induction_report(figure, subcategory, **labels):
    """Return how a figure stands in the report."""
    return {
        "caption": f"../../report/induction/{figure}.rst",
        "category": "Induction heads",
        "subcategory": subcategory,
        "labels": {"figure": figure, **labels},
    }


def induction_result(name):
    """Return the file of a result of a run, or an input function for its corpus."""
    if name == "corpus":
        return corpus_file
    return f"results/induction/{{experiment}}/seed{{seed}}/{name}.nc"
