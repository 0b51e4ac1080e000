"""Distribution of the scores of toxic and harmless comments, with and without a group.

Scores are those of the test comments at the chosen checkpoint: toxic ones (solid) and harmless ones
(dashed), those that name a group (D) and those that are known to name none (B). If harmless
comments with a group (D-) are to the right of those without (B-), the network takes the group for a
sign of toxicity. The further apart solid and dashed lines are, the higher is the AUC.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.labels import text
from ontogeny.plotting import PALETTE, figure, settings
from ontogeny.studies.noisy_labels.corpora.comments import PARTS

__all__ = ["draw", "numbers"]

_KINDS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "B-": ("harmless, no group (B-)", {"color": PALETTE[0], "ls": "--"}),
    "D-": ("harmless, a group (D-)", {"color": PALETTE[1], "ls": "--"}),
    "B+": ("toxic, no group (B+)", {"color": PALETTE[0], "ls": "-"}),
    "D+": ("toxic, a group (D+)", {"color": PALETTE[1], "ls": "-"}),
}


def numbers(corpus: xr.Dataset, scores: xr.Dataset) -> xr.Dataset:
    """Select the scores of test comments at the chosen checkpoint, and the kind of each."""
    of_test = corpus[["label", "member", "known", "part"]].isel(comment=scores["comment"].values)
    score = scores["score"].sel(step=scores["chosen"]).drop_vars("step")
    named, toxic = of_test["member"].any("identity").values, of_test["label"].values == 1
    kind = np.char.add(np.where(named, "D", "B"), np.where(toxic, "+", "-"))
    shown = (of_test["part"].values == PARTS.index("test")) & of_test["known"].values.astype(bool)
    chosen = score.isel(comment=shown).astype(np.float64)
    return xr.Dataset({"score": chosen, "kind": ("comment", text(kind[shown]))})


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw the density of each kind of comments."""
    score, kind = numbers["score"].values, numbers["kind"].values
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        axes = drawn.subplots()
        bins = np.linspace(score.min(), score.max(), 41).tolist()
        for name, (label, look) in _KINDS.items():
            each = score[kind == name]
            if each.size:
                axes.hist(
                    each,
                    bins,
                    density=True,
                    histtype="step",
                    lw=1.4,
                    label=f"{label}: {each.size:,}",
                    **look,
                )
        axes.set(xlabel="score: logit of toxic [nat]", ylabel="density [1/nat]", title=title)
        drawn.legend(loc="outside lower center", ncols=2)
    return drawn
