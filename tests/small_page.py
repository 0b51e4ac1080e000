"""The page of a small configuration, from stored results and without the workflow."""

from functools import partial
from pathlib import Path

import matplotlib.image
import numpy as np
import xarray as xr

from ontogeny.claims import Claim, judge
from ontogeny.estimates import Estimate
from ontogeny.figures import drawn_together
from ontogeny.known_studies import studies_of
from ontogeny.page.contents import page_of
from ontogeny.page.outline import outline
from ontogeny.page.template import rendered
from ontogeny.plans import plans_of
from ontogeny.study import Places
from opened_runs import stored

CONFIGURATION = {
    "composition": {
        "defaults": {
            "architecture": {"kind": "mlp", "embedding": 8, "hidden": 8},
            "schedule": {"steps": 20},
            "data": {"fraction": 0.6},
        },
        "run_figures": "first",
        "experiments": {
            "second": {"group": "S3", "seeds": [1, 0]},
            "adds": {"group": "C7", "seeds": [3]},
        },
    }
}
FINDINGS = {"composition": "All 3 networks generalise, & their circuits form early."}


class SmallPage:
    """A folder with the results of a small configuration, and its page.

    Attributes
    ----------
    folder : Path
        In which results are stored.
    plans : dict of Plan
    outline : dict
    """

    def __init__(self, folder, configuration=CONFIGURATION):
        self.folder = Path(folder)
        places = Places("small")
        self.plans = plans_of(configuration, studies_of(configuration), places)
        self._figures = {name: drawn_together(plan) for name, plan in self.plans.items()}
        self.outline = outline(self.plans, self._figures)

    def store(self):
        """Store what is on the page: results of runs, and a picture for each figure."""
        for name, plan in self.plans.items():
            for experiment, seed in plan.runs():
                stored(self.folder, f"results/small/{name}/{experiment}/seed{seed}")
            for together in self._figures[name]:
                for number, file in enumerate(together.files(plan, ".png")):
                    path = self.folder / file
                    path.parent.mkdir(parents=True, exist_ok=True)
                    # A wide picture has its caption below, a high one beside it.
                    picture = np.full((700, 1600 if number % 2 else 800, 3), 0.9)
                    matplotlib.image.imsave(path, picture)
                    path.with_suffix(".svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
        return self

    def text(self, **given):
        """Return the page as text."""
        given = {"findings": FINDINGS} | given
        return rendered(page_of(self.outline, self.folder / "results/small", **given))

    def written(self, **given):
        """Write the page beside the results, and return its path."""
        path = self.folder / "results/small/index.html"
        path.write_text(self.text(**given), encoding="utf-8")
        return path


def judged(*rows, configuration=None, figure=""):
    """Return verdicts, each row a name, value, lower and upper end, and number of runs.

    Above 0.5 a claim holds, with four runs at least.
    """
    claims = [
        Claim(
            name=name,
            title=f"Title of {name}",
            statement=f"Statement of {name} < 1.",
            source="a paper",
            quantity="a share",
            side="above",
            threshold=0.5,
            minimum=4,
            measure=partial(_given, Estimate(*found)),
        )
        for name, *found in rows
    ]
    found = judge(claims, xr.Dataset(), study="composition").assign(
        figure=("claim", np.full(len(claims), figure, dtype=object))
    )
    return found.assign_attrs(configuration=configuration) if configuration else found


def _given(found, results):
    return found
