"""Folders in the format of the authors of arXiv 2302.03025, read into experiments."""

import json
import re

import pytest
import torch

from ontogeny.config import ConfigurationError
from ontogeny.groups import group
from ontogeny.studies.composition.config import Experiment
from ontogeny.studies.composition.networks.architectures.mlp import MLP
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.networks.pairs import training_rows
from ontogeny.studies.composition.networks.published import PublishedError, published_experiments
from ontogeny.studies.composition.resolution import resolve

PAPER = {
    "layers": {"embed_dim": 256, "hidden_dim": 128},
    "model": "OneLayerMLP",
    "group": "SymmetricGroup",
    "group_parameter": 5,
    "frac_train": 0.4,
    "seed": 1,
    "num_epochs": 250_000,
    "lr": 1e-3,
    "weight_decay": 1,
    "betas": [0.9, 0.98],
}
TRANSFORMER = {"model": "Transformer", "num_epochs": 50_000, "frac_train": 0.6}


def write(folder, name, **changes):
    said = {key: value for key, value in (PAPER | changes).items() if value is not ...}
    (folder / name).mkdir()
    (folder / name / "cfg.json").write_text(json.dumps(said))
    (folder / name / "model.pt").write_text("not read when the settings are refused")
    others = {path.name for path in folder.iterdir() if path.is_dir()} - {name}
    try:
        (found,) = published_experiments(folder, skip=others).values()
    except PublishedError:
        return
    architecture = Experiment.model_validate(found).architecture
    order = group(found["group"]).order
    shapes = build(architecture, order).shapes()
    network = {each: torch.zeros(shape) for each, shape in shapes.items()}
    torch.save(network, folder / name / "model.pt")


def names_of(folder):
    return {name: each["seeds"] for name, each in published_experiments(folder).items()}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "s5-mlp"),
        ({"group_parameter": 6, "frac_train": 0.25}, "s6-mlp"),
        ({"group": "AlternatingGroup", "frac_train": 0.5}, "a5-mlp"),
        ({"layers": {"embed_dim": 128, "hidden_dim": 64}, "num_epochs": 500_000}, "s5-mlp-h64"),
        ({"layers": {"embed_dim": 64, "hidden_dim": 32}, "num_epochs": 1_000_000}, "s5-mlp-h32"),
        (TRANSFORMER, "s5-transformer"),
        (TRANSFORMER | {"layers": {}}, "s5-transformer"),
        (
            TRANSFORMER | {"group": "CyclicGroup", "group_parameter": 113, "frac_train": 0.3},
            "c113-transformer",
        ),
        (
            {"group": "DihedralGroup", "group_parameter": 59, "frac_train": 0.3}
            | {"model": "Transformer", "num_epochs": 100_000},
            "d59-transformer",
        ),
        (TRANSFORMER | {"group": "AlternatingGroup", "num_epochs": 250_000}, "a5-transformer"),
    ],
)
def test_runs_with_the_settings_of_the_paper_have_short_names(tmp_path, changes, name):
    write(tmp_path, "a", **changes)
    assert names_of(tmp_path) == {name: [1]}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"frac_train": 0.7}, "s5-mlp-fraction-0p7"),
        ({"lr": 3e-4}, "s5-mlp-learning-rate-0p0003"),
        ({"lr": 1e-5}, "s5-mlp-learning-rate-1e-05"),
        ({"weight_decay": 0.5}, "s5-mlp-weight-decay-0p5"),
        ({"weight_decay": 0}, "s5-mlp-weight-decay-0"),
        ({"betas": [0.9, 0.999]}, "s5-mlp-betas-0p9-0p999"),
        ({"num_epochs": 60_000}, "s5-mlp-steps-60000"),
        ({"layers": {"embed_dim": 64, "hidden_dim": 128}}, "s5-mlp-e64"),
        (TRANSFORMER | {"layers": {"d_mlp": 256}}, "s5-transformer-d-mlp-256"),
        (
            {"model": "BilinearNet", "layers": {"embed_dim": 64}, "num_epochs": 900},
            "s5-bilinear-h64-fraction-0p4-steps-900",
        ),
        ({"group_parameter": 4, "frac_train": 0.9}, "s4-mlp-fraction-0p9"),
        (
            {"frac_train": 0.5, "weight_decay": 0.5, "num_epochs": 60_000},
            "s5-mlp-fraction-0p5-weight-decay-0p5-steps-60000",
        ),
    ],
)
def test_every_other_setting_is_in_the_name_and_another_experiment(tmp_path, changes, name):
    write(tmp_path, "b", **changes)
    assert names_of(tmp_path) == {name: [1]}
    write(tmp_path, "a", seed=2)
    write(tmp_path, "c", seed=3, **changes)
    assert names_of(tmp_path) == {"s5-mlp": [2], name: [1, 3]}
    assert name in resolve({"published": str(tmp_path)}, {}).experiments


@pytest.mark.parametrize(("fraction", "pairs"), [(0.4, 5760), (0.7, 10080), (0.9, 12960)])
def test_the_training_set_is_that_of_the_fraction_and_seed_of_each_run(tmp_path, fraction, pairs):
    for seed, each in enumerate((0.4, 0.7, 0.9), start=1):
        write(tmp_path, f"run{seed}", seed=seed, frac_train=each)
    found = resolve({"published": str(tmp_path)}, {}).experiments
    assert len(found) == 3
    (theirs,) = (each for each in found.values() if each.data.fraction == fraction)
    (seed,) = theirs.seeds
    rows = training_rows(theirs.training(seed, weights="0"), 120)
    torch.manual_seed(seed)
    expected = torch.randperm(14400)[: int(fraction * 14400)].sort().values
    assert rows.tolist() == expected.tolist()
    assert len(rows) == pairs


def test_an_experiment_has_files_and_settings_of_its_runs(tmp_path):
    write(tmp_path, "a", seed=4)
    write(tmp_path, "b", seed=2)
    found = published_experiments(tmp_path)["s5-mlp"]
    assert found["seeds"] == [2, 4]
    assert found["weights"] == [str(tmp_path / run / "model.pt") for run in "ba"]
    assert found["schedule"] == {"steps": 250_000}
    assert found["architecture"] == {"kind": "mlp", "hidden": 128, "embedding": 256}


def test_a_bilinear_network_is_read_as_one(tmp_path):
    write(tmp_path, "a", model="BilinearNet", layers={"embed_dim": 64, "hidden_dim": 128})
    (found,) = resolve({"published": str(tmp_path)}, {}).experiments.values()
    assert found.architecture.model_dump() == {"kind": "bilinear", "hidden": 64}


def test_optimiser_settings_that_a_file_does_not_say_count_as_those_of_the_paper(tmp_path):
    write(tmp_path, "a", lr=..., weight_decay=..., betas=...)
    write(tmp_path, "b", seed=2)
    assert names_of(tmp_path) == {"s5-mlp": [1, 2]}


@pytest.mark.parametrize("added", ["0", "aa", "zz"])
def test_a_folder_that_is_added_renames_nothing(tmp_path, added):
    write(tmp_path, "a")
    write(tmp_path, "b", seed=2, frac_train=0.7)
    before = names_of(tmp_path)
    write(tmp_path, added, seed=5, frac_train=0.9)
    assert names_of(tmp_path) == before | {"s5-mlp-fraction-0p9": [5]}


def test_two_runs_that_are_the_same_are_refused_and_one_can_be_skipped(tmp_path):
    write(tmp_path, "a")
    write(tmp_path, "b")
    with pytest.raises(PublishedError, match=r"b/cfg\.json: says the same run as .*a/cfg\.json"):
        published_experiments(tmp_path)
    found = published_experiments(tmp_path, skip=["a"])
    assert found["s5-mlp"]["weights"] == [str(tmp_path / "b" / "model.pt")]


WRONG = [
    ({"layers": PAPER["layers"] | {"relu_embed": True}}, "`layers.relu_embed` = true: must be f"),
    ({"layers": PAPER["layers"] | {"bias": True}}, "`layers.bias` = True: is not known here"),
    ({"layers": {"embed_dim": 256}}, "`layers.hidden_dim`: is missing"),
    ({"layers": {"embed_dim": "wide", "hidden_dim": 1}}, "`layers.embed_dim` = 'wide': must be a"),
    ({"layers": {"embed_dim": 256, "hidden_dim": 0}}, "`layers.hidden_dim` = 0: must be greater"),
    ({"layers": None}, "`layers` = null: must be a mapping"),
    (TRANSFORMER | {"layers": {"act_type": "GeLU"}}, "`layers.act_type` = 'GeLU': must be ReLU"),
    (TRANSFORMER | {"layers": {"num_layers": 2}}, "`layers.num_layers` = 2: is not known here"),
    ({"layers": {"d_model": 64, **PAPER["layers"]}}, "`layers.d_model` = 64: is not known here"),
    ({"model": "TwoLayerMLP"}, "`model` = 'TwoLayerMLP': must be one of OneLayerMLP, Bilin"),
    ({"group": "MonsterGroup"}, "`group` = 'MonsterGroup': must be one of CyclicGroup"),
    ({"group_parameter": "five"}, "`group_parameter` = 'five': must be a whole number"),
    ({"group_parameter": 7}, "`group_parameter` = 7: .*S_n needs 1 <= n <= 6"),
    ({"group_parameter": 5.5}, "`group_parameter` = 5.5: must be a whole number"),
    ({"group": "DihedralGroup", "group_parameter": 2}, "`group_parameter` = 2: .*needs 3 <= n"),
    ({"frac_train": "abc"}, "`frac_train` = 'abc': must be a number"),
    ({"frac_train": 1}, "`frac_train` = 1.*: must be less than 1"),
    ({"frac_train": 1e-9}, "`frac_train` = 1e-09: leaves no training or no test pairs"),
    ({"frac_train": float("nan")}, "`frac_train` = .nan: must be a finite number"),
    ({"seed": None}, "`seed` = null: must be a whole number"),
    ({"seed": ...}, "`seed`: is missing"),
    ({"seed": 0}, "`seed` = 0: their code does not shuffle the pairs with seed 0"),
    ({"seed": True}, "`seed` = true: must be a number"),
    ({"num_epochs": None}, "`num_epochs` = null: must be a whole number"),
    ({"num_epochs": 0}, "`num_epochs` = 0: must be greater"),
    ({"lr": "fast"}, "`lr` = 'fast': must be a number"),
    ({"betas": [0.9]}, "`betas.1`: is missing|`betas` = "),
    ({"weight_decay": -1}, "`weight_decay` = -1.*: must be greater than or equal to 0"),
    ({"dropout": 0.1}, "`dropout` = 0.1: is not known here and may change the"),
]


@pytest.mark.parametrize(("changes", "message"), WRONG)
def test_a_setting_that_is_unknown_or_wrong_is_refused_by_file_key_and_value(
    tmp_path, changes, message
):
    write(tmp_path, "a", **changes)
    write(tmp_path, "b", seed=2)
    with pytest.raises(ConfigurationError, match=message) as caught:
        resolve({"published": str(tmp_path)}, {})
    assert str(tmp_path / "a" / "cfg.json") in str(caught.value)
    key = f"composition.published: {{folder: {tmp_path}, skip: [a]}}"
    assert key in str(caught.value)
    found = resolve({"published": {"folder": str(tmp_path), "skip": ["a"]}}, {})
    assert {name: each.seeds for name, each in found.experiments.items()} == {"s5-mlp": (2,)}


@pytest.mark.parametrize("key", ["batch_size", "optimizer", "device", "momentum"])
def test_of_an_unknown_setting_no_other_is_guessed(tmp_path, key):
    write(tmp_path, "a", **{key: 5}, lr="fast")
    with pytest.raises(PublishedError) as caught:
        published_experiments(tmp_path)
    assert f"`{key}` = 5: is not known here and may change the network" in str(caught.value)
    assert "`lr` = 'fast': must be a number" in str(caught.value)
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"metrics": {"class": "SymmetricMetrics"}, "notes": "nice", "extra_name": "_h"},
        {"layers": PAPER["layers"] | {"relu_embed": False}},
        {"group_parameter": "5", "seed": 1.0},
    ],
)
def test_settings_that_change_nothing_are_passed_over(tmp_path, changes):
    write(tmp_path, "a", **changes)
    assert names_of(tmp_path) == {"s5-mlp": [1]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("[1]", "must hold a mapping of settings, not list"),
        ("{", "is not JSON: line 1, column 2"),
        ('{"seed": 1, "seed": 2}', "says `seed` twice"),
        ("version https://git-lfs.github.com/spec/v1\n", "is a Git LFS pointer"),
    ],
)
def test_a_file_of_settings_that_cannot_be_read_is_refused_by_name(tmp_path, text, message):
    write(tmp_path, "a")
    (tmp_path / "a" / "cfg.json").write_text(text)
    with pytest.raises(PublishedError, match=rf"a/cfg\.json: {message}"):
        published_experiments(tmp_path)


def test_a_byte_order_mark_is_no_part_of_the_settings(tmp_path):
    write(tmp_path, "a")
    file = tmp_path / "a" / "cfg.json"
    file.write_text(file.read_text(), encoding="utf-8-sig")
    assert names_of(tmp_path) == {"s5-mlp": [1]}


@pytest.mark.parametrize("broken", ["missing", "empty", "pointer"])
def test_a_missing_empty_or_pointed_to_network_is_refused_with_the_key_to_skip_it(tmp_path, broken):
    write(tmp_path, "a")
    write(tmp_path, "b", seed=2)
    file = tmp_path / "b" / "model.pt"
    file.unlink()
    if broken != "missing":
        text = "version https://git-lfs.github.com/spec/v1\n" if broken == "pointer" else ""
        file.write_text(text)
    reason = {
        "missing": "is missing; get it, or skip",
        "empty": "is empty",
        "pointer": "is a Git LFS pointer",
    }
    with pytest.raises(ConfigurationError, match=rf"b/model\.pt: {reason[broken]}(.|\n)*skip: \[b"):
        resolve({"published": str(tmp_path)}, {})
    resolve({"published": {"folder": str(tmp_path), "skip": ["b"]}}, {})


@pytest.mark.parametrize("missing", ["cfg.json", "model.pt"])
@pytest.mark.parametrize("skip", [[], ["b"]])
def test_no_skip_is_advised_that_leaves_no_run(tmp_path, missing, skip):
    write(tmp_path, "a")
    (tmp_path / "a" / missing).unlink()
    for name in skip:
        write(tmp_path, name, seed=2)
    with pytest.raises(ConfigurationError, match=rf"{missing}: is missing; get it\n") as caught:
        resolve({"published": {"folder": str(tmp_path), "skip": skip}}, {})
    assert "skip: [" not in str(caught.value)
    assert "no other run is left in this folder" in str(caught.value)


def test_a_network_without_settings_is_named(tmp_path):
    write(tmp_path, "a")
    write(tmp_path, "b")
    (tmp_path / "b" / "cfg.json").unlink()
    with pytest.raises(
        PublishedError, match=r"b/cfg\.json: is missing; get it, or(.|\n)*skip: \[b\]"
    ):
        published_experiments(tmp_path)


def test_of_many_unreadable_runs_some_are_said_and_all_are_in_the_key(tmp_path):
    for number in range(9):
        write(tmp_path, f"run{number}", seed=None)
    write(tmp_path, "whole")
    with pytest.raises(PublishedError) as caught:
        published_experiments(tmp_path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 7
    assert lines[5] == "... and 4 more"
    assert re.findall(r"run\d", lines[6]) == [f"run{number}" for number in range(9)]


@pytest.mark.parametrize(
    ("published", "message"),
    [
        (5, "must be a folder, or a mapping of `folder` and `skip`"),
        (["a"], "must be a folder, or a mapping of `folder` and `skip`"),
        ({"skip": ["a"]}, "`composition.published.folder`: is missing"),
        ({"folder": "{}", "skp": []}, "`composition.published.skp` = .*did you mean `skip`"),
        ({"folder": "{}", "skip": "a"}, r"must be a list, for example \['a'\]"),
        (
            {"folder": "{}", "skip": ["A"]},
            "`skip` names 'A', which is not a run in this folder; it has",
        ),
        ({"folder": "{}", "skip": ["a"]}, "`skip` leaves no run"),
        ("{}/none", "is missing; give the folder"),
        ("{}/a", "is a run itself; give the folder that it is in"),
        ("{}/a/model.pt", "is not a folder"),
        ("{}/empty", "holds no <name>/cfg.json"),
    ],
)
def test_a_wrong_folder_or_skip_is_refused(tmp_path, published, message):
    write(tmp_path, "a")
    (tmp_path / "empty").mkdir()
    given = json.loads(json.dumps(published).replace("{}", str(tmp_path)))
    with pytest.raises(ConfigurationError, match=message):
        resolve({"published": given}, {})


def test_the_tensors_of_a_read_run_fit_its_architecture(tmp_path):
    write(tmp_path, "a", layers={"embed_dim": 8, "hidden_dim": 12})
    (found,) = resolve({"published": str(tmp_path)}, {}).experiments.values()
    settings = found.architecture
    shapes = MLP(120, embedding=settings.embedding, hidden=settings.hidden).shapes()
    assert shapes == {"W_x": (120, 8), "W_y": (120, 8), "W": (16, 12), "W_U": (12, 120)}


def test_defaults_of_the_configuration_do_not_change_published_runs(tmp_path):
    write(tmp_path, "a")
    alone = resolve({"published": str(tmp_path)}, {})
    defaults = {
        "data": {"split": "python", "labels": "difference"},
        "architecture": {"kind": "transformer", "preset": "progress-measures"},
        "optimiser": {"l1": [0, 0.1], "weight_decay": 3},
    }
    beside = resolve({"published": str(tmp_path), "defaults": defaults}, {})
    assert beside.experiments == alone.experiments
    assert beside.sweeps == {}
