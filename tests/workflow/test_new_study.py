"""A study without networks is added to a copy of the project: its own folders and two lines."""

import pytest

from project import Project

OWN = {
    "workflow/ontogeny/studies/coins/__init__.py": '"""How often coins show heads."""\n',
    "workflow/ontogeny/studies/coins/figures/__init__.py": '"""Figures."""\n',
    "workflow/ontogeny/studies/coins/figures/run/__init__.py": '"""Figures of a run."""\n',
    "workflow/ontogeny/studies/coins/figures/run/heads.py": '''"""Share of heads.

The share of heads among the coins of each draw.
"""

from ontogeny.plotting import figure, settings


def numbers(evaluation):
    return evaluation[["heads"]]


def draw(numbers, style, title):
    with settings():
        drawn = figure(width=style.width, height=0.6 * style.width)
        drawn.subplots().plot(numbers["draw"], numbers["heads"])
    return drawn
''',
    "workflow/ontogeny/studies/coins/labels.py": '''"""Dimensions."""

from ontogeny import labels

DIMENSIONS = labels.DIMENSIONS | {"draw": "draw of all coins"}

_LABELS = labels.Labels(DIMENSIONS)
dataset, variable = _LABELS.dataset, _LABELS.variable
''',
    "workflow/ontogeny/studies/coins/config.py": '''"""The section ``coins``."""

from typing import Literal

from pydantic import Field

from ontogeny.config import Count, Files, Name, Section, Seeds, Style, validate, with_style
from ontogeny.figures import section_of

FIGURES = {"ontogeny.studies.coins.figures": "Coins"}
Figures = section_of(FIGURES, Style)


class Experiment(Section):
    seeds: Seeds = Field(description="Seeds.")
    coins: Count = Field(10, description="Coins of a draw.")


class Coins(Section):
    experiments: dict[Name, Experiment] = Field(description="Experiments.")
    figures: Figures = Field(Figures(), description="How figures look.")
    own_figures: dict[Literal["run"], Files] = Field({}, description="Own figures.")
    run_figures: Literal["all", "first", "none"] = Field("all", description="Which runs.")


def resolve(raw):
    return validate(with_style(raw, Figures, Style, at="coins"), Coins, at="coins")
''',
    "workflow/ontogeny/studies/coins/claims.py": '''"""Claims about coins."""

from ontogeny.claims import Claim
from ontogeny.estimates import mean


def _fair(results):
    return mean(results["heads"].values)


CLAIMS = (
    Claim(
        name="fair",
        title="Coins are fair",
        statement="Half of them show heads.",
        quantity="mean share of heads",
        source="a bag of coins",
        side="above",
        threshold=0.1,
        minimum=2,
        measure=_fair,
    ),
)
''',
    "workflow/ontogeny/studies/coins/study.py": '''"""The study of coins."""

from ontogeny.config import canonical, specification
from ontogeny.studies.coins.config import FIGURES, Coins, Style, resolve
from ontogeny.studies.coins.labels import DIMENSIONS
from ontogeny.study import Claims, Plan, Study, Subject


class CoinsPlan(Plan):
    def specified(self, wildcards):
        about = specification(self.experiment(wildcards)) | {"seed": int(wildcards.seed)}
        return canonical({key: value for key, value in about.items() if key != "seeds"})

    def all_runs(self):
        return canonical({"runs": [{"experiment": e, "seed": s} for e, s in self.runs()]})

    def targets(self):
        return self.files(self.runs(), "evaluation")

    def joined(self):
        return ["comparison"]

    def subjects(self, level):
        return [
            Subject(
                {"experiment": experiment, "seed": str(seed)},
                experiment,
                {"evaluation": self.files([(experiment, seed)], "evaluation")[0]},
            )
            for experiment, seed in self.runs()
        ]

    def finding(self, read):
        return f"There are {read(self.result('comparison')).sizes['run']} runs."


STUDY = Study(
    name="coins",
    title="Coins",
    section=Coins,
    resolve=resolve,
    plan=CoinsPlan,
    levels={"run": "figures/{experiment}/seed{seed}"},
    facts={},
    figures=FIGURES,
    style=Style,
    dimensions=DIMENSIONS,
    claims=(Claims("claims", "ontogeny.studies.coins.claims", "comparison", "coins"),),
)
''',
    "workflow/rules/coins.smk": """COINS = PLANS["coins"]


rule coins_evaluation:
    output:
        evaluation=COINS.run_file("evaluation"),
    log:
        COINS.run_log("evaluation"),
    params:
        spec=COINS.specified,
        code=code_of("coins/evaluation", COINS.study),
    message:
        "evaluation of {wildcards.experiment}, seed {wildcards.seed}"
    script:
        "../scripts/coins/evaluation.py"


rule coins_comparison:
    input:
        evaluation=COINS.files(COINS.runs(), "evaluation"),
    output:
        comparison=COINS.result("comparison"),
    log:
        COINS.log("comparison"),
    params:
        spec=COINS.all_runs(),
        code=code_of("coins/comparison", COINS.study),
    message:
        "comparison of all coins"
    script:
        "../scripts/coins/comparison.py"
""",
    "workflow/scripts/coins/evaluation.py": """import json

import numpy as np

from ontogeny.job import Job
from ontogeny.studies.coins.labels import dataset, variable

job = Job(snakemake)
coins = job.spec.get("coins", 10)
shown = np.random.default_rng(job.spec["seed"]).integers(0, 2, (20, coins)).mean(axis=1)
heads = variable("draw", shown, "share of heads")
about = {"data": f"{coins} coins", "configuration": json.dumps({"coins": coins})}
found = dataset({"heads": heads}, {"draw": np.arange(20)}, title="Coins")
job.write(found, "evaluation", about=about)
""",
    "workflow/scripts/coins/comparison.py": """from ontogeny.job import Job
from ontogeny.joins.rows import described
from ontogeny.studies.coins.labels import dataset, variable

job = Job(snakemake)
runs = job.runs()
heads = [float(run.results["evaluation"]["heads"].mean()) for run in runs]
found = {"heads": variable("run", heads, "share of heads")}
job.write(dataset(found, described(runs), title="All coins"), "comparison")
""",
    "config/coins.yaml": "coins:\n  experiments: { bag: { seeds: [0, 1] } }\n",
}
SHARED = ("NAMES = (", 'NAMES = ("coins", ')


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    made = Project.made(tmp_path_factory.mktemp("new") / "project", "config/coins.yaml")
    for path, text in OWN.items():
        made.write(path, text)
    made.edit("workflow/ontogeny/known_studies.py", *SHARED)
    return made


def test_a_study_without_networks_runs_with_figures_claims_and_exact_reruns(project):
    said = project.run()
    assert "Open results/coins/index.html" in said
    assert "There are 2 runs." in (project.results / "index.html").read_text(encoding="utf-8")
    evaluation = project.opened("coins/bag/seed1/evaluation")
    assert (evaluation.attrs["experiment"], evaluation.attrs["seed"]) == ("bag", 1)
    for name in ("coins/comparison", "coins/figures/bag/seed1/heads"):
        assert project.opened(name).attrs["data"] == "10 coins"
    assert project.opened("coins/comparison").attrs["seeds"] == "0, 1"
    assert (project.results / "coins/figures/bag/seed0/heads.svg").exists()
    assert list(project.opened("claims")["claim"].values) == ["fair"]
    assert project.plan() == set()
    project.append("workflow/ontogeny/studies/coins/figures/run/heads.py", "\nUNUSED = 1\n")
    assert project.plan() == {"figures of bag, seed 0", "figures of bag, seed 1"}
