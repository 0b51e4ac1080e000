"""Small runs of imitation: classes of each kind, enumerated or simulated."""

from functools import cache

from ontogeny.joins import Run
from ontogeny.studies.imitation.comparison import comparison
from ontogeny.studies.imitation.config import (
    Enumerated,
    Experiment,
    Grid,
    History,
    Random,
    Schedule,
    Treacherous,
    Whole,
    actions_of,
    policies_of,
    steps_of,
)
from ontogeny.studies.imitation.stages.classes import model_class
from ontogeny.studies.imitation.stages.exact import enumerated
from ontogeny.studies.imitation.stages.simulations import simulated

TINY = Enumerated(policies=3, steps=2)
PAST = History(policies=3, past=Whole(steps=2))
RANDOM = Random(states=3, actions=3, policies=8)
COINS = Grid(policies=21)
TRAITORS = Treacherous(states=4, copies=12, others=3, betrayal=20)
CLASSES = {
    "tiny": TINY,
    "past": PAST,
    "random": RANDOM,
    "small": Random(states=3, actions=3, policies=4),
    "large": Random(states=3, actions=3, policies=16),
    "coins": COINS,
    "traitors": TRAITORS,
    "abyss": TRAITORS.model_copy(update={"hazard": True}),
    "never": TRAITORS.model_copy(update={"harm_probability": 0.0}),
    "rarely": TRAITORS.model_copy(update={"harm_probability": 1e-5}),
}


@cache
def policy_class(name, seed):
    """Return a class as a seed draws it."""
    return model_class(CLASSES[name], seed)


@cache
def run(experiment, class_name, seed=0, *, steps=60, histories=20, times_per_decade=200, **fields):
    """Return a run of an experiment, described as the plan describes it."""
    kind = CLASSES[class_name]
    is_exact = steps_of(kind) is not None
    given = {"class": class_name, "seeds": [seed], **fields}
    if not is_exact:
        given["schedule"] = Schedule(
            steps=steps, histories=histories, times_per_decade=times_per_decade
        )
    described = Experiment(**given)
    learning = described.learning(seed, kind)
    found = (
        enumerated(policy_class(class_name, seed), learning, steps_of(kind))
        if is_exact
        else simulated(policy_class(class_name, seed), learning)
    )
    harm = kind if isinstance(kind, Treacherous) else None
    about = {
        "experiment": experiment,
        "seed": seed,
        "class": class_name,
        "kind": kind.kind,
        "exact": is_exact,
        **{
            name: getattr(described, name)
            for name in ("learner", "alpha", "ties", "prior", "contains_demonstrator")
        },
        "steps": steps_of(kind) or steps,
        "policies": policies_of(kind),
        "actions": actions_of(kind),
        "states": kind.states if isinstance(kind, Random | Treacherous) else 1,
        "harm_probability": 1.0 if harm is None else harm.harm_probability,
        "hazard": harm is not None and harm.hazard,
        "copies": 0 if harm is None else harm.copies,
        "betrayal": -1 if harm is None else harm.betrayal,
        "betrayal_probability": 0.0 if harm is None else harm.betrayal_probability,
        "own_event": described.event is not None,
    }
    return Run(about, {"results": found})


LEARNERS = ("conservative", "mixture", "thompson", "most-probable", "cloning", "demonstrator")


def traitors(learner, seed=0):
    """Return a run on a treacherous class; cloning asks up to the betrayal."""
    return run(f"traitors-{learner}", "traitors", seed, learner=learner, demonstrations=20)


def runs_of(seed):
    """Return the runs of one seed: every kind of class, learner and control."""
    return [
        *(run(f"tiny-{alpha}", "tiny", seed, alpha=alpha) for alpha in (0.3, 0.1, 0.05)),
        run("past", "past", seed, alpha=0.1),
        run("without", "tiny", seed, contains_demonstrator=False),
        *(run(f"random-{alpha}", "random", seed, alpha=alpha) for alpha in (0.1, 0.03, 0.01)),
        run("small", "small", seed, alpha=0.01),
        run("large", "large", seed, alpha=0.01),
        run("long", "random", seed, steps=410, alpha=0.03),
        run("coins", "coins", seed, steps=200, alpha=0.001),
        *(traitors(learner, seed) for learner in LEARNERS),
        run("greedy", "traitors", seed, alpha=0.1),
        run("never", "never", seed),
        run("rarely", "rarely", seed),
        *(run(f"abyss-{learner}", "abyss", seed, learner=learner) for learner in LEARNERS[:2]),
    ]


@cache
def joined():
    """Return the comparison of the runs of five seeds."""
    return comparison([each for seed in range(5) for each in runs_of(seed)])


@cache
def atlas():
    """Return the comparison of few runs of one seed, as in the default atlas."""
    shown = [traitors(learner) for learner in ("conservative", "mixture", "cloning")]
    return comparison([run("tiny-0.05", "tiny", alpha=0.05), *shown])
