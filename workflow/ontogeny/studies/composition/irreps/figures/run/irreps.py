"""When each irrep is learned.

Each irreducible representation along training; irreps that are key at the final checkpoint are
coloured. Above, the cosine between the logits and the character of the irrep, on test pairs and on
all pairs; below, the share of both embeddings and of the unembedding that the irrep explains. An
irrep is learned when its similarity on test pairs passes the dotted line. The similarity on all
pairs does not show this: while training pairs are memorised it grows for every irrep, roughly in
proportion to its degree.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, settings
from ontogeny.studies.composition.config import Style
from ontogeny.studies.composition.irreps.analysis import LEARNED
from ontogeny.studies.composition.irreps.panels import irrep_lines
from ontogeny.studies.composition.labels import variable
from ontogeny.studies.composition.step_panels import over_steps

__all__ = ["draw", "numbers"]

NEEDS = ("split", "steps")

_PANELS = {
    "test_logit_similarity": "logit similarity, test pairs",
    "logit_similarity": "logit similarity, all pairs",
    "embeddings_share": "share of the embeddings",
    "unembedding_fve": "share of the unembedding",
}
_SIMILARITIES = 2
"""Number of panels, the first ones, that show a similarity."""


def numbers(evaluation: xr.Dataset) -> xr.Dataset:
    """Select what each irrep explains along `step`."""
    chosen = evaluation[
        [
            "test_logit_similarity",
            "logit_similarity",
            "embeddings_share",
            "unembedding_fve",
            "key",
            "phase_boundary",
        ]
    ]
    return chosen.assign(
        learned=variable((), LEARNED, "logit similarity above which an irrep is learned")
    )


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw one panel a place; key irreps in their colours, the others in grey."""
    with settings():
        drawn = figure(width=1.25 * style.width, height=0.85 * style.width)
        panels = drawn.subplots(2, 2, sharex=True)
        for axes, (name, label) in zip(panels.ravel(), _PANELS.items(), strict=True):
            irrep_lines(axes, numbers[name], numbers["key"])
            axes.set_ylabel(label)
        for axes in panels.ravel()[:_SIMILARITIES]:
            axes.axhline(float(numbers["learned"]), color="#444444", lw=0.8, ls=":", zorder=1)
        drawn.legend(
            *panels[0, 0].get_legend_handles_labels(), loc="outside right upper", title="irrep"
        )
        over_steps(drawn, [*panels.ravel()], numbers, style, last_row=2)
        drawn.suptitle(title, fontsize=10)
    return drawn
