"""What the page is made of."""

from dataclasses import dataclass

from ontogeny.page._claims import OfStudy
from ontogeny.page._pictures import Picture
from ontogeny.page._runs import Run

__all__ = ["Group", "LongRuns", "Page", "StudyPart", "Subject"]


@dataclass(frozen=True)
class Subject:
    """What several figures are drawn of: a run, an experiment, a corpus, all runs.

    Attributes
    ----------
    anchor, title : str
        The title is empty where there is only one of the kind.
    run : Run, or None
        What it says of itself, if it is a run.
    pictures : tuple of Picture
        In the order in which they are to be looked at.
    above : Picture, or None
        That of it with which the study begins.
    """

    anchor: str
    title: str
    run: Run | None
    pictures: tuple[Picture, ...]
    above: Picture | None


@dataclass(frozen=True)
class Group:
    """All subjects of one kind.

    Attributes
    ----------
    anchor, title : str
    subjects : tuple of Subject
    """

    anchor: str
    title: str
    subjects: tuple[Subject, ...]


@dataclass(frozen=True)
class StudyPart:
    """A study on the page.

    Attributes
    ----------
    name, title, finding : str
    experiments, runs : int
    best : Picture, or None
        To be looked at first.
    groups : tuple of Group
    others : tuple of Run
        Without figures of their own.
    """

    name: str
    title: str
    finding: str
    experiments: int
    runs: int
    best: Picture | None
    groups: tuple[Group, ...]
    others: tuple[Run, ...]

    @property
    def pictures(self) -> list[Picture]:
        """Return all pictures, in the order of the page."""
        subjects = (subject for group in self.groups for subject in group.subjects)
        first = [] if self.best is None else [self.best]
        return [*first, *(each for subject in subjects for each in subject.pictures)]

    @property
    def title_of_others(self) -> str:
        """Return what the runs without figures are called."""
        subjects = (subject for group in self.groups for subject in group.subjects)
        return "Runs without figures" if any(each.run for each in subjects) else "Runs"

    @property
    def columns(self) -> list[str]:
        """Return what the other runs say of themselves, by the names of what they say."""
        return list(dict.fromkeys(name for run in self.others for name in run.words))


@dataclass(frozen=True)
class LongRuns:
    """A configuration whose outcomes are part of the project.

    Attributes
    ----------
    configuration, command, date : str
    source : str
        Where the numbers are from.
    """

    configuration: str
    command: str
    date: str
    source: str


@dataclass(frozen=True)
class Page:
    """The page of a configuration.

    Attributes
    ----------
    configuration : str
    studies : tuple of StudyPart
    claims : tuple of OfStudy
    long_runs : tuple of LongRuns
        Whose outcomes are beside the verdicts.
    figures : int
        Number of figures.
    linked : int
        Number of those that are beside the page and not in it.
    """

    configuration: str
    studies: tuple[StudyPart, ...]
    claims: tuple[OfStudy, ...]
    long_runs: tuple[LongRuns, ...]
    figures: int
    linked: int

    @property
    def runs(self) -> int:
        """Return the number of runs."""
        return sum(study.runs for study in self.studies)
