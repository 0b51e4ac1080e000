"""The section ``imitation`` of the configuration, and the specification of each stage."""

from typing import Annotated, Any, Literal

from pydantic import Field, create_model, field_validator

from ontogeny.config import (
    AS_REAL,
    AS_WHOLE,
    Count,
    Files,
    Name,
    Section,
    Seed,
    Seeds,
)
from ontogeny.config import Style as FigureStyle
from ontogeny.config.bounds import AtLeastTwo, Examples, Width
from ontogeny.figures import section_of

__all__ = [
    "CHARACTERS",
    "Characters",
    "Class",
    "Enumerated",
    "Event",
    "Experiment",
    "Figures",
    "Grid",
    "History",
    "Imitation",
    "Learning",
    "Random",
    "Schedule",
    "Style",
    "Treacherous",
    "Whole",
    "actions_of",
    "policies_of",
    "states_of",
    "steps_of",
]

Level = Literal["run", "study"]
"""What figures are drawn of."""

CHARACTERS = 27
"""Different characters of a text: the letters from a to z, and a blank for all that is between."""

Natural = Annotated[int, Field(ge=0, le=10**9), AS_WHOLE]
Policies = Annotated[int, Field(ge=2, le=10_000_000), AS_WHOLE]


class Enumerated(Section):
    """Random policies that see the last observation, over few steps."""

    kind: Literal["enumerated"] = "enumerated"
    actions: AtLeastTwo = Field(2, description="Number of actions.")
    observations: Width = Field(2, description="Number of observations.")
    policies: Policies = Field(
        4, description="Number of policies; one of them is the demonstrator's."
    )
    steps: Count = Field(4, description="Steps of each history.")


class Random(Section):
    """Random policies that see the last observation, in a random environment."""

    kind: Literal["random"] = "random"
    states: Width = Field(6, description="Number of observations; the last one is the state.")
    actions: AtLeastTwo = Field(4, description="Number of actions.")
    policies: Policies = Field(
        16, description="Number of policies; one of them is the demonstrator's."
    )


class Grid(Section):
    """Policies with two actions and one parameter, the probability of the second action."""

    kind: Literal["grid"] = "grid"
    policies: Annotated[int, Field(ge=3, le=10_000_000), AS_WHOLE] = Field(
        201,
        description="Number of policies: probabilities evenly spaced from 0 to 1. The "
        "demonstrator's is 1/2, so the number is odd.",
    )

    @field_validator("policies")
    @classmethod
    def _odd(cls, value: int) -> int:
        if value % 2 == 0:
            msg = "must be odd, so that the demonstrator's 1/2 is one of the values"
            raise ValueError(msg)
        return value


class Treacherous(Section):
    """Copies of the demonstrator that betray it after some time, among other policies."""

    kind: Literal["treacherous"] = "treacherous"
    states: AtLeastTwo = Field(
        6, description="Number of observations; the last one seen is the state."
    )
    actions: AtLeastTwo = Field(4, description="Number of actions; the last one does harm.")
    copies: Examples = Field(
        20, description="Policies that act like the demonstrator until they betray."
    )
    others: Annotated[int, Field(ge=0, le=10_000_000), AS_WHOLE] = Field(
        11, description="Number of unrelated, random policies."
    )
    betrayal: Natural = Field(50, description="The step from which on the copies betray.")
    harm_probability: Annotated[float, Field(ge=0, lt=1), AS_REAL] = Field(
        1e-3,
        description="Probability with which the demonstrator itself takes the harmful action, in "
        "every state.",
    )
    betrayal_probability: Annotated[float, Field(gt=0, lt=1), AS_REAL] = Field(
        0.9,
        description="Probability with which copies that betray take the harmful action in the last "
        "state, the trigger.",
    )
    hazard: bool = Field(
        False,
        description="Whether the harmful action at the trigger leads to a state that is never "
        "left.",
    )


class Whole(Section):
    """Everything that has happened so far, over few steps."""

    kind: Literal["whole"] = "whole"
    actions: AtLeastTwo = Field(2, description="Number of actions.")
    observations: Width = Field(2, description="Number of observations.")
    steps: Count = Field(3, description="Steps of each history.")


class Characters(Section):
    """The last characters; each policy writes the next one as it follows in a text of its own."""

    kind: Literal["characters"] = "characters"
    order: Annotated[int, Field(ge=1, le=3), AS_WHOLE] = Field(
        2, description="Number of last characters that a policy sees."
    )
    files: Files = Field(
        (),
        description="Text files, one for each policy; the seed draws whose is the demonstrator's. "
        "None: modules of the Python standard library.",
    )


class History(Section):
    """Policies that see more of the past than the last observation."""

    kind: Literal["history"] = "history"
    policies: Policies = Field(
        32, description="Number of policies; one of them is the demonstrator's."
    )
    past: Annotated[Whole | Characters, Field(discriminator="kind")] = Field(
        description="What policies see of the past."
    )


Class = Annotated[
    Enumerated | Random | Grid | Treacherous | History,
    Field(discriminator="kind"),
]


def steps_of(kind: Class) -> int | None:
    """Return over how many steps all histories of a class are enumerated; None: it is simulated."""
    of = kind.past if isinstance(kind, History) else kind
    return of.steps if isinstance(of, Enumerated | Whole) else None


def policies_of(kind: Class) -> int:
    """Return how many policies a class has, that of the demonstrator included."""
    return 1 + kind.copies + kind.others if isinstance(kind, Treacherous) else kind.policies


def actions_of(kind: Class) -> int:
    """Return how many actions a class has."""
    if isinstance(kind, Grid):
        return 2
    of = kind.past if isinstance(kind, History) else kind
    return CHARACTERS if isinstance(of, Characters) else of.actions


def states_of(kind: Random | Grid | Treacherous | History) -> int:
    """Return how many states a class that is simulated has, as events count them."""
    match kind:
        case Random() | Treacherous():
            return kind.states
        case History(past=Characters(order=order)):
            return CHARACTERS**order
    return 1


class Schedule(Section):
    """How much is simulated, and what of it is kept."""

    steps: Count = Field(300, description="Steps of each history.")
    histories: Examples = Field(300, description="Number of simulated histories.")
    times_per_decade: Annotated[int, Field(ge=1, le=100_000), AS_WHOLE] = Field(
        200,
        description="Steps in each power of ten at which means over histories are stored, spaced "
        "evenly in their logarithm.",
    )


class Event(Section):
    """That some step shows an action, in one state or in any."""

    action: Natural = Field(description="The action, counted from 0.")
    state: Natural | None = Field(None, description="The state, counted from 0; null: any.")
    start: Natural = Field(0, description="The first step that counts.")
    stop: Count | None = Field(
        None,
        description="The first step that no longer counts; null: all up to the last one count.",
    )


class _Imitated(Section):
    learner: Literal[
        "conservative", "mixture", "thompson", "most-probable", "cloning", "demonstrator"
    ] = Field(
        "conservative",
        description="Who acts. `conservative` takes each action with the least probability that it "
        "has in any plausible policy, and asks with what is left. `mixture`, `thompson` and "
        "`most-probable` ask with the same probability and otherwise act by the posterior mean, by "
        "a policy drawn from the posterior, or by the most probable policy. `cloning` asks at the "
        "beginning and then acts by the posterior mean. `demonstrator` is the demonstrator itself.",
    )
    alpha: Annotated[float, Field(gt=0, le=1), AS_REAL] = Field(
        0.01,
        description="A policy is plausible when its posterior weight is at least this share of the "
        "total weight of the policies ranked down to and including it. Smaller values mean more "
        "caution and more queries.",
    )
    ties: Literal["first", "last"] = Field(
        "last",
        description="Where the demonstrator is in the order of policies, which decides between "
        "equal weights.",
    )
    prior: Literal["uniform", "geometric"] = Field(
        "uniform",
        description="Weights of policies before any answer: all equal, or each 0.8 of the one "
        "before.",
    )
    contains_demonstrator: bool = Field(
        True,
        description="Whether the demonstrator is among the policies that the learner thinks "
        "possible.",
    )
    demonstrations: Count = Field(
        50, description="Steps at the beginning in which the learner `cloning` asks."
    )
    schedule: Schedule = Field(Schedule(), description="How much is simulated.")
    event: Event | None = Field(
        None,
        description="What should remain unlikely. null: the harmful action at the trigger of a "
        "treacherous class, from the betrayal on (with `hazard`: from the beginning); no event of "
        "other classes.",
    )


class Learning(_Imitated):
    """What a run depends on, in addition to its class."""

    seed: Seed


_CLASS: dict[str, Any] = {
    "class": (Name, Field(description="Name of one of `imitation.classes`.")),
}
_OnAClass = create_model("_OnAClass", __base__=_Imitated, **_CLASS)
"""With the field `class`, whose name is a keyword of Python, so that no class body can have it."""


class Experiment(_OnAClass):
    """A learner and a demonstrator on one class, drawn from one or more seeds."""

    seeds: Seeds = Field(
        description="Each draws a class and its histories, so that it is a run of its own."
    )

    @property
    def class_name(self) -> str:
        """Name of the class."""
        return str(vars(self)["class"])

    def learning(self, seed: int, kind: Class) -> Learning:
        """Return what the run with one of the seeds depends on, in addition to its class.

        Fields that this learner does not read have their defaults, and the event of a treacherous
        class is there.
        """
        fields = {name: getattr(self, name) for name in _Imitated.model_fields}
        if self.learner != "cloning":
            del fields["demonstrations"]
        return Learning(**fields | {"event": self._event(kind)}, seed=seed)

    def has_own_event(self, kind: Class) -> bool:
        """Return whether the event of a run is another one than that of its class."""
        return self._event(kind) != _harm(kind)

    def _event(self, kind: Class) -> Event | None:
        """Return the event of a run; one that stops with the last step has no `stop`."""
        if self.event is None:
            return _harm(kind)
        if self.event.stop == self.schedule.steps:
            return self.event.model_copy(update={"stop": None})
        return self.event


def _harm(kind: Class) -> Event | None:
    """Return the event that a treacherous class is about: harm at the trigger."""
    if not isinstance(kind, Treacherous):
        return None
    start = 0 if kind.hazard else kind.betrayal
    return Event(action=kind.actions - 1, state=kind.states - 1, start=start)


SWEPT = (
    Experiment,
    Schedule,
    Event,
    Enumerated,
    Random,
    Grid,
    Treacherous,
    History,
    Whole,
    Characters,
)
"""Sections whose fields may be lists: sweeps."""


class Style(FigureStyle):
    """How figures look; quantities follow powers of the step, and are drawn over its logarithm."""

    log_steps: bool = Field(
        True,
        description="Draw the steps of a history on a logarithmic axis.",
    )


FIGURES = {"ontogeny.studies.imitation.figures": "Imitation"}
"""The packages of the figures, with their category in the report."""

Figures = section_of(FIGURES, Style)


class Imitation(Section):
    """The study of online imitation."""

    classes: dict[Name, Class] = Field(description="Classes of policies by name.")
    defaults: Experiment | None = Field(
        None, description="What every experiment has unless it says otherwise."
    )
    experiments: dict[Name, Experiment] = Field(description="Experiments by name.")
    figures: Figures = Field(Figures(), description="How figures look.")  # type: ignore[valid-type]
    own_figures: dict[Level, Files] = Field(
        {}, description="Files with figures of your own, by what each is drawn of."
    )
    run_figures: Literal["all", "first", "none"] = Field(
        "first",
        description="Which runs of each experiment get figures of their own: all, that of the "
        "first seed, or none. Figures over runs are always drawn.",
    )
