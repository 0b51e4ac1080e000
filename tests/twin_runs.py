"""Trained networks, with every measure twice: as it is stored, and as the slow twin computes it."""

import json
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import xarray as xr

from ontogeny.config import canonical
from ontogeny.joins import Run
from ontogeny.studies.induction import stages
from ontogeny.studies.induction.comparison import comparison as stored_comparison
from ontogeny.studies.induction.config import Analysis, Phrases, Training
from ontogeny.studies.induction.records import checkpoints_dataset
from ontogeny.studies.induction.runs import train_network
from ontogeny.studies.induction.sources import corpus_dataset, source_of
from slow_induction.all_runs import Experiment, comparison
from slow_induction.checkpoints import Given, evaluation
from slow_induction.corpora import KINDS
from slow_induction.one_run import Course, analysis

__all__ = ["Twin", "everything", "joined", "twin", "twin_of_many_words"]

CORPUS = Phrases(
    vocabulary=14, length=30, sequences=20, phrases=2, phrase_length=4, start_probability=0.5
)
STEPS, EVERY = 300, 25
WARM_UP = (40, 50)
"""By seed: between two checkpoints, and at one."""

NETWORKS = {
    "one-layer": {"layers": 1},
    "two-layers": {},
    "mlp": {"d_mlp": 12},
    "smeared": {"smeared_keys": True},
    "first": {"positions": "first"},
}
TRAINED = [(name, 0) for name in NETWORKS] + [("one-layer", 1), ("two-layers", 1)]
PRECISION = ("float64", "float32")
"""By seed: float64 shows smaller differences, and float32 is what runs are by default."""

LOW = Analysis(prefix_matching=0.05, previous_token=0.2, least_fall=0.01)
"""Thresholds with which most heads are induction heads."""


@dataclass
class Twin:
    """A run whose measures have been computed twice.

    Attributes
    ----------
    about : dict
        Experiment, seed, corpus and kind of network, as the comparison takes them.
    course : Course
        Its steps and networks, with the slow `evaluation.nc`.
    evaluation, analysis : Dataset
        As they are stored.
    slow : dict of str to ndarray
        The slow `analysis.nc`.
    corpus : Dataset
    checkpoints : Dataset
    precision : {"float32", "float64"}
    """

    about: dict
    course: Course
    evaluation: xr.Dataset
    analysis: xr.Dataset
    slow: dict
    corpus: xr.Dataset
    checkpoints: xr.Dataset
    precision: str

    def part(self, experiment, steps, *, corpus="phrases", thresholds=None):
        """Return the run that has some of the checkpoints alone, with other thresholds."""
        checkpoints = self.checkpoints.isel(step=steps)
        evaluated = self.evaluation.isel(step=steps)
        along = {name for name, each in self.evaluation.items() if "step" in each.dims}
        measured = {
            name: values[steps] if name in along else values
            for name, values in self.course.measured.items()
        }
        thresholds = thresholds or Analysis()
        course = replace(
            self.course,
            steps=checkpoints["step"].values,
            measured=measured,
            network=networks_of(checkpoints)[-1],
            **thresholds.model_dump(),
        )
        stored = stages.analysis(self.corpus, checkpoints, evaluated, thresholds=thresholds)
        return replace(
            self,
            about=self.about | {"experiment": experiment, "corpus": corpus},
            course=course,
            evaluation=evaluated,
            analysis=stored,
            slow=analysis(course),
            checkpoints=checkpoints,
        )


@cache
def phrases():
    """Return the corpus of all runs but one."""
    return corpus_dataset(CORPUS, [])


@cache
def twin(name, seed):
    """Return a trained run."""
    steps = 200 if name == "smeared" else STEPS
    about = {"steps": steps, "every": EVERY, "warm_up": WARM_UP[seed]}
    return trained(name, NETWORKS[name], seed, CORPUS, phrases(), **about)


@cache
def twin_of_many_words():
    """Return a hardly trained network on a corpus whose tokens could be those of a text."""
    described = Phrases(vocabulary=260, length=14, sequences=9, phrase_length=2)
    network = {"heads": 1, "d_model": 6, "smeared_keys": True, "d_mlp": 4, "positions": "first"}
    corpus = corpus_dataset(described, [])
    return trained("words", network, 1, described, corpus, steps=2, every=2, warm_up=0)


@cache
def everything():
    """Return the runs that are compared: trained ones, and parts of them for the special cases."""
    whole = {which: twin(*which) for which in TRAINED}
    two, one, mlp = whole["two-layers", 0], whole["one-layer", 0], whole["mlp", 0]
    steps = list(range(len(two.course.steps)))
    return [
        *whole.values(),
        two.part("few", [0, 2, steps[-1]]),
        whole["two-layers", 1].part("stopped", steps[:5]),
        two.part("later", steps[-3:]),
        whole["first", 0].part("late", steps[6:]),
        two.part("low", steps, thresholds=LOW),
        two.part("pair", steps, thresholds=Analysis(prefix_matching=below_two(two))),
        mlp.part("alone", steps, corpus="without one layer"),
        one.part("one-layer", steps, corpus="without two layers"),
    ]


def below_two(each):
    """Return a threshold that the prefix matching of two heads of a run exceeds."""
    return float(np.sort(each.evaluation["matching"].values[-1, 0], axis=None)[-3:-1].mean())


@cache
def joined():
    """Return the comparison of all runs, stored and slow."""
    twins = everything()
    runs = [
        Run(each.about, {"evaluation": each.evaluation, "analysis": each.analysis})
        for each in twins
    ]
    corpora = {each.about["corpus"]: each.corpus for each in twins}
    return stored_comparison(runs, corpora), comparison([experiment(each) for each in twins])


def experiment(each):
    """Return a run as the slow comparison takes it."""
    about = each.about
    return Experiment(
        course=each.course,
        found=each.slow,
        kinds=kinds_of(each.corpus),
        corpus=about["corpus"],
        seed=about["seed"],
        layers=about["layers"],
        updates=about["steps"],
        plain=not (about["mlp"] or about["smeared"]),
    )


def trained(name, network, seed, described, corpus, *, steps, every, warm_up):
    """Train a network and measure it twice."""
    spec = Training.model_validate(
        {
            "network": {"d_model": 32, "heads": 4} | network,
            "optimiser": {
                "batch": 16,
                "warm_up": warm_up,
                "learning_rate": 2e-2,
                "precision": PRECISION[seed],
            },
            "schedule": {"steps": steps, "checkpoints": {"every": every}},
            "seed": seed,
        }
    )
    sequences = corpus["tokens"].values.astype(np.int64)
    source, words = source_of(corpus, described), corpus.sizes["word"]
    record = train_network(source, sequences, spec, vocabulary=words)
    checkpoints = checkpoints_dataset(record)
    checkpoints.attrs["spec"] = json.dumps({"training": canonical(spec)})
    evaluated = stages.evaluation(corpus, checkpoints)
    networks, kinds = networks_of(checkpoints), kinds_of(corpus)
    of_corpus = {
        kind: corpus["member"].values[k] for k, kind in enumerate(kinds) if kind not in KINDS
    }
    given = Given(sequences, words, of_corpus)
    course = Course(
        steps=checkpoints["step"].values,
        measured=evaluation(networks, given, positions=spec.network.positions, kinds=kinds),
        network=networks[-1],
        given=given,
        positions=spec.network.positions,
        warm_up=warm_up,
    )
    about = {
        "experiment": name,
        "seed": seed,
        "corpus": "phrases",
        "layers": spec.network.layers,
        "steps": steps,
        "mlp": spec.network.d_mlp > 0,
        "smeared": spec.network.smeared_keys,
    }
    return Twin(
        about=about,
        course=course,
        evaluation=evaluated,
        analysis=stages.analysis(corpus, checkpoints, evaluated, thresholds=Analysis()),
        slow=analysis(course),
        corpus=corpus,
        checkpoints=checkpoints,
        precision=spec.optimiser.precision,
    )


def networks_of(checkpoints):
    """Return the parameters of each checkpoint in float64."""
    return [
        {str(name): values.values[k].astype(float) for name, values in checkpoints.items()}
        for k in range(checkpoints.sizes["step"])
    ]


def kinds_of(corpus):
    """Return the kinds of tokens of a corpus."""
    return [str(kind) for kind in corpus["token_kind"].values]
