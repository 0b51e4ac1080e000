"""The contents of the page: the outline of a configuration filled with what is stored."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import xarray as xr

from ontogeny.page._claims import judged_by_study, subject_of
from ontogeny.page._page import Group, LongRuns, Page, StudyPart, Subject
from ontogeny.page._pictures import Picture, caption_of, picture
from ontogeny.page._runs import Run, run_of

__all__ = ["MOST_EMBEDDED", "page_of"]

MOST_EMBEDDED = 150
"""With more figures than this, those of all but the first run of each study are linked."""

_TITLES = {
    "study": "Over all runs",
    "sweep": "Sweeps",
    "corpus": "Corpora",
    "experiment": "Experiments, over their seeds",
    "run": "Single runs",
}


def page_of(
    outline: Mapping[str, Any],
    folder: str | Path,
    *,
    findings: Mapping[str, str],
    claims: xr.Dataset | None = None,
    atlas: Sequence[xr.Dataset] = (),
    most_embedded: int = MOST_EMBEDDED,
) -> Page:
    """Return the page of a configuration.

    Parameters
    ----------
    outline : mapping
        From `ontogeny.page.outline`.
    folder : path
        Of the page: the results of the configuration.
    findings : mapping of str to str
        By the name of the study what its runs show, in a sentence.
    claims : Dataset, optional
        The verdicts of this configuration, from `ontogeny.claims.joined`.
    atlas : sequence of Dataset
        Outcomes of long runs.
    most_embedded : int
        With more figures than this, those of all but the first run of each study are not in the
        page, but beside it.

    Raises
    ------
    FileNotFoundError, ontogeny.storage.StorageError
        If a picture or a result is missing.
    """
    figures = sum(
        len(subject["figures"])
        for study in outline["studies"]
        for level in study["levels"]
        for subject in level["subjects"]
    )
    makers = [
        _Maker(study, Path(folder), first_run_alone=figures > most_embedded)
        for study in outline["studies"]
    ]
    studies = [each.part(findings.get(each.name, "")) for each in makers]
    anchors = {
        (about, figure): anchor
        for maker, part in zip(makers, studies, strict=True)
        for about in maker.claims
        for figure, anchor in _first_anchors(part).items()
    }
    judged = judged_by_study(claims, atlas, anchors)
    subjects = {subject_of(about) for maker in makers for about in maker.claims}
    return Page(
        configuration=outline["configuration"],
        studies=tuple(studies),
        claims=tuple(each for each in judged if each.subject in subjects),
        long_runs=tuple(map(_long_runs, atlas)),
        figures=figures,
        linked=sum(not each.is_embedded for part in studies for each in part.pictures),
    )


def _long_runs(outcomes: xr.Dataset) -> LongRuns:
    names = ("configuration", "command", "date", "source")
    return LongRuns(*(str(outcomes.attrs.get(name, "")) for name in names))


def _first_anchors(part: StudyPart) -> dict[str, str]:
    """Return by the name of each figure of a study the anchor of the first picture of it."""
    found: dict[str, str] = {}
    for each in part.pictures:
        found.setdefault(each.name, each.anchor)
    return found


class _Place(NamedTuple):
    """A figure of a study in the outline."""

    level: str
    subject: Mapping[str, Any]
    name: str


def _best(study: Mapping[str, Any]) -> _Place | None:
    """Return the figure to be looked at first: the first of the story that is there."""
    there: dict[str, _Place] = {}
    for level in study["levels"]:
        for subject in level["subjects"]:
            for name in subject["figures"]:
                there.setdefault(name, _Place(level["level"], subject, name))
    order = [*study["story"], *there]
    return next((there[name] for name in order if name in there), None)


class _Maker:
    """Makes the part of one study.

    Parameters
    ----------
    study : mapping
        What the outline says of it.
    folder : Path
        Of the page.
    first_run_alone : bool
        Whether the pictures of all runs but the first are beside the page.
    """

    def __init__(self, study: Mapping[str, Any], folder: Path, *, first_run_alone: bool) -> None:
        self._study = study
        self._folder = folder
        self._first_run_alone = first_run_alone
        self._captions = {key: caption_of(each) for key, each in study["captions"].items()}
        self._best = _best(study)
        self._explained: set[str] = set()
        self.name: str = study["name"]
        self.claims: list[str] = study["claims"]

    def part(self, finding: str) -> StudyPart:
        """Return the part, with the sentence that says what its runs show."""
        best = None if self._best is None else self._picture(self._best, is_embedded=True)
        groups = tuple(
            Group(f"{self.name}.{each['level']}", _TITLES.get(each["level"], each["level"]), made)
            for each in self._study["levels"]
            if (made := tuple(self._subjects(each["level"], each["subjects"], best)))
        )
        shown = {
            (subject.run.experiment, subject.run.seed)
            for group in groups
            for subject in group.subjects
            if subject.run is not None
        }
        runs = [(name, seed) for name, seed in self._study["runs"]]
        return StudyPart(
            name=self.name,
            title=self._study["title"],
            finding=finding,
            experiments=len({name for name, _ in runs}),
            runs=len(runs),
            best=best,
            groups=groups,
            others=tuple(self._run(*run) for run in runs if run not in shown),
        )

    def _subjects(
        self, level: str, subjects: Sequence[Mapping[str, Any]], best: Picture | None
    ) -> Iterator[Subject]:
        for number, each in enumerate(subjects):
            values = dict(each["wildcards"])
            is_embedded = level != "run" or not number or not self._first_run_alone
            pictures = tuple(
                self._picture(_Place(level, each, name), is_embedded=is_embedded)
                for name in each["figures"]
                if _Place(level, each, name) != self._best
            )
            has_best = self._best is not None and self._best[:2] == (level, each)
            if not pictures and not values:
                continue
            yield Subject(
                anchor=self._anchor(each["folder"]),
                title=each["title"] if values else "",
                run=self._run(values["experiment"], int(values["seed"]))
                if level == "run"
                else None,
                pictures=pictures,
                above=best if has_best and values else None,
            )

    def _run(self, experiment: str, seed: int) -> Run:
        folder = self._folder / self.name / experiment / f"seed{seed}"
        return run_of(folder.as_posix(), experiment, seed, tells=self._study["tells"])

    def _picture(self, place: _Place, *, is_embedded: bool) -> Picture:
        level, subject, name = place
        key = f"{level}/{name}"
        is_folded = key in self._explained
        self._explained.add(key)
        return picture(
            f"{self.name}/{subject['folder']}/{name}",
            self._folder,
            anchor=self._anchor(f"{subject['folder']}/{name}"),
            of=subject["title"],
            caption=self._captions[key],
            is_embedded=is_embedded,
            is_folded=is_folded,
        )

    def _anchor(self, path: str) -> str:
        """Return the name of a place on the page, from a path below the folder of the study."""
        return ".".join((self.name, *path.split("/")))
