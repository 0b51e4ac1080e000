"""Networks of one's own in a notebook: the workflow's own numbers, and what cannot be told."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr
from numpy.testing import assert_allclose

import induction_networks as made
from induction_layouts import transformer_lens
from induction_runs import LATE, STEPS, WARM_UP, corpus, parameters
from ontogeny import draw, network_at
from ontogeny.config import parse_yaml
from ontogeny.networks.decoder import next_token_loss
from ontogeny.studies.induction import runs
from ontogeny.studies.induction.config import Analysis
from ontogeny.studies.induction.foreign_runs import EVALUATED
from ontogeny.studies.induction.own_networks import Heads, follow_heads
from ontogeny.studies.induction.records import checkpoints_dataset, history_dataset
from ontogeny.studies.induction.runs import train_network
from ontogeny.studies.induction.sources import corpus_dataset, source_of
from ontogeny.studies.induction.stages import analysis, evaluation
from ontogeny.studies.induction.study import STUDY
from ontogeny.study import read_sections

KEPT = STEPS[::5]


@cache
def trained(name):
    """Return corpus, training and record of a run of the tiny configuration."""
    raw = parse_yaml((Path(__file__).parents[3] / "config/test/induction.yaml").read_text())
    section = read_sections(raw, [STUDY])[0]["induction"]
    experiment = section.experiments[name]
    described = section.corpora[experiment.corpus]
    data = corpus_dataset(described, [])
    training = experiment.training(0)
    record = train_network(
        source_of(data, described),
        data["tokens"].values.astype("int64"),
        training,
        vocabulary=data.sizes["word"],
    )
    return data, training, record


def states(record):
    return {
        int(step): {name: values[place] for name, values in record.parameters.items()}
        for place, step in enumerate(record.step)
    }


@pytest.mark.parametrize("name", ["one-layer", "two-layers"])
@pytest.mark.parametrize("layout", [dict, transformer_lens])
def test_weights_give_the_numbers_of_the_workflow(name, layout):
    """To the last bit: the same functions compute them."""
    data, training, record = trained(name)
    checkpoints = checkpoints_dataset(record)
    checkpoints.attrs["spec"] = json.dumps({"training": training.model_dump(mode="json")})
    evaluated = evaluation(data, checkpoints)
    found = follow_heads(
        data, {step: layout(each) for step, each in states(record).items()}, warm_up=5
    )
    xr.testing.assert_equal(found["evaluation"].to_dataset(), evaluated)
    analysed = analysis(data, checkpoints, evaluated, thresholds=Analysis())
    xr.testing.assert_equal(found["analysis"].to_dataset(), analysed)
    history = history_dataset(record).drop_dims("update")
    xr.testing.assert_equal(found["history"].to_dataset(), history)
    assert "absent" not in found["evaluation"].attrs


def as_function(state, *, losses=False, weights=False, without=True, dtype=torch.float64):
    """Return the made network as functions."""
    held = {name: values.to(dtype) for name, values in state.items()}

    def outputs(logits, tokens):
        return next_token_loss(logits[:, :-1], tokens[:, 1:]) if losses else logits

    def run(tokens):
        read = torch.as_tensor(tokens)
        seen = made.SHAPE.forward(held, read)
        return outputs(seen.logits, read), seen.patterns

    def remove(tokens, removed):
        read = torch.as_tensor(tokens)
        keep = 1 - torch.as_tensor(removed).to(dtype)
        return outputs(made.SHAPE.forward(held, read, keep=keep).logits, read)

    return Heads(run, remove if without else None, dict(state) if weights else None)


@cache
def by_weights():
    states = {
        int(step): {k: v.double() for k, v in parameters(step, LATE).items()} for step in KEPT
    }
    return follow_heads(corpus(), states, positions="first", warm_up=WARM_UP)


@cache
def by_functions(**kind):
    networks = {int(step): as_function(parameters(step, LATE), **kind) for step in KEPT}
    return follow_heads(corpus(), networks, warm_up=WARM_UP)


@pytest.mark.parametrize("losses", [False, True])
def test_functions_give_the_same_numbers(losses):
    found, expected = by_functions(losses=losses, weights=True), by_weights()
    for child in ("history", "evaluation", "analysis"):
        dataset, other = found[child].to_dataset(), expected[child].to_dataset()
        assert set(dataset.data_vars) <= set(other.data_vars)
        for name, values in dataset.data_vars.items():
            wanted = other[name]
            for dim in ("ablation", "removal"):
                if dim in values.dims:
                    assert list(values[dim].values) == ["full"]
                    wanted = wanted.sel({dim: ["full"]})
            assert_allclose(values, wanted, rtol=1e-9, atol=1e-9, err_msg=name)


def test_what_is_absent_is_said():
    everything, found = by_weights(), by_functions(without=False)
    for child in ("evaluation", "analysis"):
        dataset = found[child].to_dataset()
        absent = set(everything[child].data_vars) - set(dataset.data_vars)
        assert absent
        said = dataset.attrs["absent"]
        derived = {"composition_baseline", "composition_deviation"}
        assert all(name in said for name in absent - derived), said
    assert "accuracy" in found["history"].data_vars
    losses = by_functions(losses=True, weights=True)["history"]
    assert "accuracy" not in losses.data_vars
    assert "accuracy is absent" in losses.attrs["absent"]


def test_the_root_says_what_was_found():
    for tree in (by_weights(), by_functions(weights=True)):
        assert tree.attrs["network"] == "2 layers of 4 heads, 5 checkpoints (steps 0 to 1,500)"
        assert tree.attrs["data"] == "16 sequences of 49 tokens out of 28"
        assert "induction heads: 1.0 (prefix matching" in tree.attrs["learned"]
    assert "head" in by_functions(without=False).attrs["learned"]


def test_sequences_are_enough_for_a_corpus():
    tokens = corpus()["tokens"].values
    networks = {0: as_function(parameters(1500, LATE))}
    found = follow_heads(tokens, networks, vocabulary=made.V)
    stored = follow_heads(corpus(), networks)
    for name in ("loss", "score", "matching", "half_loss"):
        assert_allclose(found["evaluation"][name], stored["evaluation"][name])
    assert "background" not in found["evaluation"]["token_kind"]
    repeated = np.tile(np.arange(1, 6), (3, 4))
    own = follow_heads(tokens, networks, vocabulary=made.V, repeated=repeated)
    best = own["evaluation"]["matching"].sel(offset=1).values[0, 1, 0]
    assert best > 0.9
    assert own["analysis"].sizes["token_index"] == 20


def run(tokens):
    return as_function(parameters(0, LATE)).run(tokens)


def shallow(tokens):
    logits, patterns = as_function(parameters(1500, LATE)).run(tokens)
    return logits, patterns[:1]


TOKENS = np.tile(np.arange(16), (4, 2))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"networks": {}}, "is empty"),
        ({"networks": {-1: run}}, "has the key -1"),
        ({"networks": {0: run, 1: run}}, "the same losses at all steps"),
        ({"networks": {0: parameters(0, LATE), 1: parameters(0, LATE)}}, "the same losses"),
        ({"networks": {0: run, 1: shallow}}, "step 1 has 1 layers .* step 0 has 2"),
        ({"corpus": xr.Dataset({"tokens": ("a", [1])})}, "lacks member, word, token_kind"),
        ({"networks": {0: {}, 1: run}}, "has state dicts and functions"),
        (
            {"networks": {3: lambda tokens: run(tokens)[0]}},
            "step 3: .* returns Tensor; return a pair",
        ),
        ({"networks": {3: lambda tokens: (run(tokens)[0][:, 1:], ())}}, r"shape \(4, 31, 28\)"),
        ({"networks": {0: lambda t: (run(t)[0], [p.mT for p in run(t)[1]])}}, "sum to 1"),
        ({"networks": {0: lambda t: (run(t)[0], [p[:, 0] for p in run(t)[1]])}}, "for each layer"),
        ({"networks": {0: lambda t: (run(t)[0] * np.nan, run(t)[1])}}, "not finite"),
        (
            {"networks": {0: run, 1: Heads(run, lambda t, _: run(t)[0])}},
            r"1\]` gives `without` and .*0\]` does not",
        ),
        ({"networks": {0: Heads(run, weights={"W": np.ones(3)})}}, "has no tensor .*embed"),
        ({"corpus": TOKENS[:, :12]}, "at least 2 sequences of 13 tokens"),
        ({"corpus": TOKENS[0]}, "whole numbers"),
        ({"vocabulary": 10}, "tokens from 0 to 15"),
        ({"repeated": TOKENS[:, :16]}, "comes again"),
    ],
)
def test_what_cannot_be_followed_is_refused(changed, said):
    given = {"corpus": TOKENS, "networks": {0: run}, "vocabulary": made.V} | changed
    with pytest.raises(ValueError, match=f"(?s){said}"):
        follow_heads(given.pop("corpus"), given.pop("networks"), **given)


def test_both_ways_warn_alike():
    for child in ("evaluation", "analysis"):
        warned = by_weights()[child].attrs.get("warnings")
        assert by_functions()[child].attrs.get("warnings") == warned
    few = np.tile(TOKENS[:1], (20, 1))
    for network in (run, parameters(0, LATE)):
        found = follow_heads(few, {0: network}, vocabulary=made.V, positions="first")
        assert "Only 1 of 20 sequences" in found["evaluation"].attrs["warnings"]
        assert "Without a phase change" in found["analysis"].attrs["warnings"]
        assert "Only 1 of 20 sequences" in found.attrs["warnings"]


def test_a_network_of_state_dicts_can_be_run_at_its_steps():
    found = by_weights()
    tokens = corpus()["tokens"].values[:2].astype("int64")
    step = int(KEPT[-1])
    expected = as_function(parameters(step, LATE)).run(tokens)[0]
    assert_allclose(network_at(found, step)(tokens), expected, rtol=1e-4, atol=1e-4)


def test_figures_of_several_layers_are_drawn_of_state_dicts():
    for figure in ("evaluators", "patterns", "overview", "text"):
        assert draw(by_weights(), figure, resolution=60).axes


def test_the_history_is_measured_on_as_many_sequences_as_while_training():
    assert EVALUATED == runs._EVALUATED
