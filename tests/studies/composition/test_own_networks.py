"""Networks of one's own: the workflow's own numbers, what is absent, and what is refused."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from composition_trained import RUNS, trained
from ontogeny.groups import from_permutations, group
from ontogeny.studies.composition.addition import stages as addition
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.own_networks import GroupNetwork, follow_group

ORDER = 5
TABLE = np.add.outer(np.arange(ORDER), np.arange(ORDER)) % ORDER
KNOWN = 3 * np.eye(ORDER)[TABLE]
TRAIN = np.random.default_rng(0).random((ORDER, ORDER)) < 0.5


def own_networks(run):
    """The checkpoints of a run as functions with tensors, in float64."""
    architecture = build(run.spec.architecture, len(run.product))

    def network(index):
        parameters = {
            name: torch.as_tensor(values.values[index]).double()
            for name, values in run.checkpoints.items()
        }

        def function(left, right):
            found = architecture.forward(parameters, torch.as_tensor(left), torch.as_tensor(right))
            return found.logits, found.hidden

        matrices = architecture.readout(parameters)
        embeddings = matrices.left_embedding, matrices.right_embedding
        return GroupNetwork(function, embeddings, matrices.unembedding, parameters)

    return {int(step): network(index) for index, step in enumerate(run.checkpoints["step"])}


@pytest.mark.parametrize("name", RUNS)
def test_numbers_are_those_of_the_workflow(name):
    run, (of, threshold, _) = trained(name), RUNS[name]
    found = follow_group(of, own_networks(run), run.train, key_similarity=threshold)
    for stage in ("analysis", "evaluation"):
        expected = getattr(run, stage)
        assert set(found[stage].data_vars) == set(expected.data_vars)
        assert "absent" not in found[stage].attrs
        for variable, values in expected.variables.items():
            if values.dtype.kind in "fiub":
                assert_allclose(
                    found[stage][variable].values,
                    values.values,
                    rtol=1e-9,
                    atol=1e-12,
                    err_msg=variable,
                )
            else:
                assert found[stage][variable].values.tolist() == values.values.tolist()
    of_splits = run.evaluation["loss"].sel(split=["train", "test"])
    assert_allclose(found["history"]["loss"], of_splits, rtol=1e-9)
    assert found["history"]["train_index"].values.tolist() == (
        sorted(run.history["train_index"].values.tolist())
    )


def test_frequencies_of_residues_are_those_of_the_workflow():
    run = trained("C7, transformer")
    found = follow_group("C7", own_networks(run), run.train)
    stored = run.table, run.checkpoints, run.history
    final = addition.analysis(*stored)
    expected = {
        "addition_analysis": final,
        "addition_evaluation": addition.evaluation(*stored, final),
    }
    for stage, of_workflow in expected.items():
        common = [
            name
            for name, values in found[stage].data_vars.items()
            if values.dtype.kind in "fiub" and values.dims == of_workflow[name].dims
        ]
        assert set(common) == set(found[stage].data_vars)
        assert {
            name
            for name in set(of_workflow.data_vars) - set(common)
            if "attention" not in name and "score_" not in name
        } <= {
            "alignment",
            "gradient_symmetricity",
            "head_chance",
            "isolated_clock_share",
            "isolated_pizza_share",
            "neuron_input_share",
            "output_share",
            "slingshots",
        }
        for name in common:
            shared = [dim for dim in ("ablation", "key_rule") if dim in found[stage][name].dims]
            of_same = of_workflow[name].sel({dim: found[stage][dim] for dim in shared})
            assert_allclose(found[stage][name], of_same, rtol=1e-8, atol=1e-10, err_msg=name)


def test_logits_alone_tell_what_they_can_and_the_rest_is_absent_with_its_reason():
    run = follow_group("C5", {0: np.zeros((5, 5, 5)), 10: KNOWN}, TRAIN)
    along, final = run["evaluation"], run["analysis"]
    assert along["accuracy"].sel(step=10).values.tolist() == [1.0, 1.0, 1.0]
    assert along["learned_step"].values[1:].tolist() == [10.0, 10.0]
    assert {"excluded_logit_loss", "restricted_logit_loss", "phase_boundary"} <= set(along)
    assert not {"hidden_fve", "gini", "squared_weights", "embedding_fve"} & set(along)
    assert "unembedding_fve" not in final
    reasons = along.attrs["absent"].splitlines()
    assert len(reasons) == 4
    assert all(" not known: no " in reason for reason in reasons)


def test_without_training_pairs_nothing_rests_on_them():
    run = follow_group("C5", {0: np.zeros((5, 5, 5)), 10: KNOWN})
    along = run["evaluation"]
    assert along["split"].values.tolist() == run["history"]["split"].values.tolist() == ["all"]
    assert "train_index" not in run["history"]
    absent = {name for name in along if "excluded" in name or "phase" in name or "test" in name}
    assert not absent | ({"learned_step"} & set(along))
    assert along["all_pairs_learned_step"].values[1:].tolist() == [10.0, 10.0]
    assert along.attrs["absent"].startswith("The training pairs are not known")


def test_where_all_pairs_are_trained_on_there_are_no_test_pairs():
    everything = np.ones((5, 5), dtype=bool)
    run = follow_group("C5", {0: np.zeros((5, 5, 5)), 10: KNOWN}, everything)
    along = run["evaluation"]
    assert along["split"].values.tolist() == ["train", "all"]
    assert run["history"]["split"].values.tolist() == ["train"]
    assert run["history"]["train_index"].values.tolist() == list(range(25))
    assert along["accuracy"].values.tolist() == [[0.0, 0.0], [1.0, 1.0]]
    assert "excluded_logit_loss" in along
    assert not {"learned_step", "phase_boundary", "test_logit_similarity"} & set(along)
    assert along["all_pairs_learned_step"].values[1:].tolist() == [10.0, 10.0]
    assert along.attrs["absent"].startswith("All pairs are trained on: no losses")
    assert run.attrs["outcome"] == "has learned all pairs, its training pairs"
    nothing = follow_group("C5", {0: np.zeros((5, 5, 5)), 10: 1e-3 * KNOWN[::-1]}, everything)
    warnings = nothing["evaluation"].attrs["warnings"]
    assert "The network has not learned all pairs: its accuracy is 0.2 in the end." in warnings


def test_buffers_are_no_weights():
    parameters = {"W": np.ones(2), "mask": np.ones((3, 3), dtype=bool), "count": np.array(1000)}
    network = GroupNetwork(lambda left, right: KNOWN[left, right], parameters=parameters)
    found = follow_group("C5", {1: network}, TRAIN)
    assert float(found["analysis"]["squared_weights"]) == 2.0


def test_groups_are_given_by_name_table_or_generators():
    networks = {1: KNOWN}
    by_name = follow_group("C5", networks, TRAIN)
    by_table = follow_group(TABLE, networks, TRAIN)
    generated = follow_group(from_permutations("five", ["(1 2 3 4 5)"]), networks, TRAIN)
    for other in (by_table, generated):
        assert_allclose(
            np.sort(other["analysis"]["logit_similarity"]),
            np.sort(by_name["analysis"]["logit_similarity"]),
            atol=1e-12,
        )


def test_pairs_may_be_listed_and_outputs_past_the_elements_are_left_out():
    wide = np.concatenate([KNOWN, np.full((5, 5, 1), 50.0)], axis=2)
    found = follow_group("C5", {1: wide}, np.argwhere(TRAIN))
    expected = follow_group("C5", {1: KNOWN}, TRAIN)
    assert found["evaluation"].to_dataset().equals(expected["evaluation"].to_dataset())


def test_large_groups_are_computed_block_by_block(monkeypatch):
    asked = []
    product = group("A5").table

    def function(left, right):
        asked.append(len(left))
        return np.eye(60)[product[left, right]]

    monkeypatch.setattr("ontogeny.studies.composition.shown_networks._PAIRS", 600)
    monkeypatch.setattr("ontogeny.studies.composition.shown_networks._IN_MEMORY", 0)
    found = follow_group("A5", {1: function}, np.eye(60, dtype=bool))
    assert set(asked) == {600}
    assert float(found["analysis"]["accuracy"].sel(split="test")) == 1.0


def test_memory_is_shared_by_all_networks(monkeypatch):
    """Two of three networks are kept, the third is computed again."""
    asked = dict.fromkeys((1, 2, 3), 0)

    def network(step):
        def function(left, right):
            asked[step] += 1
            return step * KNOWN[left, right]

        return function

    monkeypatch.setattr("ontogeny.studies.composition.shown_networks._IN_MEMORY", 2 * 8 * 5**3)
    follow_group("C5", {step: network(step) for step in asked}, TRAIN)
    assert asked[1] == asked[2] == 2
    assert asked[3] > 2


def test_narrow_tensors_are_taken():
    networks = {1: torch.as_tensor(KNOWN).to(torch.bfloat16)}
    found = follow_group("C5", networks, TRAIN)["evaluation"].to_dataset()
    assert found.equals(follow_group("C5", {1: KNOWN}, TRAIN)["evaluation"].to_dataset())


def test_a_group_of_a_table_is_named_in_words():
    run = follow_group(TABLE, {5: KNOWN}, TRAIN)
    assert run.attrs["data"] == "pairs of a group of order 5, given by its table"
    assert run.attrs["network"] == "1 checkpoint (step 5)"
    assert run["table"].attrs["title"] == "The table of a group of order 5, given by its table"


def with_hidden(scale, **parts):
    """A network that shows a hidden layer of three neurons, with further parts."""

    def function(left, right):
        return scale * KNOWN[left, right], np.ones((len(left), 3)) * (left + 1)[:, None]

    return GroupNetwork(function, **parts)


REFUSED = {
    "no training pair": (
        ("C5", {1: KNOWN}, np.zeros((5, 5), dtype=bool)),
        "`train_pairs` has no pair; give at least one",
    ),
    "a pair twice": (
        ("C5", {1: KNOWN}, [[0, 1], [0, 2], [0, 1]]),
        "`train_pairs` has the pair of row 0 again; give each pair once",
    ),
    "a hidden layer at the first step": (
        ("C5", {0: with_hidden(1), 10: KNOWN}),
        "`networks[0]` shows the hidden layer and `networks[10]` does not",
    ),
    "a hidden layer at the last step": (
        ("C5", {0: KNOWN, 10: with_hidden(2)}),
        "`networks[10]` shows the hidden layer and `networks[0]` does not",
    ),
    "embeddings at one step": (
        ("C5", {0: with_hidden(1, embeddings=np.eye(5)), 10: with_hidden(2)}),
        "`networks[0]` shows embeddings and `networks[10]` does not",
    ),
    "other parameters": (
        (
            "C5",
            {
                0: with_hidden(1, parameters={"a": np.ones(1)}),
                10: with_hidden(2, parameters={"b": np.ones(1)}),
            },
        ),
        "`networks[0]`.parameters has 'a' and `networks[10]`.parameters does not",
    ),
    "an unembedding of no hidden layer": (
        ("C5", {1: GroupNetwork(lambda a, b: KNOWN[a, b], unembedding=np.zeros((5, 3)))}),
        "`networks[1]`.unembedding is the map from a hidden layer that the network does not show",
    ),
    "no networks": (("C5", {}), "`networks` is empty; give a mapping of steps"),
    "a step before the first": (("C5", {-1: KNOWN}), "`networks` has the key -1"),
    "logits of another group": (("C7", {1: KNOWN}), "`networks[1]` has logits of shape"),
    "logits by pair of another group": (
        ("C7", {1: lambda left, right: np.zeros((len(left), 5))}),
        "`networks[1]` gives logits of shape (49, 5) for 49 pairs",
    ),
    "logits that are not finite": (
        ("C5", {1: np.full((5, 5, 5), np.nan)}),
        "`networks[1]` gives logits that are not finite",
    ),
    "the same at all steps": (("C5", {1: KNOWN, 2: KNOWN}), "the same logits at all steps"),
    "a table of no group": ((np.zeros((3, 3), dtype=int), {}), "is not the table of a group"),
    "a table that is no table": ((np.zeros(3), {}), "`group` is an array of shape (3,)"),
    "pairs outside the group": (("C5", {1: KNOWN}, [[0, 5]]), "indices are 0 to 4"),
    "pairs of another group": (
        ("C5", {1: KNOWN}, np.ones((7, 7), dtype=bool)),
        "`train_pairs` is an array of shape (7, 7)",
    ),
    "an unembedding that is transposed": (
        (
            "C5",
            {
                1: GroupNetwork(
                    lambda left, right: (KNOWN[left, right], np.zeros((len(left), 3))),
                    unembedding=np.zeros((3, 5)),
                )
            },
        ),
        "`networks[1]`.unembedding has the shape (3, 5), not (5, 3); give its transpose",
    ),
    "embeddings that are transposed": (
        ("C5", {1: GroupNetwork(lambda left, right: KNOWN[left, right], np.zeros((7, 5)))}),
        "`networks[1]`.embeddings has an array of shape (7, 5)",
    ),
    "a hidden layer that is not finite": (
        (
            "C5",
            {1: lambda left, right: (KNOWN[left, right], np.full((len(left), 3), np.nan))},
        ),
        "the hidden layer of `networks[1]` has numbers that are not finite",
    ),
    "parameters that are not finite": (
        (
            "C5",
            {
                1: GroupNetwork(
                    lambda left, right: KNOWN[left, right],
                    parameters={"IGNORE": np.array(-np.inf)},
                )
            },
        ),
        "`networks[1]`.parameters['IGNORE'] has numbers that are not finite",
    ),
    "a function that is random": (
        ("C5", {1: lambda left, _: np.random.default_rng().normal(size=(len(left), 5))}),
        "`networks[1]` gives other logits when it is called again",
    ),
    "embeddings of another group": (
        ("C5", {1: GroupNetwork(lambda left, right: KNOWN[left, right], np.zeros((3, 2)))}),
        "`networks[1]`.embeddings has an array of shape (3, 2)",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_in_one_line(case):
    arguments, message = REFUSED[case]
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        follow_group(*arguments)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
