"""A network as anyone writes it in PyTorch, with its own names, biases and training pairs.

The real `snakemake` reads it by the configuration, and finds the losses that PyTorch finds.
"""

import numpy as np
import pytest
import torch

from ontogeny.groups import group
from project import Project, output_of

CONFIG = """\
composition:
  defaults:
    group: S3
    architecture: { kind: mlp, embedding: 5, hidden: 7, biases: true }
    seeds: [0]
    tensors:
      W_x: tok.weight
      W_y: tok.weight
      W: fc1.weight.T
      b: fc1.bias
      W_U: fc2.weight.T
      b_U: fc2.bias
  experiments:
    given: { weights: checkpoints, data: { pairs: pairs.csv } }
    unknown: { weights: copies }
"""
STEPS = (0, 20, 60)
ELEMENTS = group("S3")
LEFT, RIGHT = (torch.as_tensor(each) for each in np.divmod(np.arange(36), 6))
ANSWER = torch.tensor(ELEMENTS.table).reshape(-1)


class Own(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.tok = torch.nn.Embedding(6, 5)
        self.fc1, self.fc2 = torch.nn.Linear(10, 7), torch.nn.Linear(7, 6)

    def forward(self, left, right):
        hidden = self.fc1(torch.cat([self.tok(left), self.tok(right)], dim=1))
        return self.fc2(torch.relu(hidden))


def losses(model, rows):
    with torch.no_grad():
        logits = model.double()(LEFT, RIGHT)
    model.float()
    found = torch.nn.functional.cross_entropy(logits, ANSWER, reduction="none").numpy()
    chosen = np.isin(np.arange(36), rows)
    return found[chosen].mean(), found[~chosen].mean(), found.mean()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project with checkpoints, its training pairs by label, and the losses of PyTorch."""
    project = Project.made(tmp_path_factory.mktemp("own") / "project", "own.yaml", CONFIG)
    torch.manual_seed(3)
    rows = np.random.default_rng(1).permutation(36)[:20]
    model = Own()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    expected = []
    for folder in ("checkpoints", "copies"):
        (project.folder / folder).mkdir()
    for step in range(STEPS[-1] + 1):
        if step in STEPS:
            for folder in ("checkpoints", "copies"):
                torch.save(model.state_dict(), project.folder / folder / f"step_{step}.pt")
            expected.append(losses(model, rows))
        optimiser.zero_grad()
        logits = model(LEFT[rows], RIGHT[rows])
        torch.nn.functional.cross_entropy(logits, ANSWER[rows]).backward()
        optimiser.step()
    pairs = [f'"{ELEMENTS.labels[row // 6]}","{ELEMENTS.labels[row % 6]}"' for row in rows]
    project.write("pairs.csv", "\n".join(["left,right", *pairs]) + "\n")
    project.run(*(f"results/own/composition/{each}/seed0/history.nc" for each in RUNS), cores=1)
    return project, np.sort(rows), np.array(expected)


RUNS = ("given", "unknown")


def test_losses_are_those_of_pytorch(made):
    project, rows, expected = made
    history = project.opened("composition/given/seed0/history")
    assert history["step"].values.tolist() == [*STEPS]
    assert history["split"].values.tolist() == ["train", "test"]
    np.testing.assert_allclose(history["loss"].transpose("step", "split"), expected[:, :2], 1e-6)
    np.testing.assert_array_equal(history["train_index"], rows)


def test_without_a_split_there_is_the_loss_of_all_pairs_alone(made):
    project, _, expected = made
    history = project.opened("composition/unknown/seed0/history")
    assert history["split"].values.tolist() == ["all"]
    assert "train_index" not in history
    np.testing.assert_allclose(history["loss"].sel(split="all"), expected[:, 2], 1e-6)
    assert "not known which pairs" in history.attrs["absent"]


def test_another_file_of_pairs_is_read_again(made, tmp_path):
    project = made[0].linked(tmp_path / "copy")
    targets = [f"results/own/composition/{each}/seed0/history.nc" for each in RUNS]
    assert project.plan(*targets) == set()
    lines = (project.folder / "pairs.csv").read_text().splitlines()
    project.write("pairs.csv", "\n".join(lines[:-1]) + "\n")
    assert project.plan(*targets) == {"read the weights of given, seed 0"}


def test_a_wrong_mapping_is_refused_before_any_job(made, tmp_path):
    project = made[0].copied(tmp_path / "copy", without=("results",))
    project.edit("own.yaml", "W: fc1.weight.T", "W: fc1.weight")
    run = project.tried("--cores", "1")
    assert run.returncode != 0
    said = "fc1.weight has the shape (7, 10), not (10, 7): it is the transpose"
    assert said in output_of(run)
    assert not project.results.exists()
