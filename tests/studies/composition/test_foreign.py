import json

import numpy as np
import pytest
import torch

from ontogeny.groups import group
from ontogeny.studies.composition.architectures import MLP, Bilinear, Transformer
from ontogeny.studies.composition.config import Training, resolve
from ontogeny.studies.composition.foreign import parameters_of, read_network
from ontogeny.studies.composition.published import PublishedError, published_experiments

ARCHITECTURES = [
    MLP(6, embedding=4, hidden=3),
    Bilinear(6, hidden=3),
    Transformer.universality(6, d_model=4, heads=2, d_head=2, d_mlp=5),
    Transformer.progress_measures(6, d_model=4, heads=2, d_head=2, d_mlp=5),
]
LENS = {
    "W_E": "embed.W_E",
    "W_pos": "pos_embed.W_pos",
    "W_in": "blocks.0.mlp.W_in",
    "b_in": "blocks.0.mlp.b_in",
    "W_out": "blocks.0.mlp.W_out",
    "b_out": "blocks.0.mlp.b_out",
    "W_U": "unembed.W_U",
} | {name: f"blocks.0.attn.{name}" for name in ("W_Q", "W_K", "W_V", "W_O")}


def initial(architecture):
    drawn = architecture.initial(torch.Generator().manual_seed(0))
    return {name: value.numpy() for name, value in drawn.items()}


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda a: type(a).__name__)
def test_our_own_names_are_known(architecture):
    parameters = initial(architecture)
    found = parameters_of(dict(reversed(parameters.items())), architecture)
    assert list(found) == list(architecture.shapes())
    for name, values in parameters.items():
        np.testing.assert_array_equal(found[name], values)


@pytest.mark.parametrize("architecture", ARCHITECTURES[2:])
def test_names_of_transformer_lens_are_known_and_aliases_ignored(architecture):
    parameters = initial(architecture)
    tensors = {LENS[name]: values for name, values in parameters.items()} | {
        "x_embed": np.ones((7, 4)),
        "y_embed": np.ones((7, 4)),
        "blocks.0.attn.mask": np.ones((3, 3)),
        "blocks.0.attn.IGNORE": np.array(-1e5),
        "blocks.0.attn.b_Q": np.zeros((2, 2)),
        "unembed.b_U": np.zeros(6),
    }
    found = parameters_of(tensors, architecture)
    for name, values in parameters.items():
        np.testing.assert_array_equal(found[name], values)


def test_a_bias_without_a_place_must_be_zero():
    parameters = initial(ARCHITECTURES[2]) | {"unembed.b_U": np.ones(6)}
    with pytest.raises(ValueError, match=r"unembed.b_U has no place in a Transformer"):
        parameters_of(parameters, ARCHITECTURES[2])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"W": np.zeros((8, 4))}, r"W has the shape \(8, 4\), not \(8, 3\).*another group"),
        ({"W_x": np.full((6, 4), np.nan)}, "W_x holds numbers that are not finite"),
        ({"W_z": np.ones(2)}, "W_z has no place"),
    ],
)
def test_wrong_tensors_are_refused_by_name(change, message):
    with pytest.raises(ValueError, match=message):
        parameters_of(initial(ARCHITECTURES[0]) | change, ARCHITECTURES[0])


def test_missing_parameters_are_named():
    parameters = initial(ARCHITECTURES[0])
    del parameters["W"]
    with pytest.raises(ValueError, match="lacks W of a MLP; it holds W_U, W_x, W_y"):
        parameters_of(parameters, ARCHITECTURES[0])


def test_the_record_is_that_of_the_network_alone():
    spec = Training.model_validate(
        {
            "architecture": {"kind": "mlp", "embedding": 4, "hidden": 3},
            "data": {"fraction": 0.5},
            "schedule": {"steps": 70},
            "seed": 1,
        }
    )
    product = group("S3").table
    parameters = {name: np.zeros_like(v) for name, v in initial(ARCHITECTURES[0]).items()}
    record = read_network(product, spec, parameters)
    assert record.step.tolist() == [70]
    for split in ("train", "test"):
        np.testing.assert_allclose(record.loss[split], [np.log(6)], rtol=1e-6)
    assert record.parameters["W"].shape == (1, 8, 3)


def experiment(**fields):
    base = {"group": "S3", "architecture": {"kind": "mlp"}, "data": {"fraction": 0.5}}
    return {"experiments": {"theirs": base | fields}}


def test_a_specification_says_the_file_by_content_and_nothing_of_the_optimiser(tmp_path):
    for name in ("a.pt", "b.pt"):
        (tmp_path / name).write_text(name)
    files = [str(tmp_path / name) for name in ("a.pt", "b.pt")]
    settings = experiment(seeds=[5, 3], weights=files, optimiser={"weight_decay": 3})
    theirs = resolve(settings, {}).experiments["theirs"]
    assert theirs.weights_of(3) == files[1]
    training = theirs.training(3, weights="ab")
    assert training.weights == "ab"
    assert training.optimiser.weight_decay == 1.0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"seeds": [0, 1], "weights": "none.pt"}, "holds 1 files for 2 seeds"),
        ({"seeds": [0], "weights": "none.pt"}, "'none.pt': there is no such file"),
    ],
)
def test_wrong_weights_are_refused_before_any_job(fields, message):
    with pytest.raises(ValueError, match=message):
        resolve(experiment(**fields), {})


def published(folder, name, **changes):
    settings = {
        "layers": {"embed_dim": 256, "hidden_dim": 128},
        "model": "OneLayerMLP",
        "group": "SymmetricGroup",
        "group_parameter": 5,
        "frac_train": 0.4,
        "seed": 1,
        "num_epochs": 250_000,
    }
    (folder / name).mkdir()
    (folder / name / "cfg.json").write_text(json.dumps(settings | changes))
    (folder / name / "model.pt").write_text("")


def test_published_runs_that_differ_in_their_seed_are_one_experiment(tmp_path):
    published(tmp_path, "a", seed=4)
    published(tmp_path, "b", seed=2, num_epochs=100_000)
    published(tmp_path, "c", layers={"embed_dim": 128, "hidden_dim": 64})
    published(tmp_path, "d", model="Transformer", group="CyclicGroup", group_parameter=113)
    published(tmp_path, "e", seed=2)
    found = published_experiments(tmp_path)
    assert {name: each["seeds"] for name, each in found.items()} == {
        "s5-mlp": [2, 4],
        "s5-mlp-h64": [1],
        "c113-transformer": [1],
        "s5-mlp-again2": [2],
    }
    assert found["s5-mlp"]["weights"] == [str(tmp_path / run / "model.pt") for run in "ba"]
    assert found["s5-mlp"]["schedule"] == {"steps": 250_000}
    resolved = resolve({"published": str(tmp_path)}, {})
    assert set(resolved.experiments) == set(found)


@pytest.mark.parametrize("change", [{"model": "Other"}, {"group": "MonsterGroup"}, {"seed": None}])
def test_unknown_settings_are_refused_by_file(tmp_path, change):
    published(tmp_path, "a", **change)
    with pytest.raises(PublishedError, match=r"cfg\.json"):
        published_experiments(tmp_path)


def test_a_folder_without_runs_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"composition.published.*holds no <name>/cfg.json"):
        resolve({"published": str(tmp_path)}, {})
