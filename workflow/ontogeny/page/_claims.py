"""Verdicts of this configuration, and beside them what long runs came to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.claims import VERDICTS
from ontogeny.wording import counted

__all__ = ["Judged", "OfStudy", "Outcome", "judged_by_study", "subject_of"]


@dataclass(frozen=True)
class Outcome:
    """What the runs of a configuration say of a claim.

    Attributes
    ----------
    configuration : str
    value : float
        NaN if no run measures it.
    lower, upper : float
        Its interval; NaN if there are too few runs for one.
    runs : float
        How many there are of the `unit`; NaN where it is not known.
    unit : str
        What is counted.
    verdict : str
    outlook : str
        What would decide it.
    note : str
        Why the verdict says little.
    """

    configuration: str
    value: float
    lower: float
    upper: float
    runs: float
    unit: str
    verdict: str
    outlook: str
    note: str

    @property
    def is_measured(self) -> bool:
        """Whether some run measures what is claimed."""
        return bool(np.isfinite(self.value))

    @property
    def has_interval(self) -> bool:
        """Whether there is an interval."""
        return bool(np.isfinite(self.lower) and np.isfinite(self.upper))

    @property
    def count(self) -> str:
        """Return the number of runs in words; empty where it is not known."""
        return counted(self.runs, self.unit) if np.isfinite(self.runs) else ""

    @property
    def is_decided(self) -> bool:
        """Whether the claim holds or does not hold."""
        return self.verdict != VERDICTS[2]

    @property
    def lacks_value(self) -> bool:
        """Whether the verdict is known, but not the value that it follows from."""
        return not self.is_measured and not self.outlook


@dataclass(frozen=True)
class Judged:
    """A claim with its verdict here, and with its outcomes elsewhere.

    Attributes
    ----------
    title, statement, source, quantity : str
    side : str
    threshold : float
    here : Outcome, or None
        In this configuration.
    picture : str
        Anchor of the picture that shows it; empty if it is not on the page, or if no run of this
        configuration measures what is claimed.
    elsewhere : tuple of Outcome
    """

    title: str
    statement: str
    source: str
    quantity: str
    side: str
    threshold: float
    here: Outcome | None
    picture: str
    elsewhere: tuple[Outcome, ...]

    @property
    def rank(self) -> int:
        """Its place: as the verdicts are ordered, then what is measured elsewhere alone."""
        if self.here is not None and (self.here.is_measured or self.here.is_decided):
            return VERDICTS.index(self.here.verdict)
        return len(VERDICTS) + (not self.is_telling)

    @property
    def is_telling(self) -> bool:
        """Whether it is measured here, or decided by other runs."""
        is_measured = self.here is not None and self.here.is_measured
        return is_measured or any(each.is_decided for each in self.elsewhere)


@dataclass(frozen=True)
class OfStudy:
    """The claims about one thing.

    Attributes
    ----------
    anchor, title : str
    subject : str
        What they are about, without what is after a comma.
    claims : tuple of Judged
        Those that tell something first.
    counts : tuple of (str, int)
        Number of claims with each verdict here.
    note : str
        What all notes on these verdicts say, if there are several; it is said once.
    """

    anchor: str
    title: str
    subject: str
    claims: tuple[Judged, ...]
    counts: tuple[tuple[str, int], ...]
    note: str


def judged_by_study(
    here: xr.Dataset | None,
    elsewhere: Sequence[xr.Dataset],
    anchors: Mapping[tuple[str, str], str],
) -> list[OfStudy]:
    """Return the claims by what they are about, those of a study (before the comma) together.

    Parameters
    ----------
    here : Dataset, optional
        The verdicts of this configuration.
    elsewhere : sequence of Dataset
        Outcomes of long runs, each with the attribute ``configuration``.
    anchors : mapping of (str, str) to str
        From what claims are about and the name of a figure to the anchor of its picture.
    """
    own = _by_claim(here)
    others = [_by_claim(each) for each in elsewhere]
    names = dict.fromkeys(name for each in (own, *others) for name in each)
    by_study: dict[str, list[Judged]] = {}
    for name in names:
        rows = [each[name] for each in (own, *others) if name in each]
        found = [_outcome(each[name]) for each in others if name in each]
        claim = _judged(rows[0], own.get(name), found, anchors)
        by_study.setdefault(_text(rows[0], "study"), []).append(claim)
    first = [subject_of(about) for about in by_study]
    ordered = sorted(by_study, key=lambda about: first.index(subject_of(about)))
    return [_of_study(about, by_study[about]) for about in ordered]


def subject_of(about: str) -> str:
    """Return what claims are about without what is after a comma.

    Examples
    --------
    >>> subject_of("surprise, parity")
    'surprise'
    """
    return about.partition(",")[0]


def _of_study(about: str, claims: Iterable[Judged]) -> OfStudy:
    ordered = tuple(sorted(claims, key=lambda claim: claim.rank))
    outcomes = [claim.here for claim in ordered if claim.here is not None]
    verdicts = [each.verdict for each in outcomes]
    return OfStudy(
        anchor=f"claims-{''.join(c if c.isalnum() else '-' for c in about)}",
        title=about[:1].upper() + about[1:],
        subject=subject_of(about),
        claims=ordered,
        counts=tuple((verdict, verdicts.count(verdict)) for verdict in VERDICTS),
        note=_shared([each.note for each in outcomes if each.note]),
    )


def _shared(notes: Sequence[str]) -> str:
    return notes[0] if len(notes) > 1 and len({*notes}) == 1 else ""


def _by_claim(judged: xr.Dataset | None) -> dict[str, xr.Dataset]:
    if judged is None:
        return {}
    return {str(name): judged.sel(claim=name) for name in judged["claim"].values}


def _judged(
    said: xr.Dataset,
    here: xr.Dataset | None,
    elsewhere: Iterable[Outcome],
    anchors: Mapping[tuple[str, str], str],
) -> Judged:
    about, figure = _text(said, "study"), _text(said, "figure")
    outcome = None if here is None else _outcome(here)
    is_measured = outcome is not None and outcome.is_measured
    return Judged(
        title=_text(said, "title"),
        statement=_text(said, "statement"),
        source=_text(said, "source"),
        quantity=_text(said, "quantity"),
        side=_text(said, "side"),
        threshold=_number(said, "threshold"),
        here=outcome,
        picture=anchors.get((about, figure), "") if is_measured else "",
        elsewhere=tuple(elsewhere),
    )


def _outcome(claim: xr.Dataset) -> Outcome:
    lower, upper = (
        (float(claim["interval"].sel(end=end)) for end in ("lower", "upper"))
        if "interval" in claim
        else (np.nan, np.nan)
    )
    return Outcome(
        configuration=str(claim.attrs.get("configuration", "")),
        value=_number(claim, "value"),
        lower=lower,
        upper=upper,
        runs=_number(claim, "runs"),
        unit=_text(claim, "unit") or "runs",
        verdict=_text(claim, "verdict"),
        outlook=_text(claim, "outlook"),
        note=_text(claim, "note"),
    )


def _text(claim: xr.Dataset, name: str) -> str:
    """Return a text of a claim; empty where its file does not have it."""
    return str(claim[name].item()) if name in claim else ""


def _number(claim: xr.Dataset, name: str) -> float:
    found: Any = claim.get(name, np.nan)
    return float(found)
