"""The code and the example in docs/own-networks.md run; its refusal is what is said there."""

import re
import sys
from types import ModuleType

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from ontogeny.config import ConfigurationError, parse_yaml
from ontogeny.groups import group
from ontogeny.known_studies import STUDIES
from ontogeny.plans import plans_of
from ontogeny.representations import irreps, real_irreps
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.irreps.datasets import frame_of
from ontogeny.studies.composition.irreps.stages import analysis_of
from ontogeny.studies.composition.networks.architectures.transformer import Transformer
from ontogeny.studies.composition.networks.reading import grid, matrices
from ontogeny.study import Places
from project import ROOT

PAGE = (ROOT / "docs" / "own-networks.md").read_text()
SETTINGS = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1]


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    """The files that the example names: a table of Q8, two checkpoints, training pairs."""
    monkeypatch.chdir(tmp_path)
    table = group("Q8").table
    lines = "\n".join(",".join(map(str, row)) for row in table)
    (tmp_path / "mine.csv").write_text(lines + "\n")
    (tmp_path / "training-pairs.csv").write_text("left,right\n0,1\n5,7\n")
    own = torch.nn.ModuleDict(
        {
            "tok": torch.nn.Embedding(8, 64),
            "fc1": torch.nn.Linear(128, 100),
            "fc2": torch.nn.Linear(100, 8),
        }
    )
    (tmp_path / "checkpoints").mkdir()
    for step in (0, 100):
        torch.save(own.state_dict(), tmp_path / "checkpoints" / f"step_{step}.pt")


def read(raw):
    return plans_of(raw, STUDIES, Places("any"))["composition"].section.experiments["own"]


def test_the_example_is_read():
    found = read(parse_yaml(SETTINGS))
    assert sorted(found.checkpoints_of(0)) == [0, 100]
    assert found.data.fraction == 2 / 64


def test_the_refusal_is_that_of_the_page():
    raw = parse_yaml(SETTINGS)
    del raw["composition"]["experiments"]["own"]["tensors"]
    with pytest.raises(ConfigurationError) as refused:
        read(raw)
    written = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)[1]
    assert str(refused.value).splitlines()[0] == " ".join(written.split())


CODE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


class HookedTransformer:
    """Behaves as the one of TransformerLens where the page uses it."""

    def __init__(self, shape):
        self.shape = shape

    def load_state_dict(self, state):
        self.W_E, self.W_U = state["W_E"], state["W_U"]
        self.W_out = state["W_out"][None]
        self.state = state

    def named_parameters(self):
        return self.state.items()

    def run_with_cache(self, tokens):
        found = self.shape.forward(self.state, tokens[:, 0], tokens[:, 1])
        assert (tokens[:, 2] == self.shape.order).all()
        positions = [torch.zeros_like(found.logits)] * 2 + [found.logits]
        hidden = [torch.zeros_like(found.hidden)] * 2 + [found.hidden]
        return torch.stack(positions, dim=1), {("post", 0): torch.stack(hidden, dim=1)}


def initial(shape, seed):
    drawn = shape.initial(torch.Generator().manual_seed(seed))
    return {name: values.double() for name, values in drawn.items()}


@pytest.fixture(scope="module")
def notebook():
    """What all code of the page leaves, run in its order: the run of each example."""
    shape = Transformer.universality(7, d_model=10, heads=2, d_head=5, d_mlp=14)
    module = ModuleType("transformer_lens")
    module.HookedTransformer = HookedTransformer
    names, found = {"config": shape}, []
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(sys.modules, "transformer_lens", module)
        for code in CODE:
            if "HookedTransformer" in code:
                names["states"] = {step: initial(shape, step) for step in (0, 100)}
            if "logits, train_pairs" in code:
                names["logits"] = {
                    step: np.random.default_rng(step).normal(size=(7, 7, 7)) for step in (0, 100)
                }
            exec(code, names)
            if "follow_group(" in code:
                found.append((names["run"], names.get("states"), names["train_pairs"]))
    plt.close("all")
    return shape, found


def test_the_module_of_pytorch_has_the_losses_that_pytorch_computes(notebook):
    run, states, train_pairs = notebook[1][0]
    last = states[200]
    a, b = map(torch.as_tensor, np.nonzero(train_pairs))
    embedded = torch.cat([last["tok.weight"][a], last["tok.weight"][b]], dim=1)
    hidden = torch.relu(embedded @ last["fc1.weight"].T + last["fc1.bias"])
    logits = hidden @ last["fc2.weight"].T + last["fc2.bias"]
    expected = float(torch.nn.functional.cross_entropy(logits.double(), (a + b) % 7))
    assert float(run["evaluation"]["loss"].sel(step=200, split="train")) == pytest.approx(expected)
    assert "absent" not in run["evaluation"].attrs


def test_the_transformer_has_the_numbers_that_the_workflow_computes(notebook):
    shape, found = notebook
    run, states, train_pairs = found[1]
    parameters = {name: value.numpy() for name, value in states[100].items()}
    table = group("C7")
    basis = irreps_dataset(table, irreps(table), real_irreps(table))
    expected = analysis_of(
        grid(shape, parameters),
        matrices(shape, parameters),
        train_pairs,
        frame_of(table_dataset(table), basis),
        entries=[str(label) for label in basis["entry"].values],
        key_similarity=0.005,
    )
    for name in ("excluded_hidden_loss", "embedding_fve", "neuron_fve", "squared_weights", "gini"):
        assert_allclose(run["analysis"][name], expected[name], rtol=1e-9, err_msg=name)


def test_logits_alone_say_what_is_absent(notebook):
    run, _, _ = notebook[1][2]
    assert "hidden layer is not known" in run["evaluation"].attrs["absent"]
    assert "excluded_logit_loss" in run["evaluation"]
