"""Networks of induction heads that were trained elsewhere, given by the configuration."""

import numpy as np
import pytest
import torch
import xarray as xr

from project import Project, output_of

CONFIG = "config/theirs.yaml"
OURS = """\
name: theirs
induction:
  corpora:
    phrases: {{ kind: phrases, vocabulary: 16, length: 24, sequences: 16 }}
  defaults:
    corpus: phrases
    seeds: [0]
    network: {{ layers: 2, d_model: 8, heads: 2 }}
    optimiser: {{ batch: 4, warm_up: 5 }}
    schedule: {{ steps: 40, checkpoints: {{ every: 8 }} }}
  figures: {{ defaults: {{ resolution: 60 }} }}
  experiments:
    ours: {{}}
{0}"""
MAPPING = """\
      tensors:
        W_E: tok.weight
        gain: 'block.{{layer}}.norm.weight'
        W_Q: 'block.{{layer}}.q.weight.T'
        W_K: 'block.{{layer}}.k.weight.T'
        W_V: 'block.{{layer}}.v.weight.T'
        W_O: 'block.{{layer}}.o.weight.T'
        gain_final: norm.weight
        W_U: head.weight.T
"""
THEIRS = "    theirs:\n      weights: theirs\n" + MAPPING
LAST = "    last:\n      weights: theirs/step40.pt\n" + MAPPING


def saved(checkpoints, folder):
    """Save each checkpoint as the state dict of linear layers, whose matrices are transposed."""
    folder.mkdir()
    for place, step in enumerate(checkpoints["step"].values):
        held = {str(name): values.values[place] for name, values in checkpoints.items()}
        state = {
            "tok.weight": held["W_E"],
            "norm.weight": held["gain_final"],
            "head.weight": held["W_U"].T,
        }
        for layer in range(2):
            at = f"block.{layer}"
            state[f"{at}.norm.weight"] = held["gain"][layer]
            for name in "qkv":
                state[f"{at}.{name}.weight"] = np.concatenate(
                    [head.T for head in held[f"W_{name.upper()}"][layer]]
                )
            state[f"{at}.o.weight"] = np.concatenate(list(held["W_O"][layer])).T
        tensors = {name: torch.tensor(np.ascontiguousarray(v)) for name, v in state.items()}
        torch.save(tensors, folder / f"step{step}.pt")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a project with a run of ours, and the same checkpoints as files from elsewhere."""
    folder = tmp_path_factory.mktemp("theirs") / "project"
    found = Project.made(folder, CONFIG, OURS.format(""))
    found.run("results/theirs/induction/ours/seed0/analysis.nc")
    saved(found.opened("induction/ours/seed0/checkpoints"), folder / "theirs")
    found.write(CONFIG, OURS.format((THEIRS + LAST).format()))
    found.run()
    return found


def test_the_numbers_are_those_of_our_own_run(project):
    for result in ("checkpoints", "evaluation", "analysis"):
        ours, theirs = (project.opened(f"induction/{n}/seed0/{result}") for n in ("ours", "theirs"))
        xr.testing.assert_equal(ours, theirs)
    history = project.opened("induction/theirs/seed0/history")
    xr.testing.assert_equal(
        history.drop_dims("update"),
        project.opened("induction/ours/seed0/history").drop_dims("update"),
    )
    assert history.sizes["update"] == 0


def test_one_file_is_a_run_of_one_checkpoint(project):
    ours, last = (project.opened(f"induction/{n}/seed0/evaluation") for n in ("ours", "last"))
    xr.testing.assert_equal(ours.isel(step=[-1]), last)
    figures = {path.stem for path in (project.results / "induction/figures/last").rglob("*.svg")}
    assert "patterns" in figures
    assert not {"overview", "text"} & figures
    comparison = project.opened("induction/comparison")
    assert set(comparison["experiment_of_run"].values) == {"ours", "theirs", "last"}


def test_another_file_is_read_again_and_another_run_is_not(project, tmp_path):
    other = project.linked(tmp_path / "other")
    state = torch.load(other.folder / "theirs/step40.pt")
    torch.save({k: v + 1 for k, v in state.items()}, other.folder / "new.pt")
    (other.folder / "new.pt").replace(other.folder / "theirs/step40.pt")
    planned = other.plan()
    assert "read the weights of theirs, seed 0" in planned
    assert not any("ours, seed 0" in job for job in planned)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "W_U: head.weight.T",
            "W_U: head.weight",
            "weights` = 'theirs/step0.pt' and 5 more files: head.weight has the shape (16, 8), and "
            "W_U is (8, 16); it is the transpose",
        ),
        (
            "W_U: head.weight.T",
            "",
            "lacks W_U (8, 16); the nearest mapping is `tensors: {W_U: ",
        ),
        ("weights: theirs\n", "weights: [theirs, last.pt]\n", "gives 2 files for 1 seed"),
        ("weights: theirs\n", "weights: nowhere.pt\n", "= 'nowhere.pt': does not exist"),
        ("      weights: theirs\n", "", "theirs.tensors`: names tensors in files of `weights`"),
    ],
)
def test_what_does_not_fit_is_refused_before_any_job(project, tmp_path, old, new, said):
    text = OURS.format(THEIRS.format())
    assert old in text
    other = project.linked(tmp_path / "other")
    other.write(CONFIG, text.replace(old, new, 1))
    run = other.tried("--dry-run")
    assert run.returncode
    assert said in " ".join(output_of(run).split())
