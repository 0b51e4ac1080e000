"""The section ``composition`` of the configuration.

Only planning needs it, and it reads the captions of all figures; jobs need `config` alone.
"""

from typing import Literal

from pydantic import Field, PrivateAttr

from ontogeny.config import Files, Name, Section
from ontogeny.figures import section_of
from ontogeny.studies.composition.config import Analysis, Experiment, Level, Published, Style
from ontogeny.sweeps import Sweeps

__all__ = ["FIGURES", "Composition", "Figures"]

FIGURES = {
    "ontogeny.studies.composition.figures": "Group composition",
    "ontogeny.studies.composition.irreps.figures": "Group composition",
    "ontogeny.studies.composition.prediction.figures": "Group composition",
    "ontogeny.studies.composition.addition.figures": "Group composition",
}
"""The packages of the figures, with their category in the report."""

Figures = section_of(FIGURES, Style)


class Composition(Section):
    """The study of group composition."""

    defaults: Experiment | None = Field(
        None, description="What every experiment has unless it says otherwise."
    )
    experiments: dict[Name, Experiment] = Field(
        {}, description="Experiments by name; `published` adds to them."
    )
    published: str | Published | None = Field(
        None,
        description="Folder of the runs that the authors of arXiv 2302.03025 published "
        "(<name>/model.pt and cfg.json): each becomes a run of an experiment.",
    )
    analysis: Analysis = Field(Analysis(), description="Thresholds of the analyses.")
    figures: Figures = Field(Figures(), description="How figures look.")  # type: ignore[valid-type]
    own_figures: dict[Level, Files] = Field(
        {}, description="Files with figures of your own, by what each is drawn of."
    )
    own_measures: Files = Field(
        (), description="Files with measures of your own along the checkpoints of each run."
    )
    _sweeps: Sweeps = PrivateAttr(default_factory=dict)

    @property
    def sweeps(self) -> Sweeps:
        """Return the experiments of each sweep with the values of the swept fields."""
        return self._sweeps

    run_figures: Literal["all", "first", "none"] = Field(
        "all",
        description="Which runs of each experiment get figures of their own: all, that of the "
        "first seed, or none. Figures over seeds are always drawn.",
    )
