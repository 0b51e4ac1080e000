"""The code of the page on networks of one's own runs as it is written there."""

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from induction_layouts import one_matrix, transformer_lens
from ontogeny.config import parse_yaml
from ontogeny.networks.axes import AXES
from ontogeny.networks.decoder import Transformer
from ontogeny.studies.induction.config import Experiment
from ontogeny.studies.induction.layouts import GPT_2, TRANSFORMER_LENS

PAGE = (Path(__file__).parents[3] / "docs" / "own-networks-heads.md").read_text(encoding="utf-8")
SHAPE = Transformer(16, layers=2, d_model=8, heads=2)
STEPS = [0, 200, 400, 600]


def parameters(seed):
    return SHAPE.initial(torch.Generator().manual_seed(seed))


def arrays(seed):
    return {name: values.numpy() for name, values in parameters(seed).items()}


def own(seed):
    """Return linear layers under the names of the page."""
    held = arrays(seed)
    found = {
        "tok.weight": held["W_E"],
        "norm.weight": held["gain_final"],
        "head.weight": held["W_U"].T,
    }
    for layer in range(2):
        at = f"blocks.{layer}"
        found[f"{at}.norm.weight"] = held["gain"][layer]
        for letter in "qkvo":
            name = f"W_{letter.upper()}"
            found[f"{at}.attn.{letter}.weight"] = one_matrix(name, held[name][layer]).T
    return found


class HookedTransformer:
    """Behaves as the one of TransformerLens where the page uses it."""

    cfg = SimpleNamespace(n_layers=2)

    def __init__(self, seed):
        self.parameters = parameters(seed)

    def run_with_cache(self, tokens):
        seen = SHAPE.forward(self.parameters, tokens)
        return seen.logits, {("pattern", layer): p for layer, p in enumerate(seen.patterns)}

    def run_with_hooks(self, tokens, fwd_hooks):
        keep = torch.ones(2, 2)
        for name, hook in fwd_hooks:
            z = hook(torch.ones(*tokens.shape, 2, 4), hook=None)  # (B, T, H, e)
            keep[int(name.split(".")[1])] = z[0, 0, :, 0]
        return SHAPE.forward(self.parameters, tokens, keep=keep).logits

    def state_dict(self):
        return {name: torch.tensor(v) for name, v in transformer_lens(arrays(0)).items()}


@pytest.fixture(scope="module")
def run():
    """Run all code of the page, in its order, and return what it leaves."""
    rng = np.random.default_rng(0)
    names = {
        "sequences": np.tile(rng.integers(1, 16, (8, 12)), (1, 2)),
        "steps": STEPS,
        "state_dicts": {step: transformer_lens(arrays(step)) for step in STEPS},
        "own_state_dict": own(0),
        "models": {step: HookedTransformer(step) for step in STEPS},
        "torch": torch,
    }
    found = []
    for code in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(code, "own-networks-heads.md", "exec"), names)
        if "run" in names:
            found.append(names["run"])
    return found


def test_the_three_ways_give_the_same_numbers(run):
    by_layout, by_mapping, by_function = run
    for name in ("loss", "matching", "ov_eigenvalue", "previous_token"):
        first = by_layout["evaluation"][name].isel(step=0)
        np.testing.assert_array_equal(first, by_mapping["evaluation"][name].isel(step=0))
        np.testing.assert_allclose(
            first, by_function["evaluation"][name].isel(step=0), rtol=1e-5, atol=1e-6
        )
    removed = by_function["evaluation"]["ablated_loss"].sel(ablation="full").isel(step=0)
    expected = by_layout["evaluation"]["ablated_loss"].sel(ablation="full").isel(step=0)
    np.testing.assert_allclose(removed, expected, rtol=1e-5)


def test_the_table_is_that_of_the_layouts():
    rows = [line for line in PAGE.splitlines() if re.match(r"\| `(W|gain)", line)]
    assert len(rows) == 9
    for row in rows:
        name = re.findall(r"`(\w+)`", row)[0]
        assert f"`{TRANSFORMER_LENS[name]}`" in row
        assert f"`{GPT_2[name]}`" in row
    named = {name for name in AXES if f"`{name}`" in PAGE}
    assert named == set(TRANSFORMER_LENS)


def test_the_configuration_of_the_page_is_one():
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    theirs = parse_yaml(text)["induction"]["experiments"]["theirs"]
    found = Experiment.model_validate(theirs)
    assert found.tensors["W_U"] == "head.weight.T"
    assert found.weights == ("checkpoints/",)
