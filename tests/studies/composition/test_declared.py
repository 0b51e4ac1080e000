"""Which pairs were trained on: declared by a recipe, given by a file, or unknown."""

import numpy as np
import pytest
import torch

from ontogeny.config import ConfigurationError, specification
from ontogeny.groups import group
from ontogeny.known_studies import STUDIES
from ontogeny.plans import plans_of
from ontogeny.provenance import attributes
from ontogeny.storage import file_digest
from ontogeny.studies.composition.addition.reading import read_run
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.config import Data, Training
from ontogeny.studies.composition.networks.foreign import record_of
from ontogeny.studies.composition.networks.pairs import answers, data_seed, training_rows
from ontogeny.studies.composition.networks.records import datasets, history_dataset
from ontogeny.studies.composition.networks.runs import train_network
from ontogeny.studies.composition.resolution import resolve
from ontogeny.study import Places

SMALL = {"group": "S3", "architecture": {"kind": "mlp", "embedding": 4, "hidden": 3}, "seeds": [0]}


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    """Files of a network and of training pairs, in the working directory."""
    monkeypatch.chdir(tmp_path)
    shapes = {"W_x": (6, 4), "W_y": (6, 4), "W": (8, 3), "W_U": (3, 6)}
    torch.save({name: torch.ones(shape) for name, shape in shapes.items()}, "a.pt")
    (tmp_path / "pairs.csv").write_text("left,right\n0,1\n2,3\n4,5\n")
    return tmp_path


def data(own=None, below=None, **fields):
    """The data of an experiment with these, over defaults with those."""
    entry = SMALL | fields | ({} if own is None else {"data": own})
    section = {"experiments": {"e": entry}}
    if below is not None:
        section["defaults"] = {"data": below}
    return resolve(section, {}).experiments["e"].data


RECIPE = ("torch", 0.4, None)
UNKNOWN = ("unknown", None, None)
GIVEN = ("torch", 3 / 36, "pairs.csv")
KINDS = [
    # own, defaults, of a trained network, of one from a file
    (None, None, RECIPE, UNKNOWN),
    ({"labels": "difference"}, None, RECIPE, UNKNOWN),
    (None, {"labels": "product"}, RECIPE, UNKNOWN),
    ({"fraction": 0.4}, None, RECIPE, RECIPE),
    (None, {"fraction": 0.4}, RECIPE, RECIPE),
    ({"split": "python"}, None, ("python", 0.4, None), ("python", 0.4, None)),
    ({"split": "python"}, {"fraction": 0.5}, ("python", 0.5, None), ("python", 0.5, None)),
    ({"pairs": "pairs.csv"}, None, GIVEN, GIVEN),
    (None, {"pairs": "pairs.csv"}, GIVEN, GIVEN),
    ({"pairs": "pairs.csv"}, {"fraction": 0.5, "split": "python"}, GIVEN, GIVEN),
    ({"fraction": 0.4}, {"pairs": "pairs.csv"}, RECIPE, RECIPE),
    ({"fraction": 0.4}, {"split": "unknown"}, RECIPE, RECIPE),
    ({"split": "unknown"}, {"fraction": 0.5}, None, UNKNOWN),
    (None, {"split": "unknown"}, None, UNKNOWN),
]


@pytest.mark.parametrize(("own", "below", "trained", "from_file"), KINDS)
def test_what_an_experiment_says_goes_before_the_defaults(own, below, trained, from_file):
    found = data(own, below, weights="a.pt")
    assert (found.split, found.fraction, found.pairs) == from_file
    if trained is None:
        with pytest.raises(ConfigurationError, match="trained here needs to know its training"):
            data(own, below)
    else:
        found = data(own, below)
        assert (found.split, found.fraction, found.pairs) == trained


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (
            {"pairs": "pairs.csv", "fraction": 0.5},
            "data.fraction` = 0.5: with `data.pairs` = 'pairs.csv' the training pairs are those of "
            "the file; leave one of the two keys out",
        ),
        ({"pairs": "pairs.csv", "split": "python"}, "data.split` = 'python': with `data.pairs`"),
        ({"pairs": "pairs.csv", "split": "unknown"}, "data.split` = 'unknown': with `data.pairs`"),
        (
            {"split": "unknown", "fraction": 0.5},
            "data.fraction` = 0.5: with `data.split` = 'unknown' the split is not known; leave",
        ),
        ({"pairs": "none.csv"}, "data.pairs` = 'none.csv': does not exist; correct the path"),
        ({"pairs": "a.pt"}, "data.pairs` = 'a.pt': "),
    ],
)
@pytest.mark.parametrize("fields", [{}, {"weights": "a.pt"}], ids=["trained", "from a file"])
def test_what_contradicts_itself_is_refused(own, said, fields):
    with pytest.raises(ConfigurationError) as refused:
        data(own, **fields)
    message = str(refused.value)
    assert message.startswith("`composition.experiments.e.")
    assert said in message
    assert len(message.splitlines()) == 1


def test_a_place_in_a_file_of_pairs_is_named(files):
    (files / "pairs.csv").write_text("left,right\n0,1\n2,6\n")
    with pytest.raises(ConfigurationError, match=r"data.pairs` = 'pairs.csv': line 3, column"):
        data({"pairs": "pairs.csv"})


def test_null_for_the_fraction_says_nothing():
    assert data({"fraction": None}, weights="a.pt").split == "unknown"
    with pytest.raises(ConfigurationError, match=r"data.fraction` = null: must be a share of all"):
        data({"fraction": None})


def test_each_member_of_a_sweep_has_its_own():
    own = {"fraction": [0.3, 0.5]}
    entry = SMALL | {"data": own, "weights": "a.pt"}
    found = resolve({"experiments": {"e": entry}}, {}).experiments.values()
    assert sorted(each.data.fraction for each in found) == [0.3, 0.5]


def test_a_network_is_trained_on_the_pairs_of_the_file():
    """The first loss of an update is that of the initial network on these pairs."""
    section = {"experiments": {"e": SMALL | {"data": {"pairs": "pairs.csv"}}}}
    spec = resolve(section, {}).experiments["e"].training(0, pairs=file_digest("pairs.csv"))
    spec = spec.model_copy(update={"schedule": spec.schedule.model_copy(update={"steps": 2})})
    rows, table = np.array([1, 2 * 6 + 3, 4 * 6 + 5]), group("S3").table
    with pytest.raises(ValueError, match="the training pairs of this run are those of a file"):
        train_network(table, spec)
    record = train_network(table, spec, training_rows(spec, 6, rows))
    w = {name: torch.tensor(values[0]).double() for name, values in record.parameters.items()}
    left, right = torch.tensor(rows) // 6, torch.tensor(rows) % 6
    hidden = torch.relu(torch.hstack([w["W_x"][left], w["W_y"][right]]) @ w["W"])
    answer = torch.tensor(table)[left, right]
    loss = torch.nn.functional.cross_entropy(hidden @ w["W_U"], answer)
    assert float(record.step_loss[0]) == pytest.approx(float(loss), rel=1e-5)
    assert float(record.measures["loss"][0, 0]) == pytest.approx(float(loss), rel=1e-5)


class Wildcards:
    def __init__(self, experiment):
        self.experiment, self.seed = experiment, "0"


def plan_of(**experiments):
    entries = {name: SMALL | fields for name, fields in experiments.items()}
    raw = {"composition": {"experiments": entries}}
    return plans_of(raw, STUDIES, Places("any"))["composition"]


def test_a_file_of_pairs_is_in_the_specification_by_its_content(files):
    plan = plan_of(
        ours={"data": {"pairs": "pairs.csv"}},
        theirs={"data": {"pairs": "pairs.csv"}, "weights": "a.pt"},
    )
    digest = file_digest("pairs.csv")
    assert plan.training(Wildcards("ours"))["data"]["pairs"] == digest
    assert plan.foreign_training(Wildcards("theirs"))["data"]["pairs"] == digest
    assert plan.pairs_files(Wildcards("ours")) == ["pairs.csv"]
    assert {"pairs.csv", "a.pt"} <= {*plan.given_paths()}


def test_a_split_that_is_written_out_or_left_out_is_one_specification():
    plan = plan_of(a={"weights": "a.pt"}, b={"weights": "a.pt", "data": {"split": "unknown"}})
    first, second = (plan.foreign_training(Wildcards(name)) for name in ("a", "b"))
    assert first == second
    assert first["data"] == {"split": "unknown", "fraction": None}
    spec = Training.model_validate(first)
    assert specification(spec) == first
    assert training_rows(spec, 6) is None


def test_runs_of_unknown_split_are_analysed_but_not_compared():
    plan = plan_of(known={"data": {"fraction": 0.5}}, theirs={"weights": "a.pt"})
    targets = plan.targets()
    assert "results/any/composition/theirs/seed0/analysis.nc" in targets
    assert plan.multiplying() == [("known", 0)]
    facts = {each.wildcards["experiment"]: each.facts for each in plan.subjects("run")}
    assert "split" in facts["known"]
    assert "split" not in facts["theirs"]
    alone = plan_of(theirs={"weights": "a.pt"})
    assert not any("comparison" in path or "tables" in path for path in alone.targets())


def test_a_history_without_a_split_says_what_is_absent_and_why():
    spec = Training.model_validate(
        {"architecture": SMALL["architecture"], "data": {"fraction": 0.5}, "seed": 0}
        | {"schedule": {"steps": 1}}
    )
    record = train_network(group("S3").table, spec)
    known = history_dataset(record, training_rows(spec, 6))
    assert known["split"].values.tolist() == ["train", "test"]
    assert "absent" not in known.attrs

    unknown = spec.model_copy(update={"data": Data(split="unknown", fraction=None)})
    networks = {
        int(step): {name: values[index] for name, values in record.parameters.items()}
        for index, step in enumerate(record.step)
    }
    found = history_dataset(record_of(group("S3").table, unknown, networks), None)
    assert found["split"].values.tolist() == ["all"]
    assert "train_index" not in found
    assert "it is not known which pairs the network was trained on" in found.attrs["absent"]
    both = known["loss"].sel(split="train") * 18 + known["loss"].sel(split="test") * 18
    np.testing.assert_allclose(found["loss"].sel(split="all"), both / 36, rtol=1e-6)


def test_no_network_is_trained_on_pairs_that_are_not_known():
    spec = Training.model_validate(
        {"architecture": SMALL["architecture"], "data": {"split": "unknown"}, "seed": 0}
    )
    with pytest.raises(ValueError, match="only be trained on pairs that are known"):
        train_network(group("S3").table, spec)


def trained(seed, data):
    """The record of a run of one update, and the rows of its training pairs."""
    section = {"experiments": {"e": SMALL | {"data": data, "schedule": {"steps": 1}}}}
    spec = resolve(section, {}).experiments["e"].training(seed)
    return train_network(group("S3").table, spec), training_rows(spec, 6)


def test_a_seed_of_the_data_changes_the_split_and_not_the_initial_weights():
    (first, split), (second, other) = (trained(0, {"seed": seed}) for seed in (1, 2))
    assert not np.array_equal(split, other)
    assert first.step_loss[0] != second.step_loss[0]
    for name, values in first.parameters.items():
        np.testing.assert_array_equal(values[0], second.parameters[name][0])


def test_with_one_seed_of_the_data_the_seed_of_a_run_changes_the_initial_weights_alone():
    (first, split), (second, other) = (trained(seed, {"seed": 1}) for seed in (1, 2))
    np.testing.assert_array_equal(split, other)
    for name, values in first.parameters.items():
        assert not np.array_equal(values[0], second.parameters[name][0])


def test_without_one_the_seed_of_the_run_is_that_of_the_data():
    np.testing.assert_array_equal(trained(2, {})[1], trained(0, {"seed": 2})[1])
    assert not np.array_equal(trained(1, {})[1], trained(2, {})[1])


def test_random_labels_follow_the_seed_of_the_data():
    """The training pairs are the same; the loss of the same network is not."""
    table, records = group("S3").table, []
    for seed in (1, 2):
        data = {"seed": seed, "labels": "random", "pairs": "pairs.csv"}
        section = {"experiments": {"e": SMALL | {"data": data, "schedule": {"steps": 1}}}}
        spec = resolve(section, {}).experiments["e"].training(0)
        trained_here = train_network(table, spec, np.arange(20))
        weights = {name: values[0] for name, values in trained_here.parameters.items()}
        read = record_of(table, spec, {1: weights}, np.arange(20))
        losses = trained_here.measures["loss"][0]
        np.testing.assert_allclose(read.measures["loss"][0], losses, rtol=1e-5)
        records.append(losses)
    assert not np.allclose(*records)


def test_analyses_of_residues_know_the_random_labels():
    entry = SMALL | {"group": "C5", "data": {"seed": 7, "labels": "random", "fraction": 0.5}}
    section = {"experiments": {"e": entry | {"schedule": {"steps": 1}}}}
    spec = resolve(section, {}).experiments["e"].training(0)
    table, rows = table_dataset(group("C5")), training_rows(spec, 5)
    record = train_network(table["product"].values, spec)
    about = attributes("train", specification(spec), "0")
    results = datasets(record, spec.architecture.kind, rows)
    run = read_run(table, *(results[name].assign_attrs(about) for name in results))
    asked = answers(table["product"].values, labels="random", seed=7)
    np.testing.assert_array_equal(run.answer, asked)


def test_a_seed_of_the_data_can_be_swept():
    entry = SMALL | {"data": {"seed": [1, 2]}, "seeds": [0, 1]}
    found = resolve({"experiments": {"e": entry}}, {}).experiments
    assert {name: data_seed(each.training(1)) for name, each in found.items()} == {
        "e-seed-1": 1,
        "e-seed-2": 2,
    }
