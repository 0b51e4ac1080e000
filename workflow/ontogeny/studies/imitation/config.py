"""The section ``imitation`` of the configuration, and the specification of each stage."""

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
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
    Style,
    noted,
    refuse,
    short,
    validate,
    with_style,
)
from ontogeny.figures import section_of
from ontogeny.given_files import problem_of_text
from ontogeny.sweeps import unfolded

__all__ = [
    "CHARACTERS",
    "MOST_HISTORIES",
    "MOST_NUMBERS",
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
    "Treacherous",
    "Whole",
    "actions_of",
    "policies_of",
    "resolve",
    "states_of",
    "steps_of",
]

Level = Literal["run", "study"]
"""What figures are drawn of."""

CHARACTERS = 27
"""Different characters of a text: the letters from a to z, and a blank for all that is between."""

MOST_HISTORIES = 2_000_000
"""Histories of flags, actions and observations that an enumeration may have."""

MOST_NUMBERS = 20_000_000
"""Probabilities that the policies of a class of character models may have."""

MOST_MODULES = 32
"""Modules of the Python standard library that are texts."""

Natural = Annotated[int, Field(ge=0), AS_WHOLE]
AtLeastTwo = Annotated[int, Field(ge=2), AS_WHOLE]


class Enumerated(Section):
    """Random policies that see the last observation, over few steps."""

    kind: Literal["enumerated"] = "enumerated"
    actions: AtLeastTwo = Field(2, description="Number of actions.")
    observations: Count = Field(2, description="Number of observations.")
    policies: AtLeastTwo = Field(
        4, description="Number of policies; one of them is the demonstrator's."
    )
    steps: Count = Field(4, description="Steps of each history.")


class Random(Section):
    """Random policies that see the last observation, in a random environment."""

    kind: Literal["random"] = "random"
    states: Count = Field(6, description="Number of observations; the last one is the state.")
    actions: AtLeastTwo = Field(4, description="Number of actions.")
    policies: AtLeastTwo = Field(
        16, description="Number of policies; one of them is the demonstrator's."
    )


class Grid(Section):
    """Policies with two actions and one parameter, the probability of the second action."""

    kind: Literal["grid"] = "grid"
    policies: Annotated[int, Field(ge=3), AS_WHOLE] = Field(
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
    copies: Count = Field(
        20, description="Policies that act like the demonstrator until they betray."
    )
    others: Natural = Field(11, description="Random policies besides.")
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
    observations: Count = Field(2, description="Number of observations.")
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
    policies: AtLeastTwo = Field(
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
    histories: Count = Field(300, description="Number of simulated histories.")
    times_per_decade: Count = Field(
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
        "weight of all that are no less probable. Smaller: more caution and more questions.",
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
        return Learning(**fields | {"event": self.event or _harm(kind)}, seed=seed)


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


def resolve(raw: Any) -> Imitation:
    """Return the section ``imitation`` with all defaults merged into it.

    Parameters
    ----------
    raw : mapping
        The section as the configuration files hold it.

    Returns
    -------
    Imitation
        Its `defaults` are None, since every experiment has them in itself, and so has every figure
        those of `figures`.

    Raises
    ------
    ConfigurationError
        One message with every problem: key, value, rule and remedy.
    """
    if not isinstance(raw, Mapping):
        return validate(raw, Imitation, at="imitation")
    section = dict(raw)
    defaults = section.pop("defaults", None)
    classes, experiments = section.get("classes"), section.get("experiments")
    section |= {"classes": {}, "experiments": {}}
    problems: list[str] = []
    with noted(problems):
        section["classes"], _ = unfolded(
            classes, Class, lists={"past.files"}, at="imitation.classes"
        )
    with noted(problems):
        section["experiments"], _ = unfolded(
            experiments,
            Experiment,
            lists={"seeds"},
            at="imitation.experiments",
            defaults=defaults,
            defaults_at="imitation.defaults",
        )
    with noted(problems):
        section = with_style(section, Figures, Style, at="imitation")
        imitation = validate(section, Imitation, at="imitation")
    refuse(problems)
    refuse(
        [
            *([] if imitation.experiments else ["`imitation.experiments`: must hold at least 1"]),
            *(
                problem
                for name, kind in imitation.classes.items()
                for problem in _problems_of_class(kind, f"imitation.classes.{name}")
            ),
            *(
                problem
                for name, each in imitation.experiments.items()
                for problem in _problems(each, imitation.classes, f"imitation.experiments.{name}")
            ),
        ]
    )
    return imitation


def _problems_of_class(kind: Class, at: str) -> Iterator[str]:
    """Say what is wrong with a class as a whole."""
    match kind:
        case Enumerated():
            yield from _too_many_histories(kind, at)
        case History(past=Whole() as past):
            yield from _too_many_histories(past, f"{at}.past")
        case History(past=Characters() as past):
            yield from _problems_of_characters(past, kind.policies, at)


def _too_many_histories(kind: Enumerated | Whole, at: str) -> Iterator[str]:
    each = 2 * kind.actions * kind.observations
    if kind.steps * math.log(each) > math.log(MOST_HISTORIES):
        yield (
            f"`{at}.steps` = {kind.steps}: makes (2 * `actions` * `observations`) ** `steps` = "
            f"{each} ** {kind.steps} histories, and at most {MOST_HISTORIES:,} can be enumerated; "
            "give fewer steps, actions or observations"
        )


def _problems_of_characters(past: Characters, policies: int, at: str) -> Iterator[str]:
    for file in past.files:
        problem = problem_of_text(file) or _too_short(file, past.order)
        if problem:
            yield f"`{at}.past.files` = {file!r}: {problem}"
    count = len(past.files)
    if past.files and count != policies:
        yield (
            f"`{at}.policies` = {policies}: must be the number of `past.files`, since each policy "
            f"has a text of its own; write `policies: {count}`, or give {policies} files"
        )
    if not past.files and policies > MOST_MODULES:
        yield (
            f"`{at}.policies` = {policies}: must be at most {MOST_MODULES} with texts of the "
            "Python standard library; give fewer, or `past.files`"
        )
    if CHARACTERS ** (past.order + 1) * policies > MOST_NUMBERS:
        yield (
            f"`{at}.past.order` = {past.order}: makes {CHARACTERS} ** (`order` + 1) * `policies` = "
            f"{CHARACTERS ** (past.order + 1) * policies:,} probabilities, and at most "
            f"{MOST_NUMBERS:,} are possible; give a lower order or fewer policies"
        )


def _too_short(file: str, order: int) -> str | None:
    count = len(re.findall("[A-Za-z]", Path(file).read_text(encoding="utf-8")))
    if count > order:
        return None
    return f"has {count} letters from a to z, and a model of order {order} needs more; give more"


def _problems(experiment: Experiment, classes: Mapping[str, Class], at: str) -> Iterator[str]:
    """Say what an experiment breaks together with its class."""
    name = experiment.class_name
    if name not in classes:
        yield f"`{at}.class` = {name!r}: is not a class; known are {', '.join(classes)}"
        return
    kind = classes[name]
    if steps_of(kind) is not None:
        yield from _not_read(experiment, at)
        return
    steps = experiment.schedule.steps
    if isinstance(kind, Treacherous) and kind.betrayal >= steps:
        yield (
            f"`{at}.schedule.steps` = {steps}: must be more than {kind.betrayal}, the `betrayal` "
            f"of the class {name!r}, which would never come; give more steps, or a class that "
            "betrays earlier"
        )
    if experiment.event is not None:
        yield from _problems_of_event(experiment.event, kind, steps, f"{at}.event")


def _not_read(experiment: Experiment, at: str) -> Iterator[str]:
    """Refuse what an enumeration would ignore."""
    for name in ("learner", "schedule", "event"):
        value = getattr(experiment, name)
        if value != _Imitated.model_fields[name].default:
            written = value if isinstance(value, str) else value.model_dump(exclude_defaults=True)
            yield (
                f"`{at}.{name}` = {short(written)}: is not read, since all histories of the class "
                f"{experiment.class_name!r} are enumerated, over its own steps and under the "
                "conservative learner; leave it out, here and in `imitation.defaults`"
            )


def _problems_of_event(event: Event, kind: Any, steps: int, at: str) -> Iterator[str]:
    numbers = {"action": actions_of(kind), "state": states_of(kind)}
    for name, number in numbers.items():
        value = getattr(event, name)
        if value is not None and value >= number:
            yield (
                f"`{at}.{name}` = {value}: is not one of the class, whose {name}s are "
                f"0 to {number - 1}"
            )
    if event.stop is not None and event.start >= event.stop:
        yield f"`{at}.start` = {event.start}: must be before `stop`, which is {event.stop}"
    if event.start >= steps:
        yield f"`{at}.start` = {event.start}: must be before the end of the {steps} steps"
